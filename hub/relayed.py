"""Requests that another hub of the centre passes on to this one, which leads."""

from __future__ import annotations

from http import HTTPStatus

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.db.relays import RelayStore
from hub.problems import problem

RELAY = "X-Moked-Relay"
"""The token of the hub that relays. It says who asks that one, and nothing else: the request has a token of
its own.
"""
CLIENT = "X-Moked-Client"
_LONGEST_ADDRESS = 64
_UNKNOWN = "The hub that leads does not know the one you asked yet; try again."


class Relayed:
    """Believes a hub that it knows from which address a request came: tries are limited by address."""

    def __init__(self, app: ASGIApp, relays: RelayStore) -> None:
        self._app = app
        self._relays = relays

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = Headers(scope=scope)
        token = headers.get(RELAY)
        if token is None:
            await self._app(scope, receive, send)
        elif await self._knows(token):
            scope["client"] = (headers.get(CLIENT, "")[:_LONGEST_ADDRESS], 0)
            await self._app(scope, receive, send)
        else:
            await problem(HTTPStatus.SERVICE_UNAVAILABLE, _UNKNOWN)(scope, receive, send)

    async def _knows(self, token: str) -> bool:
        try:
            return await self._relays.knows(token)
        except SQLAlchemyError:
            return False
