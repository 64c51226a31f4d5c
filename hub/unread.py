"""HTTP to desks, and the end of those that do not read what they asked for."""

from __future__ import annotations

import asyncio

import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol

log = structlog.get_logger(__name__)

LONGEST = 30.0
"""Seconds that an answer waits for its reader. A desk that was cut off comes back with its last event id."""


class CutWhenUnread(H11Protocol):
    """Uvicorn's protocol, with a limit to how long a full buffer of an answer waits for the far end to read.

    The connection is broken and not closed: closing would first wait for what is unread to be read.
    """

    _limit: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The buffer is full."""
        super().pause_writing()
        self._limit = asyncio.get_running_loop().call_later(LONGEST, self._cut)

    def resume_writing(self) -> None:
        """Enough was read."""
        super().resume_writing()
        self._lift()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever made it."""
        super().connection_lost(exc)
        self._lift()

    def _lift(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _cut(self) -> None:
        log.warning("a connection is cut off: what it asked for is not read")
        self.transport.abort()
