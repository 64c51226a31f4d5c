"""What agents choose to be: kept, and brought to the exchange."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub.contract import Me, MeEvent, Presence, PresenceChange, PresenceSetEvent
from hub.db.agents import AgentStore
from hub.domain.presence import Intent
from hub.events import Bus
from hub.ports.pbx import PbxDown, PbxRefused
from hub.refusals import ExchangeRefused, NotStored
from hub.service.board import Board
from hub.service.floor import Floor
from hub.service.members import MemberKeeper
from hub.service.views import Views


@dataclass(frozen=True, slots=True)
class Choices:
    """Carries out what an agent's desk asks of presence. Everything raises ``hub.refusals.Refusal``."""

    floor: Floor
    agents: AgentStore
    board: Board
    views: Views
    bus: Bus
    keeper: MemberKeeper
    now: Callable[[], datetime]

    async def choose(self, agent: str, change: PresenceChange) -> Me:
        """Keep what the agent chose and bring the exchange to it; a line that is down follows later."""
        away = change.presence is Presence.AWAY
        await self._keep(agent, change.presence, clean(change.reason, limit=80) if away else "")
        self.keeper.see(agent)
        try:
            # a line that is down comes up again, and then everybody is settled
            with suppress(PbxDown):
                await self.keeper.settle(agent)
        except PbxRefused as error:
            raise ExchangeRefused(clean(f"The exchange refused: {error}")) from error
        finally:
            # what was chosen holds, whatever the exchange says
            me = self.views.me(agent)
            self.bus.publish(agent, MeEvent(me=me))
        return me

    async def put(self, agent: str, presence: Presence, words: str, *, by: str = "") -> None:
        """The same by a rule, or by an act of ``by``; the exchange follows, and the desk is told in words."""
        await self._keep(agent, presence, clean(f"{by}: {words}" if by else words, limit=80))
        self.keeper.touch(agent)
        self.bus.publish(agent, MeEvent(me=self.views.me(agent)))
        self.bus.publish(agent, PresenceSetEvent(by=by, presence=presence, words=words))

    async def _keep(self, agent: str, presence: Presence, reason: str) -> None:
        intent = self._since(agent, presence, reason)
        if intent == self.floor.intent(agent):
            return
        try:
            await self.agents.choose(agent, intent)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store the presence; choose again.") from error
        self.floor.choose(agent, intent)
        self.board.choose(agent, intent)

    def _since(self, agent: str, presence: Presence, reason: str) -> Intent:
        """The same chosen again goes on since it was first chosen."""
        before = self.floor.intent(agent)
        if before is not None and (before.presence, before.reason) == (presence, reason):
            return before
        return Intent(presence, reason, self.now())
