"""When a desk of the tests has done all that there is to do, so that what it shows can be read.

Textual's pilot sleeps for a fiftieth of a second at a time until the process has used no processor in one:
three times and more for each key, and no longer than a second on a machine that others load. What is left to
do is known here: callbacks that are ready, timers about to come due, threads at work.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

_SOON: Final = 1 / 50
"""A timer within this time belongs to what goes on: Textual paints in turns that are shorter."""
_LOOK: Final = 0.001
_QUIET: Final = 2
"""Turns of the loop in which nothing came up: in the first one its files may not have been looked at."""


async def settled(_least: float = 0, most: float = 1) -> None:
    """In place of ``textual._wait.wait_for_idle``; after ``most`` seconds who never rests is let be."""
    loop = asyncio.get_running_loop()
    end, quiet = loop.time() + most, 0
    while quiet < _QUIET and loop.time() < end:
        wait = _wait(loop)
        await asyncio.sleep(wait)
        quiet = 0 if wait or _ready(loop) else quiet + 1


def _wait(loop: Any) -> float:
    """Seconds until there is something to do; 0 where there is now, or nothing soon."""
    if _ready(loop):
        return 0
    now: float = loop.time()
    due: float | None = min((one.when() for one in loop._scheduled if not one.cancelled()), default=None)
    if due is not None and due - now <= _SOON:
        return max(due - now, _LOOK)
    return _LOOK if _at_work(loop._default_executor) else 0


def _ready(loop: Any) -> bool:
    return bool(loop._ready)


def _at_work(threads: Any) -> bool:
    """Whether a thread of ``asyncio.to_thread`` has something to do."""
    return threads is not None and threads._idle_semaphore._value < len(threads._threads)
