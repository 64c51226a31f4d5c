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


def give(names: frozenset[str]) -> None:
    """Make the threads of this process with these names real-time ones, as many as are granted.

    For threads that a library began, which are known by the name that it gave them.
    """
    if sys.platform != "linux":
        return
    for task in _TASKS.iterdir():
        with suppress(OSError):  # it ended meanwhile
            if (task / "comm").read_text().strip() in names:
                _grant(int(task.name))


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
