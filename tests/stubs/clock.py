"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable


class ManualClock:
    """``agent_tui.session.clock.Clock`` by hand: ``advance`` wakes whoever's time has come."""

    def __init__(self, now: float = 1_000.0) -> None:
        self._now = now
        self._sleepers: list[tuple[float, asyncio.Event]] = []
        self.asked = asyncio.Event()
        """Set whenever somebody begins to wait with a limit."""

    def now(self) -> float:
        return self._now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        if seconds is None:
            await event.wait()
            return True
        rung = asyncio.Event()
        sleeper = (self._now + seconds, rung)
        self._sleepers.append(sleeper)
        self.asked.set()
        if seconds <= 0:
            rung.set()
        tasks = [asyncio.create_task(one.wait()) for one in (event, rung)]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._sleepers.remove(sleeper)
            await _cancelled(tasks)
        return event.is_set()

    @property
    def next_due(self) -> float | None:
        """Seconds until the first sleeper wakes; None when nobody waits with a limit."""
        return min((due - self._now for due, _ in self._sleepers), default=None)

    async def advance(self, seconds: float) -> None:
        """Let time pass and let everybody who woke up do what they do."""
        self._now += seconds
        for due, rung in tuple(self._sleepers):
            if due <= self._now:
                rung.set()
        await settle()


async def settle() -> None:
    """Let every task that can go on do so."""
    for _ in range(50):
        await asyncio.sleep(0)


async def _cancelled(tasks: Iterable[asyncio.Task[bool]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task
