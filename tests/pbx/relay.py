"""A line that can be cut: TCP from a port of its own to another, so that the line breaks and not the end."""

from __future__ import annotations

import asyncio
from enum import Enum
from types import TracebackType


class Fate(Enum):
    """What becomes of an action and of the line it is on."""

    LOST = "the line breaks before the action arrives"
    UNANSWERED = "the line breaks after the action arrived, before its answer"
    SWALLOWED = "the action vanishes and the line seems to stand"


_ANSWER = b"Response: "


class Relay:
    """Passes bytes both ways to ``127.0.0.1:port`` until ``cut``; ``mend`` lets new connections through."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._whole = True
        self._lines: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._trap: tuple[bytes, Fate] | None = None
        self._deaf = False
        self.port = 0
        self.slow = 0.0
        """Seconds that whatever goes to the far end takes on the way."""

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        self._whole = False
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    def trap(self, words: bytes, fate: Fate) -> None:
        """Let ``fate`` befall the next bytes to the far end that hold ``words``, this once."""
        self._trap = (words, fate)

    @property
    def sprung(self) -> bool:
        """Whether what ``trap`` waited for has come."""
        return self._trap is None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        line = asyncio.ensure_future(self._pass(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)
        await asyncio.gather(line, return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            await asyncio.wait(
                {
                    asyncio.ensure_future(self._carry(reader, far_writer)),
                    asyncio.ensure_future(self._carry_back(far_reader, writer)),
                },
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy to the far end up to the trap."""
        while data := await reader.read(65_536):
            fate = self._spring(data)
            if fate is Fate.LOST:
                return
            await asyncio.sleep(self.slow)
            if fate is not Fate.SWALLOWED:
                writer.write(data)
                await writer.drain()
            self._deaf = self._deaf or fate is Fate.UNANSWERED

    async def _carry_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copy from the far end up to the answer that nobody is to get."""
        while data := await reader.read(65_536):
            if self._deaf and _ANSWER in data:
                self._deaf = False
                return
            writer.write(data)
            await writer.drain()

    def _spring(self, data: bytes) -> Fate | None:
        if self._trap is None or self._trap[0] not in data:
            return None
        fate, self._trap = self._trap[1], None
        return fate
