"""A client of the Asterisk Manager Interface: stays connected, sends actions, hands events on in order.

Actions are matched to their answers by ActionID. An answer is what has no ``Event`` header:
OriginateResponse, for one, is an event with a ``Response`` header. ``FullyBooted`` needs a right that the hub
does not have, so a login that was accepted is all that "up" waits for.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import os
import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from edge.text import clean
from hub.adapters import ami_wire
from hub.adapters.ami_wire import Message

CONNECT_TIMEOUT = 5.0
ACTION_TIMEOUT = 5.0
PING_INTERVAL = 10.0
QUEUE_LIMIT = 10_000
_MESSAGE_LIMIT = 1 << 18
_FIRST_DELAY, _LONGEST_DELAY = 0.25, 10.0


class AmiError(Exception):
    """Something about the exchange or the line to it."""


class AmiDown(AmiError):
    """There is no line, or it broke before the answer came."""


class AmiRefused(AmiError):
    """Asterisk answered ``Response: Error``; the text is its own."""


class Unanswered(AmiDown):
    """The line stands, and no answer came in time."""


class EventOverflow(AmiDown):
    """Nobody took the events, so some are lost: the line is dropped and what stands is read anew."""


@dataclass(frozen=True, slots=True)
class AmiAccount:
    """Where the manager interface is and who logs in. ``tls`` None is for loopback only."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """The line came up or went down; ``words`` says why it is down."""

    up: bool
    words: str = ""


Signal: TypeAlias = Link | Message


@dataclass(slots=True)
class _Pending:
    """An action that waits for its answer; ``events`` are the list that the answer announced."""

    done: asyncio.Future[None]
    response: Message = field(default_factory=dict)
    events: list[Message] = field(default_factory=list)


_NOT_LOADED: Final = "unknown command"
"""Asterisk lets in who comes before its modules are loaded, and refuses their actions by these words."""


def delays(chance: Callable[[], float]) -> Iterator[float]:
    """Seconds before each new try: doubling up to a cap, half of it by chance: hubs don't march in step."""
    delay = _FIRST_DELAY
    while True:
        yield delay * (0.5 + 0.5 * chance())
        delay = min(delay * 2, _LONGEST_DELAY)


class AmiClient:
    """One login, kept up by ``run``. Signals go to one consumer."""

    def __init__(
        self,
        account: AmiAccount,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
        ping_interval: float = PING_INTERVAL,
        action_timeout: float = ACTION_TIMEOUT,
        queue_limit: int = QUEUE_LIMIT,
    ) -> None:
        self._account = account
        self._sleep = sleep
        self._chance = chance
        self._ping_interval = ping_interval
        self._action_timeout = action_timeout
        self._queue_limit = queue_limit
        self._ids = itertools.count(1)
        self._pending: dict[str, _Pending] = {}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._signals: asyncio.Queue[Signal] | None = None
        self._up = False

    @property
    def up(self) -> bool:
        """Whether actions can be sent now."""
        return self._up

    def signals(self) -> AsyncIterator[Signal]:
        """Links and events from this call on, in order."""
        queue = self._signals = asyncio.Queue(self._queue_limit)

        async def each() -> AsyncIterator[Signal]:
            while True:
                yield await queue.get()

        return each()

    async def action(self, name: str, fields: Mapping[str, str] | None = None) -> list[Message]:
        """Send an action; returns the answer and, where it is a list, its events.

        Raises ``AmiDown`` without a line or without an answer in time, ``AmiRefused`` on an
        error, ``ami_wire.UnsafeFieldError``.
        """
        reader = self._reader
        if not self._up or reader is None:
            raise AmiDown("no line to the exchange")
        try:
            return await self._act(name, fields or {})
        except Unanswered as silence:
            # nobody knows whether it was done: the line is given up, and on the next all is settled anew
            reader.set_exception(silence)
            raise
        except AmiRefused as refusal:
            if _NOT_LOADED not in str(refusal):
                raise
            starting = AmiDown("the exchange is still starting")
            reader.set_exception(starting)
            raise starting from refusal

    async def run(self) -> None:
        """Stay connected until cancelled, waiting longer after each failure in a row."""
        waits = delays(self._chance)
        told = ""
        while True:
            try:
                await self._session()
            except (AmiError, OSError) as error:
                words = clean(str(error), limit=200) or type(error).__name__
            if self._up:
                waits, told = delays(self._chance), ""
            self._drop(words)
            if words != told:  # one signal an outage, not one a try
                self._tell_down(words)
                told = words
            await self._sleep(next(waits))

    # one session

    async def _session(self) -> None:
        """Connect, log in, read until the line breaks; always ends by raising."""
        account = self._account
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                reader, self._writer = await asyncio.open_connection(
                    account.host, account.port, ssl=account.tls, limit=_MESSAGE_LIMIT
                )
                banner = await reader.readuntil(b"\n")
                self._reader = reader
        except TimeoutError:
            raise AmiDown("the exchange does not answer") from None
        except OSError as error:
            raise AmiDown(f"the exchange cannot be reached: {_reason(error)}") from error
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            banner = b""
        if not banner.startswith(ami_wire.BANNER):
            raise AmiDown("what answers there is no Asterisk manager interface")
        reading = asyncio.create_task(self._read(reader))
        try:
            await self._log_in()
            self._up = True
            self._signal(Link(up=True))
            await self._watch(reading)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _log_in(self) -> None:
        """Log in by MD5 challenge, so that the secret itself does not travel."""
        challenge = (await self._act("Challenge", {"AuthType": "MD5"}))[0].get("Challenge", "")
        key = hashlib.md5((challenge + self._account.secret).encode(), usedforsecurity=False).hexdigest()
        login = {"AuthType": "MD5", "Username": self._account.user, "Key": key, "Events": "on"}
        await self._act("Login", login)

    async def _watch(self, reading: asyncio.Task[None]) -> None:
        """Ping while nothing else proves that the line lives."""
        while True:
            done, _ = await asyncio.wait({reading}, timeout=self._ping_interval)
            if done:
                reading.result()
            await self._act("Ping", {})

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            try:
                block = await reader.readuntil(ami_wire.END)
            except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
                broken = AmiDown("the line to the exchange broke")
                self._fail_pending(broken)
                raise broken from None
            self._dispatch(ami_wire.parse(block))

    def _dispatch(self, message: Message) -> None:
        pending = self._pending.get(message.get("ActionID", ""))
        if "Event" not in message:
            if pending is not None:
                pending.response = message
                if message.get("EventList", "").lower() != "start":
                    _settle(pending)
        elif pending is None:
            if self._up:  # what comes right behind the login's answer is in what is read once the line is up
                self._signal(message)
        elif message.get("EventList", "").lower() == "complete":
            _settle(pending)
        else:
            pending.events.append(message)

    async def _act(self, name: str, fields: Mapping[str, str]) -> list[Message]:
        writer = self._writer
        if writer is None:
            raise AmiDown("no line to the exchange")
        number = str(next(self._ids))
        request = ami_wire.build(name, {"ActionID": number, **fields})
        pending = self._pending[number] = _Pending(asyncio.get_running_loop().create_future())
        try:
            async with asyncio.timeout(self._action_timeout):
                writer.write(request)
                await writer.drain()
                await pending.done
        except TimeoutError:
            raise Unanswered(f"the exchange did not answer to {name}") from None
        except ConnectionError as error:
            raise AmiDown("the line to the exchange broke") from error
        finally:
            del self._pending[number]
        if pending.response.get("Response") == "Error":
            raise AmiRefused(clean(pending.response.get("Message", "refused"), limit=200))
        return [pending.response, *pending.events]

    def _drop(self, words: str) -> None:
        self._up = False
        self._fail_pending(AmiDown(words))
        if self._writer is not None:
            self._writer.transport.abort()
            self._writer = None

    def _fail_pending(self, error: AmiDown) -> None:
        for pending in self._pending.values():
            if not pending.done.done():
                pending.done.set_exception(error)

    def _signal(self, signal: Signal) -> None:
        if self._signals is None:
            return
        try:
            self._signals.put_nowait(signal)
        except asyncio.QueueFull:
            raise EventOverflow("events came faster than they were taken") from None

    def _tell_down(self, words: str) -> None:
        """Always finds room: events before a gap are of no use."""
        if self._signals is None:
            return
        while self._signals.full():
            self._signals.get_nowait()
        self._signals.put_nowait(Link(up=False, words=words))


def _reason(error: OSError) -> str:
    """The system's own words without its numbers and addresses."""
    if isinstance(error, socket.gaierror):  # its numbers are no errno
        return error.strerror or str(error)
    return os.strerror(error.errno) if error.errno and not isinstance(error, ssl.SSLError) else str(error)


def _settle(pending: _Pending) -> None:
    if not pending.done.done():
        pending.done.set_result(None)
