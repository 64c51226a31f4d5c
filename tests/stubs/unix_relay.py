"""A Unix socket in front of another one, to be cut and mended: a line that breaks while both ends live."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import TracebackType


class UnixRelay:
    """Listens at ``path`` and passes every connection on to ``behind``. An async context manager."""

    def __init__(self, path: Path, behind: Path) -> None:
        self.path = path
        self._behind = behind
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> UnixRelay:
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()

    async def mend(self) -> None:
        """Take connections again."""
        self._server = await asyncio.start_unix_server(self._connected, self.path)

    async def cut(self) -> None:
        """End every connection and take no new one."""
        if self._server is not None:
            self._server.close()
        self.path.unlink(missing_ok=True)
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._pumps:
            await asyncio.wait(self._pumps)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._join(reader, writer))
        self._pumps.add(task)
        task.add_done_callback(self._pumps.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_unix_connection(self._behind)
        self._writers |= {writer, other_writer}
        try:
            await asyncio.gather(_pump(reader, other_writer), _pump(other_reader, writer))
        finally:
            self._writers -= {writer, other_writer}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
