"""The desk's end of the phone's socket: attach to a phone that runs, or start one and attach."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from sip.account import Account
from sip.engine import GET_BARESIP, NO_BARESIP
from sip.errors import BadRequest, PhoneError, PhoneGone
from sip.events import CallId, PhoneReport
from sip.place import Place, Stranger
from sip.start import ALREADY_RUNS, NO_ENGINE, start
from sip.stream import EventStream
from sip.wire import ATTACH, Answer, Request, WireError, account_document, decode_message, encode

_CONNECT_TIMEOUT = 5.0
_ANSWER_TIMEOUT = 100.0
"""Longer than the phone gives a command, so that its own words arrive."""


class PhoneClient:
    """One attachment to a running phone, made by ``attach`` or ``attach_or_start``.

    Commands raise ``PhoneError``.
    """

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
        """How the phone stands, then what it reports; ends with ``PhoneGone`` when the phone is lost.

        ``TakenAway`` comes last when another desk takes the phone.
        """
        async for event in self._events:
            yield event
        raise PhoneGone("the phone process is gone")

    async def attach(self) -> None:
        """Take the phone; events come from now on."""
        await self._ask(ATTACH)

    async def register(self, account: Account) -> None:
        """Have the phone register as ``account``, and keep it registered."""
        await self._ask("register", **account_document(account))

    async def refresh(self) -> None:
        """Have the phone register anew now."""
        await self._ask("refresh")

    async def unregister(self) -> None:
        """Take our contact off the registrar."""
        await self._ask("unregister")

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE to a number or a ``sip:`` URI, to ask about the call ``consults``."""
        call = await self._ask("dial", target=target, consults=consults)
        if call is None:
            raise PhoneError("the phone did not name the call")
        return call

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._ask("answer", call=call)

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call."""
        await self._ask("reject", call=call)

    async def hangup(self, call: CallId) -> None:
        """End a call in any state."""
        await self._ask("hangup", call=call)

    async def hold(self, call: CallId) -> None:
        """Put a call on hold."""
        await self._ask("hold", call=call)

    async def resume(self, call: CallId) -> None:
        """Take a call off hold."""
        await self._ask("resume", call=call)

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for a call."""
        await self._ask("mute", call=call, muted=muted)

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer of a call."""
        await self._ask("transfer", call=call, target=target)

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """Join the other sides of both calls and leave them."""
        await self._ask("attended_transfer", call=call, consultation=consultation)

    async def merge(self, call: CallId, other: CallId) -> None:
        """Talk in both calls at once."""
        await self._ask("merge", call=call, other=other)

    async def part(self, call: CallId) -> None:
        """Go on with one of two merged calls alone."""
        await self._ask("part", call=call)

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys in a call."""
        await self._ask("send_dtmf", call=call, digits=digits)

    async def use_sound(self, profile: str) -> None:
        """Talk and ring through other devices from now on, in a call too."""
        await self._ask("use_sound", profile=profile)

    async def forget_missed(self, call: CallId = "") -> None:
        """Take a missed call off the phone's list, or all of them."""
        await self._ask("forget_missed", call=call)

    async def _ask(self, command: str, **args: Any) -> str | None:
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


async def attach(place: Place) -> PhoneClient:
    """Attach to the phone that serves ``place``, in the place of another desk if there is one.

    Raises ``PhoneGone`` when no phone is there.
    """
    try:
        async with asyncio.timeout(_CONNECT_TIMEOUT):
            reader, writer = await place.connect()
    except (OSError, TimeoutError, Stranger):
        raise PhoneGone("no phone process answers") from None
    client = PhoneClient(reader, writer)
    try:
        await client.attach()
    except BaseException:
        await client.close()
        raise
    return client


async def attach_or_start(place: Place, arguments: Sequence[str]) -> PhoneClient:
    """Attach to the phone at ``place``; where none runs, start ``python -m sip`` with ``arguments`` first.

    The phone outlives the desk. Raises ``PhoneGone`` with what to do.
    """
    with suppress(PhoneGone):
        return await attach(place)
    status = await asyncio.to_thread(start, [*place.arguments, *arguments])
    if status == NO_ENGINE:
        raise PhoneGone(f"{NO_BARESIP}: {GET_BARESIP}")
    if status not in (0, ALREADY_RUNS):
        raise PhoneGone("the phone process did not start; its log says why")
    return await attach(place)
