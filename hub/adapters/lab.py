"""The lab exchange as ``hub.ports.pbx.Pbx``: its control socket, read and asked by one connection."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

from edge.text import clean
from hub.ports.pbx import PbxDown, PbxError, PbxEvent, PbxLink, PbxRefused, QueueRow
from pbx.lab.wire import (
    LONGEST_LINE,
    JsonObject,
    WireError,
    event_from_json,
    line,
    read_line,
    rows_from_json,
)

_ANSWER_TIMEOUT = 5.0
_DELAYS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds between attempts to connect; the last one again and again."""
_MOST_UNREAD = 10_000
"""Events the hub may be behind; then the line is dropped, so that it reads a snapshot instead."""

_REFUSED = frozenset({"no_such_queue", "no_such_member"})


class _Line:
    """One connection: requests by id, everything else to ``events``."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tell: Callable[[PbxEvent], None]
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._tell = tell
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[JsonObject]] = {}

    async def ask(self, command: str, **args: object) -> Any:
        """The result of a command. Raises ``PbxRefused`` and ``PbxDown``."""
        number = next(self._numbers)
        answered: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        try:
            self._writer.write(line({"id": number, "command": command, "args": args}))
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await self._writer.drain()
                return _result(await answered)
        except (TimeoutError, ConnectionError):
            raise PbxDown("the lab exchange does not answer") from None
        finally:
            del self._asked[number]

    async def read(self) -> None:
        """Deliver what arrives. Ends by ``OSError``, ``EOFError`` or ``WireError``."""
        try:
            while True:
                message = read_line(await self._reader.readuntil(b"\n"))
                if "event" in message:
                    self._tell(event_from_json(message))
                elif (answered := self._asked.get(message.get("id", 0))) and not answered.done():
                    answered.set_result(message)
        finally:
            for answered in self._asked.values():
                if not answered.done():
                    answered.set_exception(PbxDown("the line to the lab exchange broke"))

    def close(self) -> None:
        self._writer.close()


def _result(answer: JsonObject) -> Any:
    error = answer.get("error")
    if not isinstance(error, dict):
        return answer.get("result")
    words = clean(str(error.get("words")))
    raise PbxRefused(words) if error.get("code") in _REFUSED else PbxError(words)


class LabPbx:
    """``control`` is the exchange's socket. ``sleep`` waits between attempts to connect."""

    def __init__(self, control: Path, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._control = control
        self._sleep = sleep
        self._line: _Line | None = None
        self._events: asyncio.Queue[PbxEvent] = asyncio.Queue()

    async def run(self) -> None:
        """Stay connected for as long as the task lives."""
        failures = 0
        try:
            while True:
                failures = 0 if await self._connection_lasted() else failures + 1
                await self._sleep(_DELAYS[min(failures, len(_DELAYS) - 1)])
        finally:
            self._line = None

    async def events(self) -> AsyncIterator[PbxEvent]:
        """All events from now on, in order. One consumer."""
        while True:
            yield await self._events.get()

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now. Raises ``PbxDown``."""
        try:
            return tuple(_cleaned(row) for row in rows_from_json(await self._ask("queues")))
        except WireError as error:
            raise PbxDown(f"the lab exchange speaks another language: {error}") from None

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "") -> None:
        """Make ``agent`` a member of ``queue``."""
        await self._ask("join", queue=queue, agent=agent, paused=paused, reason=reason)

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``."""
        await self._ask("leave", queue=queue, agent=agent)

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` in every queue."""
        await self._ask("pause", agent=agent, paused=paused, reason=reason)

    async def _ask(self, command: str, **args: object) -> Any:
        if self._line is None:
            raise PbxDown("there is no line to the lab exchange")
        return await self._line.ask(command, **args)

    async def _connection_lasted(self) -> bool:
        """One connection, until it ends; whether it ever stood."""
        try:
            await self._connected()
        except (OSError, EOFError, WireError, PbxError, asyncio.LimitOverrunError) as error:
            stood, self._line = self._line is not None, None
            if stood:
                self._events.put_nowait(PbxLink(up=False, words=clean(f"the lab exchange is gone: {error}")))
            return stood
        return True

    async def _connected(self) -> None:
        reader, writer = await asyncio.open_unix_connection(self._control, limit=LONGEST_LINE)
        connection = _Line(reader, writer, self._tell)
        reading = asyncio.create_task(connection.read())
        try:
            await connection.ask("subscribe")
            self._tell(PbxLink(up=True))
            self._line = connection
            await reading
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, EOFError, WireError):
                await reading
            connection.close()

    def _tell(self, event: PbxEvent) -> None:
        if self._events.qsize() >= _MOST_UNREAD:
            raise WireError(f"{_MOST_UNREAD} events unread")
        self._events.put_nowait(_cleaned(event))


def _cleaned(value: Any) -> Any:
    """``value`` with every text in it cleaned: frozen dataclasses, tuples and texts, all the way down."""
    if type(value) is str:
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _cleaned(getattr(value, item.name)) for item in fields(value)})
    return value
