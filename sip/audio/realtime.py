"""Real-time priority for the threads that carry voice, where the system grants it.

A thread that is due every 10 ms and waits behind a compiler or a browser is heard as a gap. On Linux it takes
CAP_SYS_NICE or a limit ``rtprio`` (sched(7)), which distributions give to a group such as ``audio`` or
``pipewire``; elsewhere, and where it is refused, voice goes on as any other thread does.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

PRIORITY: Final = 10
"""Of 1 to 99: above all that is not real-time, below the sound system's own threads (PipeWire: 88 or 20)."""
POSSIBLE: Final = sys.platform == "linux"
_TASKS: Final = Path("/proc/self/task")
_NAMED_AFTER: Final = 1.0
"""Seconds after which a thread has the name it will have: one that only just began has its parent's."""
_PAUSES: Final = 20
"""Times as long as it took to look: to ask the kernel for four hundred threads takes a millisecond."""

log = logging.getLogger(__name__)


def take() -> bool:
    """Make the calling thread a real-time one; whether that was granted."""
    return _grant(0)


def is_granted() -> bool:
    """Whether voice would get it: asked in a thread that ends at once."""
    with ThreadPoolExecutor(1) as asker:
        return asker.submit(take).result()


class Threads:
    """Threads of this process that a library began, known by the ``names`` that it gave them."""

    def __init__(self, *names: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._names = names
        self._clock = clock
        self._seen: dict[str, float] = {}
        """When each was seen first that is still looked at."""
        self._judged: set[str] = set()
        self._rests_until = 0.0

    def hurry(self) -> None:
        """Make them real-time ones, as many as are granted.

        Only what came since is looked at, and not all the time: a hundred calls have three hundred threads,
        and each report asks.
        """
        if POSSIBLE and (now := self._clock()) >= self._rests_until:
            self._look(now)
            self._rests_until = self._clock() + _PAUSES * (self._clock() - now)

    def _look(self, now: float) -> None:
        there = {task.name for task in _TASKS.iterdir()}
        self._judged &= there
        self._seen = {thread: self._seen.get(thread, now) for thread in there - self._judged}
        for thread, since in self._seen.items():
            if self._hurried(thread) or now - since >= _NAMED_AFTER:
                self._judged.add(thread)

    def _hurried(self, thread: str) -> bool:
        """Whether it is one of them, and was granted what is."""
        try:
            name = (_TASKS / thread / "comm").read_text().strip()
        except OSError:  # it ended meanwhile
            return False
        if name in self._names:
            _grant(int(thread))
        return name in self._names


def _grant(thread: int) -> bool:
    if sys.platform != "linux":
        return False
    try:
        # what is begun by such a thread must not be one itself
        os.sched_setscheduler(thread, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except OSError as error:
        log.info("no real-time priority for voice: %s", error.strerror)
        return False
    return True
