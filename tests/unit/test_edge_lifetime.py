"""A process of moked ends by a signal, or when the process that started it is gone."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

_PROGRAM = """
import asyncio, sys
from edge.lifetime import stop_event
async def main():
    stop = stop_event(with_parent=True)
    print("up", flush=True)
    await stop.wait()
asyncio.run(main())
"""
_LATE_PROGRAM = """
import asyncio, os, signal
from edge.lifetime import stop_event
async def main():
    stop, loop = stop_event(), asyncio.get_running_loop()
    for _ in range(10_000):
        loop.call_soon_threadsafe(int)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(5):
        await stop.wait()
asyncio.run(main())
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, None])
def test_it_ends_in_order(how: signal.Signals | None) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        process.stdin.write(b"words to nobody\n")
        process.stdin.flush()
        if how is None:
            process.stdin.close()
        else:
            process.send_signal(how)
        assert process.wait(10) == 0


def test_a_signal_is_heard_by_a_loop_that_was_late() -> None:
    assert subprocess.run([sys.executable, "-c", _LATE_PROGRAM], timeout=30, check=False).returncode == 0
