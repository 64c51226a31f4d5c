"""Every request gets an id, a line in the log and a place in the counts."""

from __future__ import annotations

import re
import secrets
from typing import Protocol

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

log = structlog.get_logger(__name__)

PREFIX = "/v1"
"""Of the contract's routes. Some versions of the framework name a route with it, some without."""

REQUEST_ID = "X-Request-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NONE = "none"
_REFUSED, _FAILED = 400, 500
_PROBES = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Asked every few seconds: they are counted, and told only when they fail."""


class Counts(Protocol):
    """Where requests are counted."""

    def count_request(self, method: str, route: str, status: int) -> None:
        """One request was answered; ``route`` is its template."""
        ...


class Requests:
    """Names a request by its ``X-Request-ID``, or by an id of its own, and answers with it.

    All that is logged while it is served bears the id. Routes are told as ``hub.contract`` writes them, since
    a path may hold anything, and there are as many as somebody cares to ask for.
    """

    def __init__(self, app: ASGIApp, metrics: Counts) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        name = _name(Headers(scope=scope).get(REQUEST_ID, ""))
        clear_contextvars()
        bind_contextvars(request=name)
        answered = False

        async def named(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                MutableHeaders(scope=message)[REQUEST_ID] = name
                self._tell(scope, int(message["status"]))
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception:
            if not answered:
                self._tell(scope, _FAILED)
            raise  # the server logs it, with the ids that are bound
        clear_contextvars()

    def _tell(self, scope: Scope, status: int) -> None:
        method = scope["method"] if scope["method"] in _METHODS else _NONE
        route = getattr(scope.get("route"), "path", _NONE).removeprefix(PREFIX)
        self._metrics.count_request(method, route, status)
        if route in _PROBES and status < _REFUSED:
            return
        log.info("request", method=method, route=route, status=status)


def request_id() -> str:
    """The id of the request that is being served."""
    return str(get_contextvars()["request"])


def _name(asked: str) -> str:
    return asked if _WELL_FORMED.fullmatch(asked) else secrets.token_hex(8)
