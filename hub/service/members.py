"""Keeps every agent's membership on the exchange as their intent and their open work demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress

import structlog

from centre.model import Agent
from hub.domain.presence import Membership, wanted
from hub.ports.pbx import Pbx, PbxError
from hub.service.floor import Floor
from hub.service.roster import Roster
from hub.service.wrap_ups import WrapUps

log = structlog.get_logger(__name__)


class MemberKeeper:
    """Commands the exchange whenever an agent is touched: always the whole wish, never a difference.

    What the exchange last told may be older than what it was last asked; a difference against it would leave
    an agent paused, or worse, unpaused. Joining and pausing twice are no errors, and touches are rare.
    """

    def __init__(self, pbx: Pbx, roster: Roster, floor: Floor, wrap_ups: WrapUps) -> None:
        self._pbx = pbx
        self._roster = roster
        self._floor = floor
        self._wrap_ups = wrap_ups
        self._touched: set[str] = set()
        self._wake = asyncio.Event()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def touch(self, agent: str) -> None:
        """The agent's wish may have changed; ``run`` settles it."""
        if agent in self._roster.agents:
            self._touched.add(agent)
            self._wake.set()

    def touch_all(self) -> None:
        """The exchange is new or was out of sight."""
        for agent in self._roster.agents:
            self.touch(agent)

    async def run(self) -> None:
        """Settle whoever is touched or has had their time, for as long as the task lives."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.seconds_left()):
                    await self._wake.wait()
            self._wake.clear()
            await self.settle_touched()

    def seconds_left(self) -> float | None:
        """Until somebody's wish changes by itself; None: it does not."""
        return self._wrap_ups.seconds_left()

    async def settle_touched(self) -> None:
        """Settle everybody touched since the last time, or whose time for a wrap-up is over since."""
        self._touched |= self._wrap_ups.newly_over()
        while self._touched:
            agent = self._touched.pop()
            try:
                await self.settle(agent)
            except PbxError as error:
                # A line that broke comes up again, and then everybody is touched.
                log.warning("membership not settled", agent=agent, error=str(error))

    async def settle(self, agent: str) -> None:
        """Bring the agent's memberships to the wish of this moment. Raises ``PbxError``."""
        who = self._roster.agents[agent]
        async with self._turns[agent]:
            intent = self._floor.intent(agent)
            if intent is None:
                return
            wish = wanted(intent, working=self._wrap_ups.busy(agent))
            if wish.member:
                await self._hold(who, wish)
            else:
                await self._let_go(who)

    async def _hold(self, who: Agent, wish: Membership) -> None:
        for queue in who.queues:
            if self._floor.member(queue, who.id) is None:
                await self._pbx.join(queue, who.extension, paused=wish.paused, reason=wish.reason)
        if who.queues:
            await self._pbx.pause(who.extension, paused=wish.paused, reason=wish.reason)

    async def _let_go(self, who: Agent) -> None:
        for queue in who.queues:
            await self._pbx.leave(queue, who.extension)
