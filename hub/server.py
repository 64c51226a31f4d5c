"""Runs one hub behind one listening socket until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import uvicorn
from starlette.types import ASGIApp

from hub.app import make_app
from hub.logs import tell_failed_task
from hub.service.hub import Hub
from hub.unread import CutWhenUnread

_BACKLOG = 128
_KEEP_ALIVE = 65
"""Seconds an idle connection is kept: longer than clients keep theirs, or one is closed under a request."""
MOST_AT_ONCE = 5000
"""Connections and requests together; more are answered 503."""
_GRACE = 3
"""Seconds that open requests get when the hub stops."""
_UNACKNOWLEDGED = 30_000
"""Milliseconds that what was sent may stay unacknowledged (RFC 5482). A desk without a network says nothing:
by Linux's own rules its stream would stay open for a quarter of an hour.
"""


class HttpServer(uvicorn.Server):
    """Uvicorn without its signal handling, which ends the process before the hub has closed its database."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def http_server(
    app: ASGIApp,
    ready: Callable[[], None],
    *,
    protocol: type[CutWhenUnread] = CutWhenUnread,
    certificate: str | None,
    certificate_key: str | None,
) -> HttpServer:
    """What serves ``app`` on a socket; ``ready`` is called when requests are accepted."""
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=_KEEP_ALIVE,
        limit_concurrency=MOST_AT_ONCE,
        ssl_certfile=certificate,
        ssl_keyfile=certificate_key,
    )
    return HttpServer(config, ready)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is served beside the hub, on a socket of its own."""

    app: ASGIApp
    listener: socket.socket
    certificate: str | None
    certificate_key: str | None

    def server(self) -> HttpServer:
        """What serves it."""
        return http_server(
            self.app, lambda: None, certificate=self.certificate, certificate_key=self.certificate_key
        )


@dataclass(slots=True)
class HubServer:
    """One hub being served. ``protocol`` is its HTTP; a private hub's first looks at who connects."""

    hub: Hub
    protocol: type[CutWhenUnread] = CutWhenUnread
    certificate: str | None = None
    certificate_key: str | None = None
    metrics_token: str = field(default="", repr=False)
    routing_secret: str = field(default="", repr=False)
    beside: Beside | None = None
    _server: HttpServer | None = None

    def stop(self) -> None:
        """End the streams, let open requests finish, and return from ``run``."""
        self.hub.bus.close()
        if self._server is not None:
            self._server.should_exit = True

    async def run(self, listener: socket.socket, ready: Callable[[], None]) -> None:
        """Serve until ``stop``, SIGTERM or SIGINT; ``ready`` is called when requests are accepted.

        When a part of the hub fails, serving ends with its error: a supervisor starts the hub anew, and its
        database has everything.
        """
        self._server = http_server(
            make_app(self.hub, self.metrics_token, self.routing_secret),
            ready,
            protocol=self.protocol,
            certificate=self.certificate,
            certificate_key=self.certificate_key,
        )
        asyncio.get_running_loop().set_exception_handler(tell_failed_task)
        try:
            with stopped_by_signals(self.stop):
                async with asyncio.TaskGroup() as tasks:
                    following = tasks.create_task(self.hub.run())
                    async with served_beside(self.beside):
                        await self._server.serve(sockets=[listener])
                    following.cancel()
        finally:
            await self.hub.close()


@contextlib.asynccontextmanager
async def served_beside(beside: Beside | None) -> AsyncIterator[None]:
    """Serve it for as long as the block runs; open requests are answered first."""
    if beside is None:
        yield
        return
    server = beside.server()
    serving = asyncio.create_task(server.serve(sockets=[beside.listener]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class Where(Protocol):
    """The part of the settings that says where to listen."""

    @property
    def host(self) -> str:
        """A name or an address of this machine."""
        ...

    @property
    def port(self) -> int:
        """0 is any that is free."""
        ...


def tcp_listener(where: Where) -> socket.socket:
    """A socket that listens where the settings say. Raises ``OSError``."""
    family, kind, protocol, _name, address = socket.getaddrinfo(
        where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # what is accepted inherits it (tcp(7))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNACKNOWLEDGED)
    listener.bind(address)
    listener.listen(_BACKLOG)
    return listener


@contextlib.contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Have ``stop`` called at SIGTERM and SIGINT in the place of the process's end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
