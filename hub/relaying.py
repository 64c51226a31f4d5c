"""One hub that relays behind a listening socket, until it leads or is told to stop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from hub.app import BodyLimit
from hub.db.owner import Owner
from hub.logs import tell_failed_task
from hub.problems import add_problem_handlers
from hub.refusals import LeaderAway
from hub.relay import Relay
from hub.requests import Requests
from hub.routes.health import Live, Ready, live
from hub.server import HttpServer, http_server, stopped_by_signals
from hub.service.hub import Hub
from hub.settings import HubSection


class RelayServer:
    """Serves by relaying, until ``owner`` may lead; what ``open_hub`` then opens is what leads."""

    def __init__(self, section: HubSection, owner: Owner, open_hub: Callable[[], Awaitable[Hub]]) -> None:
        self._section = section
        self._owner = owner
        self._open_hub = open_hub
        self._relay = Relay(section.ca_file, kept_apart=section.behind_proxy)
        self._told_to_stop = False

    async def run(self, listener: socket.socket, ready: Callable[[], None]) -> Hub | None:
        """The opened hub that leads from now on; None when told to stop, by SIGTERM or SIGINT.

        ``ready`` is called when requests are accepted. ``listener`` stays open: who connects between this
        server and the next one waits for that. Raises what ``open_hub`` raises.
        """
        serving = asyncio.Event()
        certificate, key = self._section.certificate, self._section.certificate_key
        server = http_server(
            relay_app(self._relay),
            serving.set,
            certificate=str(certificate) if certificate else None,
            certificate_key=str(key) if key else None,
        )
        asyncio.get_running_loop().set_exception_handler(tell_failed_task)
        leading = asyncio.create_task(self._lead(serving, ready))
        leading.add_done_callback(lambda _: self._end(server))
        try:
            with stopped_by_signals(lambda: self._stop(leading)):
                await server.serve(sockets=[listener.dup()])
        finally:
            leading.cancel()
            await asyncio.wait({leading})
            await self._relay.close()
        return await self._settled(leading)

    async def _lead(self, serving: asyncio.Event, ready: Callable[[], None]) -> Hub:
        await serving.wait()  # a server that is to stop before it has started never stops
        ready()
        await self._owner.follow(self._relay.token_digest, self._relay.follow)
        return await self._open_hub()

    def _end(self, server: HttpServer) -> None:
        self._relay.end()
        server.should_exit = True

    def _stop(self, leading: asyncio.Task[Hub]) -> None:
        self._told_to_stop = True
        leading.cancel()

    async def _settled(self, leading: asyncio.Task[Hub]) -> Hub | None:
        if leading.cancelled():
            return None
        hub = leading.result()
        if self._told_to_stop:
            await hub.close()
            return None
        return hub


def relay_app(relay: Relay) -> FastAPI:
    """The ASGI application of a hub that relays: whether it lives is its own to say."""
    app = FastAPI(title="moked hub", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(BodyLimit)
    app.add_middleware(Requests, metrics=_Uncounted())
    add_problem_handlers(app)

    @app.get("/health/live")
    async def alive() -> Live:
        return await live()

    @app.get("/health/ready")
    async def ready(request: Request) -> Response:
        """Whether the hub that leads is reached, and is ready."""
        try:
            return await relay.ask(request.scope, request.receive)
        except LeaderAway as error:
            told = Ready(ready=False, database=relay.lead.database, exchange=False, words=str(error))
            return JSONResponse(told.model_dump(), HTTPStatus.SERVICE_UNAVAILABLE)

    app.mount("/", relay)
    return app


class _Uncounted:
    """The hub that leads counts what is relayed to it."""

    def count_request(self, method: str, route: str, status: int) -> None:
        """One request was answered."""
