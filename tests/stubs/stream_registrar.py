"""A registrar over TCP or TLS that answers as it is told and keeps what it was sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pbx.lab.message import Request, parse, serialise
from tests.stubs.registrar import answer_to

_WITHIN = 15.0
_END = b"\r\n\r\n"


class StreamRegistrar:
    """``status`` is what each request gets; None leaves it unanswered. ``seen`` holds all requests."""

    def __init__(self, status: int | None = 200) -> None:
        self.status = status
        self.seen: list[Request] = []
        self.connections = 0
        self.port = 0
        self._news = asyncio.Condition()
        self._lines: set[asyncio.StreamWriter] = set()

    def methods(self) -> list[str]:
        """The methods of what was seen, in order."""
        return [request.method for request in self.seen]

    async def sees(self, method: str, count: int = 1) -> None:
        """Wait until so many requests of ``method`` have come since it began."""
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: self.methods().count(method) >= count)

    async def left(self) -> None:
        """Wait until nobody is connected."""
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: not self._lines)

    def cut(self) -> None:
        """End every connection."""
        for line in tuple(self._lines):
            line.transport.abort()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection. No request here has a body."""
        self.connections += 1
        self._lines.add(writer)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                while True:
                    await self._take(await reader.readuntil(_END), writer)
        finally:
            self._lines.discard(writer)
            writer.transport.abort()
            async with self._news:
                self._news.notify_all()

    async def _take(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        request = parse(data)
        assert isinstance(request, Request)
        if self.status is not None:
            writer.write(serialise(answer_to(request, self.status)))
            await writer.drain()
        async with self._news:
            self.seen.append(request)
            self._news.notify_all()


@asynccontextmanager
async def stream_registrar(
    status: int | None = 200, *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[StreamRegistrar]:
    """A registrar on a free port of 127.0.0.1."""
    registrar = StreamRegistrar(status)
    server = await asyncio.start_server(registrar.connected, "127.0.0.1", 0, ssl=tls)
    registrar.port = server.sockets[0].getsockname()[1]
    async with server:
        yield registrar
        registrar.cut()
