"""Mending: says so when the exchange was asked once more for what the agent chose, and does not follow."""

from __future__ import annotations

import asyncio

from agent_tui.session.clock import Clock
from agent_tui.session.events import NotMended
from agent_tui.session.odds import FOLLOWS, unmended
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store


class Mending:
    """Watches the store for as long as ``run`` lives."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._unmended = asyncio.Event()
        self._other = asyncio.Event()

    async def run(self) -> None:
        """Give the exchange its time after each asking. Ends only when cancelled."""
        with self._store.listening(self._look):
            while True:
                await self._unmended.wait()
                if not await self._clock.wait(self._other, FOLLOWS):
                    self._store.dispatch(NotMended())
                    await self._other.wait()

    def _look(self, _old: SessionState, new: SessionState) -> None:
        if unmended(new):
            self._unmended.set()
            self._other.clear()
        else:
            self._unmended.clear()
            self._other.set()
