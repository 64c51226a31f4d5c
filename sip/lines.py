"""The open calls of one engine, over any stack: found by their ids, and followed by the headset."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import suppress
from typing import Final, Generic, TypeVar

from edge.text import clean
from sip import events as ev
from sip.addresses import party
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.call_state import CallState
from sip.errors import NoSuchCall, PhoneError
from sip.events import CallId, CloseReason, PhoneEvent
from sip.headset import Headset
from sip.open_call import OpenCall
from sip.outcomes import lost_outcome
from sip.sound_watch import Patience

CONTACT_HEADER: Final = "X-Moked-Contact"
CONSULTATION_HEADER: Final = "X-Moked-Consultation"
QUEUE_HEADER: Final = "X-Moked-Queue"
LISTENING_HEADER: Final = "X-Moked-Listening"
_HEADER_LIMIT = 128
_GOODBYE = 3.0
"""Seconds that open calls get to be hung up when the engine closes."""
_SIGN_OF_LIFE = 7.0
"""Seconds in which a far end that lives reports: Asterisk does so every five by itself, others sooner."""
_GONE = "the exchange went away"

_serial = itertools.count(1)

OneCall = TypeVar("OneCall", bound=OpenCall)


class Lines(Generic[OneCall]):
    """Open calls by the stack's own key. ``publish`` gets their events, and levels and faults of sound."""

    def __init__(
        self, port: Callable[[], AudioPort], behaviour: Behaviour, publish: Callable[[PhoneEvent], None]
    ) -> None:
        self._limit = behaviour.call_limit
        self._tell_desk = publish
        self.patience = Patience()
        self._headset = Headset(port, publish, behaviour)
        self._calls: dict[Hashable, OneCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def holds(self) -> bool:
        """Whether any call is on hold."""
        return any(call.state is CallState.HELD for call in self._calls.values())

    @property
    def full(self) -> bool:
        """Whether no more calls can be open."""
        return len(self._calls) >= self._limit

    def find(self, call: CallId) -> OneCall:
        """The open call of that id. Raises ``NoSuchCall``."""
        for opened in self._calls.values():
            if opened.id == call:
                return opened
        raise NoSuchCall("the call is over")

    def of(self, key: Hashable) -> OneCall | None:
        """The open call that the stack knows by ``key``."""
        return self._calls.get(key)

    def add(self, key: Hashable, opened: OneCall, began: ev.CallIncoming | ev.CallDialling) -> None:
        """A call begins; one too many that comes in is told of, so that it is seen, and declined."""
        full = self.full
        self._calls[key] = opened
        self.publish(began)
        if full and isinstance(began, ev.CallIncoming):
            self.in_background(opened.reject(CloseReason.LINES_FULL))

    def forget(self, key: Hashable) -> None:
        """The call of ``key`` is over."""
        self._calls.pop(key, None)

    def publish(self, event: PhoneEvent) -> None:
        """An event of one of the calls; the headset follows."""
        self._tell_desk(event)
        self._headset.follow(self._calls.values())

    async def hang_up(self) -> None:
        """End every call, as well as can be done in three seconds."""
        await asyncio.gather(*(end_call(call) for call in tuple(self._calls.values())))

    async def lose(self, words: str) -> None:
        """End every call as one whose sound is lost; ``words`` tells the agent why."""
        for call in self._calls.values():
            call.ends_as = lost_outcome(call.state, words)
        await self.hang_up()

    def exchange_lost(self, *, gone: bool) -> None:
        """The exchange was lost to the registration: end what is dead, once its sound had time to go on.

        A call lives where its reports go on, whatever became of the registrar. ``gone``: nothing listens
        there any more, so nobody will ever take an answer to a call that rings.
        """
        self.in_background(self._bury({call: call.signs_of_life for call in self._calls.values()}, gone=gone))

    def prove_held(self) -> None:
        """The exchange takes us again after a doubt: whether it has the held calls, it alone can say."""
        for call in self._calls.values():
            if call.state is CallState.HELD:
                self.in_background(call.prove())

    async def _bury(self, signs: Mapping[OneCall, int], *, gone: bool) -> None:
        await asyncio.sleep(_SIGN_OF_LIFE)
        dead = [call for call, before in signs.items() if call.dead(before, gone=gone)]
        for call in dead:
            call.ends_as = lost_outcome(call.state, _GONE)
        await asyncio.gather(*(end_call(call) for call in dead))

    async def close(self) -> None:
        """End the audio thread."""
        await self._headset.close()

    def in_background(self, doing: Awaitable[None]) -> None:
        """Do something to a call, which may end by itself in the meantime."""

        async def done() -> None:
            with suppress(PhoneError):
                await doing

        task = asyncio.create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def incoming(headers: Mapping[str, str]) -> ev.CallIncoming:
    """What an INVITE with these ``headers`` (names in lower case) tells of its caller, cleaned."""
    told = (
        clean(headers.get(name.lower()), limit=_HEADER_LIMIT)
        for name in (CONTACT_HEADER, CONSULTATION_HEADER, QUEUE_HEADER, LISTENING_HEADER)
    )
    return ev.CallIncoming(_next_id(), party(headers.get("from") or ""), *told)


def dialling(uri: str, consults: CallId = "") -> ev.CallDialling:
    """What is told of a call to ``uri``."""
    return ev.CallDialling(_next_id(), party(uri), consults)


async def end_call(call: OpenCall) -> None:
    """Hang up and wait for the end; where that fails, the far end finds out by its own timers."""
    with suppress(PhoneError, TimeoutError):
        async with asyncio.timeout(_GOODBYE):
            await call.hangup()
            await call.closed.wait()


def _next_id() -> CallId:
    return f"c{next(_serial)}"
