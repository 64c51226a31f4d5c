"""No exchange at all: a plain softphone's private hub still keeps cards and notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from hub.contract import ListenMode
from hub.ports.listening import ListeningCall
from hub.ports.pbx import CustomerCall, PbxDown, PbxEvent, PbxLink, QueueRow

WORDS = "no exchange is configured: calls work, queues do not"


class NoExchange:
    """Fulfils ``hub.ports.pbx.Pbx`` with a line that is down for good."""

    async def run(self) -> None:
        """Nothing to connect to."""
        await asyncio.Event().wait()

    async def events(self) -> AsyncIterator[PbxEvent]:
        """One event: why there is no line."""
        yield PbxLink(up=False, words=WORDS)
        await asyncio.Event().wait()

    async def queues(self) -> tuple[QueueRow, ...]:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "", level: int = 1) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def leave(self, queue: str, agent: str) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def call_customer(self, call: CustomerCall) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def listen(self, call: ListeningCall) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def turn_listening(self, call: str, mode: ListenMode) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def end_listening(self, call: str) -> None:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)

    async def calls(self) -> frozenset[str]:
        """Raises ``PbxDown``."""
        raise PbxDown(WORDS)
