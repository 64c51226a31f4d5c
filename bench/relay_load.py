"""The bare relay under as many blocks and desks as a hub is measured with: what asyncio alone can do."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import AsyncExitStack

from bench.big_centre import go_first, on_cores, two_cores
from bench.desk_line import DeskLine, contact_in
from bench.desk_load import EVENTS_A_CALL, KINDS, Size
from bench.process import cpu_seconds

_TICK = 0.01
_FILLING = "x" * 400
"""An AMI event has some 500 characters."""


async def measure(size: Size) -> tuple[list[float], float]:
    """Seconds from a block written to its desk's event read, and the relay's share of its core."""
    one, others = two_cores()
    with on_cores(one):
        relay = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.bare_relay"),
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    go_first(relay.pid)
    try:
        assert relay.stdout is not None
        feed, desks = map(int, (await relay.stdout.readline()).split())
        async with AsyncExitStack() as stack:
            stack.enter_context(on_cores(others))
            load = _Load(size)
            stack.callback(load.close)
            await load.open(desks)
            before, began = cpu_seconds(relay.pid), time.monotonic()
            await load.run(feed)
            share = (cpu_seconds(relay.pid) - before) / (time.monotonic() - began)
        return load.delays, share
    finally:
        relay.kill()
        await relay.wait()


class _Load:
    def __init__(self, size: Size) -> None:
        self.delays: list[float] = []
        self._size = size
        self._lines: list[DeskLine] = []
        self._due: dict[str, float] = {}

    async def open(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        for number in range(self._size.desks):
            line = DeskLine(f"desk-{number}\r\n".encode(), self._heard)
            await loop.create_connection(lambda line=line: line, "127.0.0.1", port)  # type: ignore[misc]  # each its own
            await line.open.wait()
            self._lines.append(line)

    def close(self) -> None:
        for line in self._lines:
            line.close()

    def _heard(self, kind: str, data: bytes, at: float) -> None:
        if kind == "offered":
            self.delays.append(at - self._due.pop(contact_in(data)))

    async def run(self, port: int) -> None:
        """One block in so many is a desk's, as of what an exchange tells."""
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        often = EVENTS_A_CALL // len(KINDS)
        began, sent = time.monotonic(), 0
        while (passed := time.monotonic() - began) < self._size.seconds:
            while sent < passed * self._size.rate:
                sent += 1
                name = "nobody"
                if sent % often == 0:
                    name, self._due[str(sent)] = f"desk-{sent % self._size.desks}", time.monotonic()
                writer.write(
                    f'{name}\r\nevent: offered\r\ndata: "contact":"{sent}" {_FILLING}\r\n\r\n'.encode()
                )
            await asyncio.sleep(_TICK)
        writer.close()
