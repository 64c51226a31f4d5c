"""The least that a hub could do: hands each block of a feed to one of many desks.

``python -m bench.bare_relay`` prints the ports of feed and desks. A desk says its name in its first line; a
block names the desk in its own. Twice a second everybody gets a block as long as figures are.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

_END: Final = b"\r\n\r\n"
_FIGURES: Final = b"event: queues\r\ndata: " + b"x" * 2500 + _END
_PACE: Final = 0.5

_desks: dict[bytes, asyncio.StreamWriter] = {}


async def _feed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            block = await reader.readuntil(_END)
            name, _, rest = block.partition(b"\r\n")
            desk = _desks.get(name)
            if desk is not None:
                desk.write(rest)


async def _desk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    name = await reader.readline()
    _desks[name.strip()] = writer
    writer.write(b"event: resync\r\ndata: {}" + _END)


async def _serve() -> None:
    feed = await asyncio.start_server(_feed, "127.0.0.1", 0)
    desks = await asyncio.start_server(_desk, "127.0.0.1", 0)
    print(feed.sockets[0].getsockname()[1], desks.sockets[0].getsockname()[1], flush=True)
    while True:
        for desk in _desks.values():
            desk.write(_FIGURES)
        await asyncio.sleep(_PACE)


if __name__ == "__main__":
    asyncio.run(_serve())
