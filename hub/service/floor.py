"""The floor as the hub knows it now: who waits, rings, talks; how agents stand and what they chose.

All in memory and read without waiting, so that a snapshot and its cursor are of one moment. The database
holds the same for the next start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from hub.domain.contacts import Contact, State
from hub.domain.presence import Intent, Membership
from hub.ports.pbx import MemberChanged, MemberRow, PbxLink, QueueRow

CONNECTING = PbxLink(up=False, words="connecting to the exchange")
"""The line before the exchange has been tried."""


class Floor:
    """One centre at one moment. Agents are named by id."""

    def __init__(self) -> None:
        self.link = CONNECTING
        self.in_sight_since: datetime | None = None
        """When the line to the exchange came up last; None before it did."""
        self._visits: dict[str, tuple[Contact, ...]] = {}
        self._owed: dict[tuple[str, int], Contact] = {}
        """The visits that are still to be wrapped up."""
        self._concerned: defaultdict[str, dict[str, None]] = defaultdict(dict)
        """Agent → the contacts that ring at them, are theirs, or were in an earlier visit."""
        self._members: defaultdict[str, dict[str, MemberRow]] = defaultdict(dict)
        """Queue → agent → how they stand in it."""
        self._intents: dict[str, Intent] = {}
        self._asked: dict[str, Membership] = {}

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
        self._owed.pop((contact.id, contact.visit), None)
        if contact.state is State.WRAP_UP:
            self._owed[contact.id, contact.visit] = contact
        before = _agents(self.visits(contact.id))
        if any(visit.open for visit in visits):
            self._visits[contact.id] = tuple(visits)
        else:
            self._visits.pop(contact.id, None)
        after = _agents(self.visits(contact.id))
        for agent in before - after:
            del self._concerned[agent][contact.id]
        for agent in after - before:
            self._concerned[agent][contact.id] = None

    def owed(self) -> dict[tuple[str, int], Contact]:
        """The visits that are still to be wrapped up, by contact and visit."""
        return dict(self._owed)

    def concerning(self, agent: str) -> Iterator[Contact]:
        """All visits held here of the contacts that ring at ``agent``, or are or were theirs."""
        for contact in tuple(self._concerned.get(agent, ())):
            yield from self.visits(contact)

    def in_hands(self, agent: str) -> tuple[Contact, ...]:
        """What ``agent`` is offered, talks in, or owes a wrap-up for, oldest first; one visit a contact."""
        newest = {contact.id: contact for contact in self.concerning(agent) if contact.in_hands_of(agent)}
        return tuple(sorted(newest.values(), key=lambda contact: contact.joined_at))

    def in_hand(self, agent: str, contact: str) -> Contact | None:
        """The visit of ``contact`` in the hands of ``agent``; a new ring goes before an old wrap-up."""
        found = [visit for visit in self.visits(contact) if visit.in_hands_of(agent)]
        return found[-1] if found else None

    def holders(self, contact: str) -> list[str]:
        """The agents in whose hands the contact is."""
        agents = sorted(_agents(self.visits(contact)))
        return [agent for agent in agents if self.in_hand(agent, contact) is not None]

    # members

    def members(self, queue: str) -> Iterator[MemberRow]:
        """The members of ``queue``."""
        return iter(self._members[queue].values())

    def member(self, queue: str, agent: str) -> MemberRow | None:
        """How ``agent`` stands in ``queue``; None when not a member."""
        return self._members[queue].get(agent)

    def change_member(self, event: MemberChanged) -> None:
        """Take over what the exchange says of one member."""
        if event.member:
            row = MemberRow(event.agent, event.state, event.paused, event.reason, event.level)
            self._members[event.queue][event.agent] = row
        else:
            self._members[event.queue].pop(event.agent, None)

    def take_members(self, rows: Iterable[QueueRow]) -> None:
        """Take over a whole snapshot of the exchange."""
        self._members.clear()
        for row in rows:
            self._members[row.name] = {member.agent: member for member in row.members}

    def ask(self, agent: str, wish: Membership) -> None:
        """The exchange is asked to have ``agent`` so."""
        self._asked[agent] = wish

    def asked(self, agent: str) -> Membership | None:
        """How the exchange was last asked to have ``agent``; None while it was not."""
        return self._asked.get(agent)

    # what agents chose

    def intent(self, agent: str) -> Intent | None:
        """What ``agent`` chose; None while they never chose anything."""
        return self._intents.get(agent)

    def choose(self, agent: str, intent: Intent) -> None:
        """Keep what ``agent`` chose."""
        self._intents[agent] = intent


def _agents(visits: Iterable[Contact]) -> set[str]:
    """Everybody whom these visits ring at or belong to."""
    return {
        agent for visit in visits for agent in (visit.agent, *(ring.agent for ring in visit.rings)) if agent
    }
