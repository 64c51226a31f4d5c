"""The desk's end of the phone's socket: what is asked, what is answered, and what the phone reports."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from sip.errors import BadRequest, PhoneError, PhoneGone
from sip.events import PhoneReport
from sip.stream import EventStream
from sip.wire import Answer, Request, WireError, decode_message, encode

_ANSWER_TIMEOUT = 100.0
"""Longer than the phone gives a command, so that its own words arrive."""


class PhoneLink:
    """One connection to a phone, which is this desk's once it has asked ``wire.ATTACH``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[str | None]] = {}
        self._events: EventStream[PhoneReport] = EventStream()
        self._reading = asyncio.create_task(self._read(reader))

    async def close(self) -> None:
        """Leave the phone; its calls go on. Safe to call twice."""
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def events(self) -> AsyncIterator[PhoneReport]:
        """What the phone reports from the start; ends with ``PhoneGone`` when the line breaks."""
        async for event in self._events:
            yield event
        raise PhoneGone("the phone process is gone")

    async def ask(self, command: str, **args: Any) -> str | None:
        """What the phone answers. Raises ``PhoneError``: its own, or one that tells how it is lost."""
        if self._reading.done():
            raise PhoneGone("the phone process is gone")
        number = next(self._numbers)
        try:
            line = encode(Request(number, command, args))
        except WireError as error:
            raise BadRequest(f"{command}: {error}") from None
        answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._writer.write(line)
            async with asyncio.timeout(_ANSWER_TIMEOUT):
                await self._writer.drain()
                return await answer
        except TimeoutError:
            raise PhoneError("the phone does not answer") from None
        except OSError:
            raise PhoneGone("the phone process is gone") from None
        finally:
            del self._asked[number]

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Sort what the phone says into answers and events until the line breaks."""
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, WireError):
                while True:
                    self._sort(decode_message(await reader.readuntil(b"\n")))
        finally:
            self._events.close()
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(PhoneGone("the phone process is gone"))

    def _sort(self, message: Answer | PhoneReport) -> None:
        if not isinstance(message, Answer):
            self._events.put(message)
            return
        answer = self._asked.get(message.id)
        if answer is None or answer.done():
            return
        if message.error is not None:
            answer.set_exception(message.error)
        else:
            answer.set_result(message.result)
