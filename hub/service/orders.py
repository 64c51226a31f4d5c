"""What supervisors do to others' presence: nothing is done that the audit does not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import AuditEntry, PresenceOrder
from hub.db.audit import AuditStore
from hub.refusals import NoAgent, NotStored, Unprocessable
from hub.service.choices import Choices
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class Orders:
    """Everything raises ``hub.refusals.Refusal``. Agents are named by id."""

    roster: Roster
    audit: AuditStore
    choices: Choices
    now: Callable[[], datetime]

    async def presence(self, by: str, agent: str, order: PresenceOrder) -> None:
        """Pause ``agent`` or log them out, in the name of ``by``."""
        if agent not in self.roster.agents:
            raise NoAgent("There is no such agent in the centre; look at the spelling.")
        words = clean(order.words, limit=80)
        if not words:
            raise Unprocessable("Say in words why; the agent reads them.")
        try:
            await self.audit.record(by, order.presence.value, agent, words, self.now())
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store this, so it was not done; try again.") from error
        await self.choices.put(agent, order.presence, words, by=self.roster.agents[by].name)

    async def acts(self, before: int | None) -> tuple[AuditEntry, ...]:
        """What was done, the newest first."""
        try:
            return await self.audit.entries(before)
        except SQLAlchemyError as error:
            raise NotStored("The hub's database does not answer; try again.") from error
