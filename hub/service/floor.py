"""The floor as the hub knows it now: who waits, rings, talks; how agents stand and what they chose.

All in memory and read without waiting, so that a snapshot and its cursor are of one moment. The database
holds the same for the next start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.domain.contacts import Contact
from hub.domain.presence import Intent
from hub.ports.pbx import MemberChanged, MemberRow, PbxLink, QueueRow

CONNECTING = PbxLink(up=False, words="connecting to the exchange")
"""The line before the exchange has been tried."""


class Floor:
    """One centre at one moment. Agents are named by id."""

    def __init__(self) -> None:
        self.link = CONNECTING
        self._visits: dict[str, tuple[Contact, ...]] = {}
        self._members: dict[tuple[str, str], MemberRow] = {}
        self._intents: dict[str, Intent] = {}

    # contacts

    def contacts(self) -> Iterator[Contact]:
        """All open visits, and the ended ones of a contact that has an open visit."""
        for visits in tuple(self._visits.values()):
            yield from visits

    def visits(self, contact: str) -> tuple[Contact, ...]:
        """The visits of one contact held here, oldest first."""
        return self._visits.get(contact, ())

    def visit(self, contact: str, number: int) -> Contact | None:
        """One visit of a contact, when it is held here."""
        return next((visit for visit in self.visits(contact) if visit.visit == number), None)

    def put(self, contact: Contact) -> None:
        """Hold this version of a visit; a contact whose visits have all ended is let go."""
        others = [visit for visit in self.visits(contact.id) if visit.visit != contact.visit]
        visits = sorted((*others, contact), key=lambda visit: visit.visit)
        if any(visit.open for visit in visits):
            self._visits[contact.id] = tuple(visits)
        else:
            self._visits.pop(contact.id, None)

    def in_hands(self, agent: str) -> tuple[Contact, ...]:
        """What ``agent`` is offered, talks in, or owes a wrap-up for, oldest first; one visit a contact."""
        newest = {contact.id: contact for contact in self.contacts() if contact.in_hands_of(agent)}
        return tuple(sorted(newest.values(), key=lambda contact: contact.joined_at))

    def in_hand(self, agent: str, contact: str) -> Contact | None:
        """The visit of ``contact`` in the hands of ``agent``; a new ring goes before an old wrap-up."""
        found = [visit for visit in self.visits(contact) if visit.in_hands_of(agent)]
        return found[-1] if found else None

    # members

    def members(self, queue: str) -> Iterator[MemberRow]:
        """The members of ``queue``."""
        return (row for (name, _agent), row in self._members.items() if name == queue)

    def member(self, queue: str, agent: str) -> MemberRow | None:
        """How ``agent`` stands in ``queue``; None when not a member."""
        return self._members.get((queue, agent))

    def change_member(self, event: MemberChanged) -> None:
        """Take over what the exchange says of one member."""
        if event.member:
            row = MemberRow(event.agent, event.state, event.paused, event.reason)
            self._members[event.queue, event.agent] = row
        else:
            self._members.pop((event.queue, event.agent), None)

    def take_members(self, rows: Iterable[QueueRow]) -> None:
        """Take over a whole snapshot of the exchange."""
        self._members = {(row.name, member.agent): member for row in rows for member in row.members}

    # what agents chose

    def intent(self, agent: str) -> Intent | None:
        """What ``agent`` chose; None while they never chose anything."""
        return self._intents.get(agent)

    def choose(self, agent: str, intent: Intent) -> None:
        """Keep what ``agent`` chose."""
        self._intents[agent] = intent
