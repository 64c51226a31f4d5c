"""Reachability: has the phone register anew while the exchange says that it cannot ring it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from agent_tui.session.clock import Clock
from agent_tui.session.reach import Reach, reach
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from sip.errors import PhoneError

PATIENCE = 5.0
"""Seconds that the exchange may need to see a phone that has just registered."""
AGAIN = 20.0
"""Seconds between tries: the exchange asks a phone every 15, and only then knows better."""


class Reachability:
    """Watches the store for as long as ``run`` lives. ``refresh`` is the phone's."""

    def __init__(self, store: Store, refresh: Callable[[], Awaitable[None]], clock: Clock) -> None:
        self._store = store
        self._refresh = refresh
        self._clock = clock
        self._unreached = asyncio.Event()
        self._other = asyncio.Event()

    async def run(self) -> None:
        """Ask the phone, again and again while it lasts. Ends only when cancelled."""
        with self._store.listening(self._look):
            self._look(self._store.state, self._store.state)
            while True:
                await self._unreached.wait()
                pause = PATIENCE
                while not await self._clock.wait(self._other, pause):
                    with suppress(PhoneError):
                        await self._refresh()
                    pause = AGAIN

    def _look(self, _old: SessionState, new: SessionState) -> None:
        """A phone that registers anew is unregistered for a moment, which ends nothing."""
        now = reach(new)
        if now is Reach.UNREACHED:
            self._unreached.set()
            self._other.clear()
        elif now is not Reach.UNREGISTERED:
            self._unreached.clear()
            self._other.set()
