"""The open calls of one engine: what the stack reports finds its call, and the headset follows them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import baresip

from edge.text import clean
from sip import events as ev
from sip.audio.port import AudioPort
from sip.call_state import CallState
from sip.engines.baresip.addresses import party
from sip.engines.baresip.calls import OpenCall
from sip.engines.baresip.headset import Headset
from sip.engines.baresip.reasons import lost_outcome, plain_outcome
from sip.engines.baresip.settings import Behaviour
from sip.errors import NoSuchCall, PhoneError
from sip.events import CallId, CloseReason, PhoneEvent
from sip.sound_watch import Patience

CONTACT_HEADER = "X-Moked-Contact"
CONSULTATION_HEADER = "X-Moked-Consultation"
QUEUE_HEADER = "X-Moked-Queue"
_HEADER_LIMIT = 128
_EARLY_HANDLES = 16
_GOODBYE = 3.0
"""Seconds that open calls get to be hung up when the engine closes."""

_SIGN_OF_LIFE = 7.0
"""Seconds in which a far end that lives reports: Asterisk does so every five by itself, others sooner."""
_ENCRYPTED_WITHIN = 3.0
"""Seconds that the handshake of DTLS may take, over a bad line."""
_GONE = "the exchange went away"

_serial = itertools.count(1)


class Lines:
    """Open calls by the stack's handle. ``publish`` gets their events, and levels and faults of sound."""

    def __init__(
        self, port: Callable[[], AudioPort], behaviour: Behaviour, publish: Callable[[PhoneEvent], None]
    ) -> None:
        self._limit = behaviour.call_limit
        self._tell_desk = publish
        self._patience = Patience()
        self.secret = False
        """The voice of every call must be encrypted, by the account."""
        self._headset = Headset(port, publish, behaviour.bell if behaviour.person else None)
        self._calls: dict[int, OpenCall] = {}
        self._early: dict[int, list[baresip.StackEvent]] = {}
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

    def find(self, call: CallId) -> OpenCall:
        """The open call of that id. Raises ``NoSuchCall``."""
        for opened in self._calls.values():
            if opened.id == call:
                return opened
        raise NoSuchCall("the call is over")

    def incoming(self, call: baresip.Call) -> None:
        """A call rings here; one too many is told of, so that it is seen, and declined."""
        headers = {name.lower(): value for name, value in (call.headers or {}).items()}
        told = (
            clean(headers.get(name.lower()), limit=_HEADER_LIMIT)
            for name in (CONTACT_HEADER, CONSULTATION_HEADER, QUEUE_HEADER)
        )
        caller = party(headers.get("from") or call.peer or "")
        full = self.full
        opened = self._adopt(ev.CallIncoming(f"c{next(_serial)}", caller, *told), call)
        if full:
            self._in_background(opened.reject(CloseReason.LINES_FULL))

    def outgoing(self, call: baresip.Call, uri: str, consults: CallId = "") -> CallId:
        """A call that we made, or that the other side's REFER had us make."""
        return self._adopt(ev.CallDialling(f"c{next(_serial)}", party(uri), consults), call).id

    def hear(self, event: baresip.StackEvent) -> None:
        """One of the stack's events of this engine's agent."""
        if not event.call:
            return
        opened = self._calls.get(event.call)
        if opened is not None:
            self._tell_call(opened, event)
        elif event.event is not baresip.Event.CALL_CLOSED or event.call in self._early:
            # a call that we dial reports before ``dial`` has told its handle
            while len(self._early) >= _EARLY_HANDLES:
                del self._early[next(iter(self._early))]
            self._early.setdefault(event.call, []).append(event)

    async def hang_up(self) -> None:
        """End every call, as well as can be done in three seconds."""
        await asyncio.gather(*(_end(call) for call in tuple(self._calls.values())))

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
        self._in_background(self._bury({call: call.reports for call in self._calls.values()}, gone=gone))

    def prove_held(self) -> None:
        """The exchange takes us again after a doubt: whether it has the held calls, it alone can say."""
        for call in self._calls.values():
            if call.state is CallState.HELD:
                self._in_background(call.prove())

    async def _bury(self, reports: Mapping[OpenCall, int], *, gone: bool) -> None:
        await asyncio.sleep(_SIGN_OF_LIFE)
        dead = [call for call, before in reports.items() if call.dead(before, gone=gone)]
        for call in dead:
            call.ends_as = lost_outcome(call.state, _GONE)
        await asyncio.gather(*(_end(call) for call in dead))

    async def close(self) -> None:
        """End the audio thread."""
        await self._headset.close()

    def _adopt(self, began: ev.CallIncoming | ev.CallDialling, call: baresip.Call) -> OpenCall:
        opened = self._calls[call.handle] = OpenCall(began, call, self._publish, self._patience)
        opened.secret = self.secret
        self._publish(began)
        for event in self._early.pop(call.handle, ()):
            # the library's own call was made too late to hear it, and would go on as if it never was
            call._on_stack_event(event)  # noqa: SLF001 - its only way in
            self._tell_call(opened, event)
        return opened

    def _tell_call(self, opened: OpenCall, event: baresip.StackEvent) -> None:
        opened.hear(event)
        if event.event is baresip.Event.CALL_ESTABLISHED and opened.secret:
            self._in_background(_must_encrypt(opened))
        if opened.closed.is_set():
            self._calls.pop(event.call, None)

    def _publish(self, event: PhoneEvent) -> None:
        self._tell_desk(event)
        self._headset.follow(self._calls.values())

    def _in_background(self, doing: Awaitable[None]) -> None:
        async def done() -> None:
            with suppress(PhoneError):  # the call may end by itself in the meantime
                await doing

        task = asyncio.create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _must_encrypt(call: OpenCall) -> None:
    """End an answered call whose voice stays in the clear: baresip takes an offer of SDES for one of DTLS."""
    try:
        async with asyncio.timeout(_ENCRYPTED_WITHIN):
            await call.encrypted.wait()
    except TimeoutError:
        call.ends_as = plain_outcome()
        await _end(call)


async def _end(call: OpenCall) -> None:
    # where it fails, the far end finds out by its own timers
    with suppress(PhoneError, TimeoutError):
        async with asyncio.timeout(_GOODBYE):
            await call.hangup()
            await call.closed.wait()
