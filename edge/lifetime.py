"""How long a process of moked lives: until a signal, or until the process that started it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

from edge.endings import endings


def stop_event(*, with_parent: bool = False) -> asyncio.Event:
    """An event that SIGTERM, SIGINT or SIGHUP sets; with ``with_parent`` also the end of standard input.

    A parent that gave its child a pipe as standard input and dies, even by SIGKILL, closes it.
    Call it inside the running loop.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in endings():
        loop.add_signal_handler(number, stop.set)
        # the loop is told by a pipe, which some hundred threadsafe calls fill while it is late: then a signal
        # would be lost (``warn_on_full_buffer`` of signal.set_wakeup_fd), but for the interpreter's own flag
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop.set))
    if with_parent:
        loop.add_reader(sys.stdin.fileno(), _on_input, loop, stop)
    return stop


def _on_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    with contextlib.suppress(OSError):
        if os.read(sys.stdin.fileno(), 4096):
            return
    loop.remove_reader(sys.stdin.fileno())
    stop.set()
