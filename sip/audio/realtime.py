"""Real-time priority for the threads that carry voice, where the system grants it.

A thread that is due every 10 ms and waits behind a compiler or a browser is heard as a gap. On Linux it takes
CAP_SYS_NICE or a limit ``rtprio`` (sched(7)), which distributions give to a group such as ``audio`` or
``pipewire``; elsewhere, and where it is refused, voice goes on as any other thread does.
"""

from __future__ import annotations

import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final

PRIORITY: Final = 10
"""Of 1 to 99: above all that is not real-time, below the sound system's own threads (PipeWire: 88 or 20)."""
POSSIBLE: Final = sys.platform == "linux"
_TASKS: Final = Path("/proc/self/task")

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

    def __init__(self, *names: str) -> None:
        self._names = names
        self._seen: tuple[frozenset[Path], ...] = ()

    def hurry(self) -> None:
        """Make them real-time ones, as many as are granted; cheap while none came or went."""
        if not POSSIBLE:
            return
        there = frozenset(_TASKS.iterdir())
        if self._seen == (there, there):  # twice: one that only just began has no name yet
            return
        self._seen = (*self._seen[-1:], there)
        for thread in there:
            with suppress(OSError):  # it ended meanwhile
                if (thread / "comm").read_text().strip() in self._names:
                    _grant(int(thread.name))


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
