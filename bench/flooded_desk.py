"""The real desk in a terminal, in the middle of a talk, under a flood: ``python -m bench.flooded_desk RATE``.

RATE updates a second go into its store: queue figures and loudness by turns, as hub and phone report them.
At a rate of nought nothing runs beside the desk.
The first queue's count of answered callers is the number of updates so far, in hundreds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace

from agent_tui import garbage
from agent_tui.app import MokedApp
from agent_tui.commands.handlers import Commander
from agent_tui.session.store import Store
from agent_tui.text.terminal import drawn_in_order
from hub.contract import QueuesEvent
from sip.events import AudioLevels
from tests.stubs import desk
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone

_BREATH = 0.01
"""Seconds between two bursts."""
_MOST_BREATHS = 10
"""How much of the flood may come at once, when the desk was busy."""
STEP = 100
"""The figure counts hundreds, so that it changes with each painting."""
SHOWN = 10_000 * STEP
"""Updates from here on count from nought again: the figure has five cells."""


class Flood:
    """Dispatches ``rate`` updates a second into ``store``, in bursts; what a late burst missed is not made up
    for, since a flood does not wait either.
    """

    def __init__(self, store: Store, rate: int) -> None:
        self._store = store
        self._rate = rate
        self._sent = 0

    async def run(self) -> None:
        """Until cancelled."""
        last, owed = time.monotonic(), 0.0
        while True:
            await asyncio.sleep(_BREATH)
            now = time.monotonic()
            owed, last = min(owed + (now - last) * self._rate, _MOST_BREATHS * _BREATH * self._rate), now
            while owed >= 1:
                owed -= 1
                self._update()

    def _update(self) -> None:
        self._sent += 1
        if self._sent % 2:
            level = -20.0 - self._sent % 40
            self._store.dispatch(AudioLevels(desk.TALKING.calls[0].id, level, level))
            return
        first, *others = desk.QUEUES
        today = first.today.model_copy(update={"answered": self._sent % SHOWN // STEP})
        counted = first.model_copy(update={"today": today, "longest_wait": float(self._sent % 600)})
        self._store.dispatch(QueuesEvent(queues=(counted, *others)))


def main(rate: int) -> None:
    """Be the desk until it is ended."""
    began = time.monotonic()
    store = Store(
        lambda: desk.NOW + time.monotonic() - began,
        replace(desk.TALKING, notices=()),
    )
    commander = Commander(store, StubPhone(), StubHub())
    flood = [Flood(store, rate).run] if rate else []
    garbage.wait()
    with drawn_in_order():
        MokedApp(store, commander, [garbage.go_on, commander.run, *flood]).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
