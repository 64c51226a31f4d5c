"""Hubs that relay, in this process, and leaders that a test answers for."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
from sqlalchemy import insert

from hub.db.owner import Lead
from hub.db.tables import relays
from hub.relay import Relay
from hub.relaying import relay_app
from hub.server import http_server
from hub.service.hub import Hub
from hub.unread import CutWhenUnread
from tests.hub.served import WITHIN


async def introduce(relay: Relay, hub: Hub) -> None:
    """Have ``hub``, which leads, know ``relay``."""
    async with hub.engine.begin() as connection:
        await connection.execute(insert(relays).values(token_digest=relay.token_digest))


@asynccontextmanager
async def relaying(
    leader: str, hub: Hub | None = None, protocol: type[CutWhenUnread] = CutWhenUnread
) -> AsyncIterator[tuple[Relay, str]]:
    """A relay to the hub at the URL ``leader``, which is ``hub`` where it is one; with its own URL."""
    relay = Relay(None, kept_apart=False)
    relay.follow(Lead(leader))
    if hub is not None:
        await introduce(relay, hub)
    ready = asyncio.Event()
    server = http_server(
        relay_app(relay), ready.set, protocol=protocol, certificate=None, certificate_key=None
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with asyncio.timeout(WITHIN):
                await ready.wait()
            yield relay, url
        finally:
            relay.end()
            server.should_exit = True
            await running
            await relay.close()


Answers = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
"""Called with a request's head and body."""


@asynccontextmanager
async def leading(answer: Answers) -> AsyncIterator[str]:
    """The URL of a leader that does with each request what ``answer`` does."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            lines = [line.partition(b": ") for line in request.split(b"\r\n")[1:-2]]
            head = httpx.Headers([(name, value) for name, _, value in lines])
            body = await reader.readexactly(int(head.get("content-length", "0")))
            await answer(request + body, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
