"""The agent without a screen: looks at each change of the state, and gives the commands that are due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.headless.facts import Fact, facts
from agent_tui.headless.rules import Due, Rules, due, due_of_before, owed
from agent_tui.session.events import Tick
from agent_tui.session.select import chosen_presence
from agent_tui.session.state import Link, Phase, SessionState
from agent_tui.wiring import Core
from hub.contract import Presence

_AGAIN = 2.0
"""Seconds until a command is given once more that changed nothing."""
_LEAVING = 15.0
"""Seconds that calls, wrap-ups and the hub get when the agent goes."""
_GOODBYE = 5.0


class NoSuchOutcome(Exception):
    """The centre has no outcome of this name. ``str(error)`` says which there are."""


class HeadlessAgent:
    """One agent at ``desk``; ``tell`` gets what they did and saw, as it happens."""

    def __init__(self, desk: Core, rules: Rules, tell: Callable[[Fact], None]) -> None:
        self._desk = desk
        self._rules = rules
        self._tell = tell
        self._news = asyncio.Event()
        self._given: dict[do.Command, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Take calls until ``stop``, or until another desk of this agent comes; then leave in good order.

        Raises ``NoSuchOutcome`` before the first call.
        """
        services = asyncio.create_task(self._desk.services.run())
        stopping = asyncio.create_task(self._heed(stop))
        try:
            with self._desk.store.listening(self._changed):
                await self._follow(due, lambda state: stop.is_set() or state.taken_away)
            await self.leave()
        finally:
            for task in (services, stopping):
                task.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await asyncio.gather(services, stopping, return_exceptions=True)

    async def settle(self) -> None:
        """Store every wrap-up that is owed from before."""
        with self._desk.store.listening(self._changed), suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._follow(due_of_before, _settled)

    async def leave(self) -> None:
        """End every call, store every wrap-up and be offline, as far as that can be done in some seconds."""
        with self._desk.store.listening(self._changed), suppress(TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._follow(owed, _gone)

    async def _follow(
        self,
        rules: Callable[[SessionState, Rules], tuple[Due, ...]],
        until: Callable[[SessionState], bool],
    ) -> None:
        """Give the commands that ``rules`` want, each at its time."""
        store = self._desk.store
        store.dispatch(Tick())
        while not until(store.state):
            self._check_outcome(store.state)
            self._news.clear()
            pause = self._give(rules(store.state, self._rules))
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()
            store.dispatch(Tick())

    def _give(self, wanted: tuple[Due, ...]) -> float | None:
        """Give what is due now; seconds until something is due again, None while nothing will be."""
        now = self._desk.store.seconds()
        moments = []
        for one in wanted:
            at = max(one.at, self._given.get(one.command, 0.0) + _AGAIN)
            if at > now:
                moments.append(at)
                continue
            self._given[one.command] = now
            self._tell({"event": "act", "act": type(one.command).__name__})
            self._desk.commander(one.command)
        return max(0.0, min(moments) - now) if moments else None

    def _changed(self, old: SessionState, new: SessionState) -> None:
        for fact in facts(old, new):
            self._tell(fact)
        if new.calls is not old.calls:
            self._given.clear()
        if replace(old, now=new.now) != new:  # not by our own looking at the clock
            self._news.set()

    async def _heed(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()

    def _check_outcome(self, state: SessionState) -> None:
        outcome, known = self._rules.outcome, state.me.dispositions if state.me is not None else ()
        if outcome and known and outcome not in {one.code for one in known}:
            there_are = ", ".join(one.code for one in known)
            raise NoSuchOutcome(f"this centre has no outcome {outcome!r}; it has {there_are}")


def _settled(state: SessionState) -> bool:
    return all(work.phase not in (Phase.WRAP_UP, Phase.MISSED) for work in state.work)


def _gone(state: SessionState) -> bool:
    """Whether nothing is left to do: where the hub is away, its part is left."""
    if state.taken_away:
        return True
    if state.calls:
        return False
    if state.hub is not Link.UP or state.me is None:
        return True
    return not state.work and chosen_presence(state) is Presence.OFFLINE and state.wanted is None
