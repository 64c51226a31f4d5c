"""Since when agents who are ready have no desk: they get no calls, so figures do not count them as ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.contract import Presence
from hub.db.agents import AgentStore
from hub.domain.presence import NO_DESK, Intent
from hub.service.board import Board
from hub.service.desks import Desks
from hub.service.floor import Floor

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Told as if they had gone away, and come back; what they chose stays."""

    floor: Floor
    desks: Desks
    agents: AgentStore
    board: Board
    now: Callable[[], datetime]
    _without: set[str] = field(default_factory=set)
    """Who counts as away for want of a desk."""

    async def restore(self) -> None:
        """Take up what the last hub told. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        self._without.update(await self.agents.last_without_desk())

    async def look(self, agent: str) -> None:
        """Tell of ``agent``, if their desk is lost or no more while they are ready."""
        ready = self._is_ready(agent)
        missing = ready and self.desks.lost(agent)
        if missing == (agent in self._without):
            return
        if ready and not await self._told(agent, missing=missing):
            return
        (self._without.add if missing else self._without.discard)(agent)

    def _is_ready(self, agent: str) -> bool:
        intent = self.floor.intent(agent)
        return intent is not None and intent.presence is Presence.READY

    async def _told(self, agent: str, *, missing: bool) -> bool:
        """False where it could not be stored: it is looked at again."""
        at = self.now()
        stands = Intent(Presence.AWAY, NO_DESK, at) if missing else Intent(Presence.READY, "", at)
        try:
            await self.agents.note(agent, stands)
        except SQLAlchemyError as error:
            log.warning("desk not counted", agent=agent, error=type(error).__name__)
            return False
        self.board.choose(agent, stands)
        return True
