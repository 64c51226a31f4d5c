"""Talks that began and ended while the exchange was out of the hub's sight: the agent's desk tells of them.

A hub that was killed while a phone rang finds, when it is back, a caller who is gone, and nobody who
answered; of one who called later it knows nothing. The agent who talked with them writes a note all the same,
and without this it would be nobody's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact, ContactEvent, SightLost, State, apply
from hub.ports.pbx import AgentConnected
from hub.service.board import Board
from hub.service.floor import Floor
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class UnseenTalks:
    """``now`` tells the time. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    roster: Roster
    floor: Floor
    board: Board
    contacts: ContactStore
    now: Callable[[], datetime]

    async def claim(self, agent: str, contact: str) -> Contact | None:
        """The visit in which ``agent`` talked unseen, its wrap-up owed from here on; None when the caller did
        not vanish out of sight, or cannot have come to this agent.
        """
        visits = self.floor.visits(contact) or await self.contacts.visits(contact)
        last = visits[-1] if visits else None
        if last is None or not _vanished(last):
            return None
        rang = await self.contacts.rang(agent, contact, last.joined_at)
        if rang is None and last.queue not in self.roster.agents[agent].queues:
            return None
        began = rang or last.joined_at
        waited = (began - last.joined_at).total_seconds()
        talked = await self._take(last, AgentConnected(last.queue, contact, agent, waited, began))
        ended = last.ended_at or self.now()
        return await self._take(talked, SightLost(last.queue, contact, last.visit, ended))

    async def unknown(self, agent: str, contact: str) -> Contact | None:
        """A contact of which nothing at all was seen, to be wrapped up at once; None when something was.

        It is in nobody's hands: whoever makes up the id of a call to come sees nothing of it.
        """
        if self.floor.visits(contact) or await self.contacts.visits(contact):
            return None
        now = self.now()
        return Contact(
            id=contact,
            queue="",
            joined_at=now,
            state=State.WRAP_UP,
            agent=agent,
            connected_at=now,
            ended_at=now,
            ended_by="unknown",
        )

    async def _take(self, before: Contact, event: ContactEvent) -> Contact:
        after = apply(before, event)
        await self.contacts.record(event, after)
        self.floor.put(after)
        self.board.count(event)
        return after


def _vanished(visit: Contact) -> bool:
    """Whether the caller went out of sight: of one who was seen to leave it is known how long they waited."""
    return visit.state is State.LEFT and visit.waited is None
