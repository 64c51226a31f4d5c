"""The lab exchange as a process: SIP over UDP on loopback, its queues on a control socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path

from pbx.lab.control import ControlServer
from pbx.lab.exchange import Exchange
from pbx.lab.fields import Address
from pbx.lab.queue import QueueSettings

HOST = "127.0.0.1"
_TICK = 0.2
"""Seconds between looks at what is due: rings, rests and registrations end at most this much late."""


class _SipSocket(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.exchange: Exchange | None = None
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        # typeshed has the base's type here; asyncio passes a datagram transport to a datagram protocol
        self._transport = transport

    def datagram_received(self, data: bytes, source: Address) -> None:
        if self.exchange is None or self._transport is None:
            return
        out = self.exchange.datagram(data, source)
        if out is not None:
            self._transport.sendto(*out)


@dataclass(frozen=True, slots=True)
class Running:
    """A lab exchange that serves: the port of its SIP socket and the path of its control socket."""

    port: int
    control: Path


@contextlib.asynccontextmanager
async def running(control: Path, port: int, queues: Iterable[QueueSettings]) -> AsyncIterator[Running]:
    """Serve while the context is open; ``port`` 0 picks a free one. Raises ``OSError`` when taken."""
    loop = asyncio.get_running_loop()
    transport, sip = await loop.create_datagram_endpoint(_SipSocket, local_addr=(HOST, port))
    bound: int = transport.get_extra_info("sockname")[1]
    server = ControlServer(control)
    exchange = Exchange((HOST, bound), queues, time.monotonic, server.publish, server.order)
    sip.exchange = exchange
    ticking = asyncio.create_task(_tick(exchange))
    try:
        async with server.serving(exchange):
            yield Running(bound, control)
    finally:
        ticking.cancel()
        transport.close()


async def _tick(exchange: Exchange) -> None:
    while True:
        await asyncio.sleep(_TICK)
        exchange.tick()


async def serve(control: Path, port: int, queues: Iterable[QueueSettings], stop: asyncio.Event) -> None:
    """Serve until ``stop``; the first line on stdout tells a parent process that it serves, and where."""
    async with running(control, port, queues) as lab:
        ready = {"ready": {"port": lab.port, "control": str(lab.control)}}
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        await stop.wait()
