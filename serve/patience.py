"""Ends lines on which nothing is asked: who opens many and says nothing would leave none for agents.

aiohttp waits for ever for the end of a request's head, and for who reads no answer.
"""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

EVERY = 60.0
"""Seconds between two looks. A sign-in at a hub that is slow takes less, and so does any answer."""


class Patience:
    """Which lines asked for something since the last look, and which are a desk's."""

    def __init__(self) -> None:
        self._waited_for: set[web.RequestHandler] = set()
        self._desks: set[web.RequestHandler] = set()

    def middleware(self) -> Middleware:
        """What aiohttp calls before each handler."""

        @web.middleware
        async def asked(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._waited_for.discard(request.protocol)
            return await handler(request)

        return asked

    def keep(self, request: web.Request) -> None:
        """Its line is a desk's: it has a heartbeat of its own."""
        self._desks.add(request.protocol)

    def look(self, lines: Iterable[web.RequestHandler]) -> None:
        """End those that asked for nothing since the look before."""
        open_now = set(lines)
        self._desks &= open_now
        for line in self._waited_for & open_now:
            if line.transport is not None:
                line.transport.abort()
        self._waited_for = open_now - self._desks
