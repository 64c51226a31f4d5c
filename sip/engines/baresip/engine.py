"""``SipEngine`` on baresip: one account on the process's stack."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

import baresip

from edge.text import clean
from sip import events as ev
from sip.account import Account
from sip.audio.port import AudioPort
from sip.engine import Capability
from sip.engines.baresip.addresses import party, target_uri
from sip.engines.baresip.calls import OpenCall
from sip.engines.baresip.headset import Headset
from sip.engines.baresip.registration import Registration
from sip.engines.baresip.settings import Behaviour, address_of_record
from sip.engines.baresip.stack import BaresipStack
from sip.errors import NoSuchCall, NotRegistered, PhoneError, WrongState
from sip.events import CallId, PhoneEvent
from sip.stream import EventStream

CONTACT_HEADER = "X-Moked-Contact"
_EARLY_HANDLES = 16
_GOODBYE = 3.0
"""Seconds that open calls get to be hung up when the engine closes."""

_serial = itertools.count(1)


class BaresipEngine:
    """One account. ``port`` makes the ears and mouth of a call: the same for all, or one for each."""

    capabilities = (
        Capability.HOLD
        | Capability.BLIND_TRANSFER
        | Capability.DTMF
        | Capability.TLS
        | Capability.SRTP
        | Capability.SECOND_CALL
    )

    def __init__(
        self, stack: BaresipStack, port: Callable[[], AudioPort], behaviour: Behaviour | None = None
    ) -> None:
        self._stack = stack
        self._behaviour = behaviour or Behaviour()
        self._stream: EventStream[PhoneEvent] = EventStream()
        self._headset = Headset(port, self._publish, rings=self._behaviour.rings)
        self._account: Account | None = None
        self._agent: baresip.UserAgent | None = None
        self._registration: Registration | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._calls: dict[int, OpenCall] = {}
        self._early: dict[int, list[baresip.StackEvent]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Nothing yet: the stack comes up with the first account, which says what it needs."""

    def events(self) -> AsyncIterator[PhoneEvent]:
        """All events from now on, until ``close``."""
        return aiter(self._stream)

    def _publish(self, event: PhoneEvent) -> None:
        if isinstance(event, ev.AudioLevels):
            self._stream.put_frequent(event)
            return
        self._stream.put(event)
        if isinstance(event, ev.CallEvent):
            self._headset.follow(self._calls.values())

    # The account

    async def register(self, account: Account) -> None:
        """Register as ``account`` and stay so; the account that stands already is left as it is."""
        if account == self._account and self._keeping is not None and not self._keeping.done():
            return
        if self._calls and account != self._account:
            raise WrongState("the account cannot change while a call is open")
        if account != self._account or self._agent is None:
            await self._leave()
            await self._take(account)
        assert self._registration is not None  # noqa: S101 - _take made it, or raised
        self._keeping = asyncio.create_task(self._registration.keep())

    async def _take(self, account: Account) -> None:
        line = address_of_record(account)
        runtime = await self._stack.lease(self, account)
        policy = "auto" if self._behaviour.follow_transfers else "reject"
        try:
            agent = await baresip.UserAgent.create(runtime, line, transfer_policy=policy)
        except baresip.BaresipError as error:
            await self._stack.release(self)
            raise PhoneError(f"the account cannot be used: {clean(str(error))}") from None
        agent.on_incoming(self._rings)
        agent.on_transfer_call(self._dials)
        agent.on(self._hear)
        self._account, self._agent = account, agent
        self._registration = Registration(runtime, agent, self._publish)

    async def unregister(self) -> None:
        """Take our contact off the registrar."""
        await self._stop_keeping()
        if self._registration is not None:
            await self._registration.leave()

    async def _leave(self) -> None:
        """Unregister and give the stack back."""
        await self.unregister()
        agent, self._agent = self._agent, None
        self._account = self._registration = None
        if agent is not None:
            agent.off(self._hear)
            await self._stack.release(self)

    async def _stop_keeping(self) -> None:
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def close(self) -> None:
        """Hang up, unregister, free the stack. Safe to call twice."""
        await asyncio.gather(*(self._end(call) for call in tuple(self._calls.values())))
        await self._leave()
        await self._headset.close()
        self._stream.close()

    async def _end(self, call: OpenCall) -> None:
        # where it fails, the far end finds out by its own timers
        with suppress(PhoneError, TimeoutError):
            async with asyncio.timeout(_GOODBYE):
                await call.hangup()
                await call.closed.wait()

    # What the stack reports

    def _rings(self, call: baresip.Call) -> None:
        number = f"c{next(_serial)}"
        headers = {name.lower(): value for name, value in (call.headers or {}).items()}
        contact = clean(headers.get(CONTACT_HEADER.lower()), limit=128)
        began = ev.CallIncoming(number, party(headers.get("from") or call.peer or ""), contact)
        full = len(self._calls) >= self._behaviour.call_limit
        opened = self._adopt(began, call)
        if full:
            self._in_background(opened.reject())

    def _dials(self, call: baresip.Call) -> None:
        """A call that the other side's REFER had us make."""
        self._adopt(ev.CallDialling(f"c{next(_serial)}", party(call.peer or "")), call)

    def _adopt(self, began: ev.CallIncoming | ev.CallDialling, call: baresip.Call) -> OpenCall:
        opened = self._calls[call.handle] = OpenCall(began, call, self._publish)
        self._publish(began)
        for event in self._early.pop(call.handle, ()):
            # the library's own call was made too late to hear it, and would go on as if it never was
            call._on_stack_event(event)  # noqa: SLF001 - its only way in
            self._tell(opened, event)
        return opened

    def _hear(self, event: baresip.StackEvent) -> None:
        if not event.call:
            return
        opened = self._calls.get(event.call)
        if opened is not None:
            self._tell(opened, event)
        elif event.event is not baresip.Event.CALL_CLOSED or event.call in self._early:
            # a call that we dial reports before ``dial`` has told its handle
            while len(self._early) >= _EARLY_HANDLES:
                del self._early[next(iter(self._early))]
            self._early.setdefault(event.call, []).append(event)

    def _tell(self, opened: OpenCall, event: baresip.StackEvent) -> None:
        opened.hear(event)
        if opened.closed.is_set():
            self._calls.pop(event.call, None)

    def _in_background(self, doing: Awaitable[None]) -> None:
        async def done() -> None:
            with suppress(PhoneError):  # the call may end by itself in the meantime
                await doing

        task = asyncio.create_task(done())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What the desk asks

    async def dial(self, target: str) -> CallId:
        """Send an INVITE."""
        if self._agent is None or self._account is None:
            raise NotRegistered("there is no account to call from")
        if len(self._calls) >= self._behaviour.call_limit:
            raise WrongState("end a call first: no more calls can be open at once")
        uri = target_uri(target, self._account)
        try:
            call = await self._agent.dial(uri)
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(f"the call was not made: {clean(str(error))}") from error
        number = f"c{next(_serial)}"
        self._adopt(ev.CallDialling(number, party(uri)), call)
        return number

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._open(call).answer()

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call (486)."""
        await self._open(call).reject()

    async def hangup(self, call: CallId) -> None:
        """End the call in any state."""
        await self._open(call).hangup()

    async def hold(self, call: CallId) -> None:
        """Put the call on hold."""
        await self._open(call).hold()

    async def resume(self, call: CallId) -> None:
        """Take the call off hold."""
        await self._open(call).resume()

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for this call."""
        self._open(call).mute(muted)

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer (REFER)."""
        if self._account is None:
            raise NotRegistered("there is no account to transfer from")
        self._open(call).transfer(target_uri(target, self._account), clean(target))

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys (RFC 4733)."""
        await self._open(call).send_dtmf(digits)

    def _open(self, call: CallId) -> OpenCall:
        for opened in self._calls.values():
            if opened.id == call:
                return opened
        raise NoSuchCall("the call is over")
