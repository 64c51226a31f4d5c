"""The other end of the control socket: asks by id, and hears events or orders."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

from edge.text import clean
from pbx.lab.wire import LONGEST_LINE, JsonObject, WireError, line, read_line

_ANSWER_TIMEOUT = 5.0
_MOST_UNREAD = 10_000
"""Messages the reader may be behind; then the connection ends, so that it takes a snapshot instead."""


class ControlGone(Exception):
    """There is no connection any more; ``str(error)`` says why."""


class ControlRefused(Exception):
    """The exchange said no; ``code`` is one of ``pbx.lab.control.CODES``."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class ControlClient:
    """One connection, made by ``connect`` and ended by ``close``. Everything raises ``ControlGone``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[JsonObject]] = {}
        self._heard: asyncio.Queue[JsonObject] = asyncio.Queue(_MOST_UNREAD)
        self._end = ""
        self._ended = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, control: Path) -> ControlClient:
        """Open a connection to the exchange that listens at ``control``."""
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                reader, writer = await asyncio.open_unix_connection(control, limit=LONGEST_LINE)
        except OSError as error:
            raise ControlGone(f"no lab exchange at its socket: {error.strerror or error}") from None
        return cls(reader, writer)

    async def close(self) -> None:
        """End the connection; closing twice is no error."""
        self._reading.cancel()
        await asyncio.wait([self._reading])
        self._finish("the line to the lab exchange was closed")
        self._writer.close()

    async def ask(self, command: str, **args: object) -> Any:
        """The result of a command. Raises ``ControlRefused``."""
        if self._ended.is_set():
            raise ControlGone(self._end)
        number = next(self._numbers)
        answered: asyncio.Future[JsonObject] = asyncio.get_running_loop().create_future()
        self._asked[number] = answered
        try:
            self._writer.write(line({"id": number, "command": command, "args": args}))
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await self._writer.drain()
                return _result(await answered)
        except (TimeoutError, ConnectionError):
            self._finish("the lab exchange does not answer")
            raise ControlGone(self._end) from None
        finally:
            del self._asked[number]

    async def hear(self) -> JsonObject:
        """The next event or order."""
        if self._heard.empty():
            heard = asyncio.ensure_future(self._heard.get())
            ended = asyncio.ensure_future(self._ended.wait())
            try:
                await asyncio.wait((heard, ended), return_when=asyncio.FIRST_COMPLETED)
                if not heard.done():
                    raise ControlGone(self._end)
                return heard.result()
            finally:
                heard.cancel()
                ended.cancel()
        return self._heard.get_nowait()

    async def _read(self) -> None:
        try:
            while True:
                self._take(read_line(await self._reader.readuntil(b"\n")))
        except asyncio.QueueFull:
            self._finish(f"{_MOST_UNREAD} messages unread")
        except (OSError, EOFError, WireError, asyncio.LimitOverrunError) as error:
            self._finish(f"the line to the lab exchange broke: {error}")

    def _finish(self, words: str) -> None:
        if self._ended.is_set():
            return
        self._end = words
        self._ended.set()
        for answered in self._asked.values():
            if not answered.done():
                answered.set_exception(ControlGone(words))

    def _take(self, message: JsonObject) -> None:
        if "id" not in message:
            self._heard.put_nowait(message)
            return
        answered = self._asked.get(message["id"])
        if answered is not None and not answered.done():
            answered.set_result(message)


def _result(answer: JsonObject) -> Any:
    error = answer.get("error")
    if isinstance(error, dict):
        raise ControlRefused(str(error.get("code")), clean(str(error.get("words"))))
    return answer.get("result")
