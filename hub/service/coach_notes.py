"""What trainers write to agents in the middle of their work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import LONGEST_COACH_NOTE, CoachNote, CoachNoteEvent
from hub.db.audit import AuditStore
from hub.events import Bus
from hub.refusals import NoAgent, NoDesk, NotStored, Unprocessable
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class CoachNotes:
    """Told at once; only the audit keeps them, by their beginning. Raises ``hub.refusals.Refusal``."""

    roster: Roster
    bus: Bus
    audit: AuditStore
    now: Callable[[], datetime]

    async def write(self, by: str, agent: str, note: CoachNote) -> None:
        """Put a line of ``by`` on the desk of ``agent``."""
        if agent not in self.roster.agents:
            raise NoAgent("There is no such agent in the centre; look at the spelling.")
        text = clean(note.text, limit=LONGEST_COACH_NOTE)
        if not text:
            raise Unprocessable("There is nothing to read in this.")
        if not self.bus.listens(agent):
            raise NoDesk("This agent has no desk open, so nobody would read it.")
        at = self.now()
        try:
            await self.audit.record(by, "coach note", agent, clean(text, limit=80), at)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store this, so it was not sent; try again.") from error
        self.bus.publish(agent, CoachNoteEvent(by=self.roster.agents[by].name, text=text, at=at))
