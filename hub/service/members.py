"""Keeps every agent's membership on the exchange as their intent, their open work and their desk demand."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import suppress

import structlog

from centre.model import Agent
from hub.contract import MeEvent
from hub.domain.presence import NO_DESK, Membership
from hub.ports.pbx import RESERVED, Pbx, PbxDown, PbxRefused
from hub.service.attendance import Attendance
from hub.service.floor import Floor
from hub.service.roster import Roster
from hub.service.views import Views
from hub.service.wishes import Wishes

log = structlog.get_logger(__name__)


class MemberKeeper:
    """Commands the exchange whenever an agent is touched: always the whole wish, never a difference.

    What the exchange last told may be older than what it was last asked; a difference against it would leave
    an agent paused, or worse, unpaused. Joining and pausing twice are no errors, and touches are rare.
    """

    def __init__(
        self, pbx: Pbx, roster: Roster, floor: Floor, wishes: Wishes, views: Views, attendance: Attendance
    ) -> None:
        self._pbx = pbx
        self._roster = roster
        self._floor = floor
        self._wishes = wishes
        self._views = views
        self._attendance = attendance
        self._reserved: set[tuple[str, str]] = set()
        """Queues and agents that were last asked to be at the level of a callback."""
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
            if self._kept_away(agent):
                self._wishes.desks.remember(agent)
            self.touch(agent)

    def hear(self, agent: str, listens: bool) -> None:
        """A desk of the agent's listens now, or none does any more."""
        self._wishes.desks.hear(agent, listens=listens)
        self._wake.set()

    def see(self, agent: str) -> None:
        """The agent chose something at a desk."""
        self._wishes.desks.see(agent)
        self._wake.set()

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
        return self._wishes.seconds_left()

    async def settle_touched(self) -> None:
        """Settle everybody touched since the last time, or whose wish became another by itself."""
        self._touched |= self._wishes.turned()
        while self._touched:
            agent = self._touched.pop()
            try:
                await self.settle(agent)
            except PbxDown as error:
                # A line that broke comes up again, and then everybody is touched.
                log.warning("membership not settled", agent=agent, error=str(error))
            except PbxRefused as error:
                log.warning("membership refused", agent=agent, error=str(error))
                # The exchange tells of no change, so the desk hears from here how the two differ.
                self._views.bus.publish(agent, MeEvent(me=self._views.me(agent)))

    async def settle(self, agent: str) -> None:
        """Bring the agent's memberships to the wish of this moment. Raises ``PbxError``."""
        who = self._roster.agents[agent]
        async with self._turns[agent]:
            await self._attendance.look(agent)
            reserved = self._wishes.reserved(agent)
            wish = self._wishes.of(agent)
            if wish is None:
                return
            if wish.member:
                await self._hold(who, wish, reserved)
            else:
                await self._let_go(who)

    def _kept_away(self, agent: str) -> bool:
        """Whether the exchange keeps calls from the agent for want of a desk."""
        rows = (self._floor.member(queue, agent) for queue in self._roster.agents[agent].queues)
        return any(row is not None and row.paused and row.reason == NO_DESK for row in rows)

    async def _hold(self, who: Agent, wish: Membership, reserved: str) -> None:
        """``reserved``: the queue in which they are kept for one customer."""
        self._floor.ask(who.id, wish)
        for queue in who.queues:
            level = RESERVED if queue == reserved else who.level(queue)
            member, as_told = self._floor.member(queue, who.id), (queue, who.id) in self._reserved
            if member is None or member.level != level or as_told != (queue == reserved):
                await self._pbx.join(
                    queue, who.extension, paused=wish.paused, reason=wish.reason, level=level
                )
                (self._reserved.add if queue == reserved else self._reserved.discard)((queue, who.id))
        if who.queues:
            await self._pbx.pause(who.extension, paused=wish.paused, reason=wish.reason)

    async def _let_go(self, who: Agent) -> None:
        self._floor.ask(who.id, Membership(member=False))
        for queue in who.queues:
            await self._pbx.leave(queue, who.extension)
