"""A registrar that answers as it is told and keeps what it was sent; real datagrams on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from pbx.lab.message import Request, parse, serialise
from tests.stubs.sip import response

_WITHIN = 15.0


class StubRegistrar(asyncio.DatagramProtocol):
    """``status`` is what each request gets; None leaves it unanswered. ``seen`` holds every REGISTER once."""

    def __init__(self, status: int | None) -> None:
        self.status = status
        self.seen: list[Request] = []
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def domain(self) -> str:
        """Where it is, for an account."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")
        return f"{host}:{port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str | Any, int]) -> None:
        request = parse(data)
        assert isinstance(request, Request)
        if request.method == "REGISTER" and request.cseq not in [other.cseq for other in self.seen]:
            self.seen.append(request)
        if self.status is not None and self._transport is not None:
            self._transport.sendto(serialise(answer_to(request, self.status)), address)
        task = asyncio.get_running_loop().create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def sees(self, count: int) -> Request:
        """Wait for the request of that number, from 1."""
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: len(self.seen) >= count)
        return self.seen[count - 1]

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()


def leaves(request: Request) -> bool:
    """Whether a REGISTER takes its contact away (RFC 3261 §10.2.2)."""
    return "expires=0" in request.get("Contact") or request.get("Expires") == "0"


@asynccontextmanager
async def stub_registrar(status: int | None) -> AsyncIterator[StubRegistrar]:
    """A registrar on a free port."""
    loop = asyncio.get_running_loop()
    transport, registrar = await loop.create_datagram_endpoint(
        lambda: StubRegistrar(status), local_addr=("127.0.0.1", 0)
    )
    try:
        yield registrar
    finally:
        transport.close()


def answer_to(request: Request, status: int) -> Any:
    answer = response(request, status)
    if status != 200 or leaves(request):
        return answer
    contact = ("Contact", f"{request.get('Contact').partition(';expires')[0]};expires=60")
    return replace(answer, headers=(*answer.headers, contact))
