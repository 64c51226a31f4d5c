"""The hub's HTTP face: the routes of ``hub.contract`` over one ``Hub``."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.db.relays import RelayStore
from hub.file_paths import LARGEST_FILE, brings_file
from hub.problems import add_problem_handlers
from hub.relayed import Relayed
from hub.requests import PREFIX, Requests
from hub.routes import (
    agents,
    callbacks,
    contacts,
    conversations,
    devices,
    enrolment,
    health,
    history,
    listening,
    supervision,
)
from hub.routes.identification import identification_router
from hub.routes.keep_place import keep_place_router
from hub.routes.metrics import metrics_router
from hub.routes.phone_slots import phone_slots_router
from hub.routes.routing import routing_router
from hub.routes.waiting_message import waiting_message_router
from hub.service.hub import Hub

_LARGEST_BODY = 256 * 1024
"""Bytes. The longest note is 10,000 characters; nothing a desk sends is larger than this,
but files.
"""


def make_app(hub: Hub, metrics_token: str = "", routing_secret: str = "") -> FastAPI:
    """The ASGI application that serves ``hub``. It has no pages of its own: no docs, no schema.

    Without ``metrics_token`` nobody can read its metrics, without ``routing_secret`` no exchange can ask it.
    """
    app = FastAPI(title="moked hub", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.hub = hub
    app.add_middleware(Relayed, relays=RelayStore(hub.engine))
    app.add_middleware(BodyLimit)
    app.add_middleware(Requests, metrics=hub.metrics)
    add_problem_handlers(app)
    parts = (
        *(health, enrolment, agents, contacts, devices, supervision, callbacks, history),
        *(conversations, listening),
    )
    for part in parts:
        app.include_router(part.router, prefix=PREFIX)
    app.include_router(health.probes)
    if metrics_token:
        app.include_router(metrics_router(metrics_token))
    if routing_secret:
        app.include_router(routing_router(routing_secret))
        app.include_router(keep_place_router(routing_secret))
        app.include_router(phone_slots_router(routing_secret))
        app.include_router(waiting_message_router(routing_secret))
        app.include_router(identification_router(routing_secret))
    return app


class BodyLimit:
    """Reads no more of a request than any desk sends, whatever its ``Content-Length`` says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        read = 0
        brings = scope["type"] == "http" and brings_file(scope["method"], scope["path"])
        most = LARGEST_FILE if brings else _LARGEST_BODY

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The request is too large.")
            return message

        await self._app(scope, limited, send)
