"""``SipEngine`` on baresip: one account on the process's stack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import baresip

from edge.text import clean
from sip import events as ev
from sip.account import Account
from sip.audio.port import AudioPort
from sip.engine import Capability
from sip.engines.baresip.addresses import target_uri
from sip.engines.baresip.lines import Lines
from sip.engines.baresip.registration import Registration
from sip.engines.baresip.settings import Behaviour, address_of_record
from sip.engines.baresip.stack import BaresipStack
from sip.errors import NotRegistered, PhoneError, WrongState
from sip.events import CallId, PhoneEvent
from sip.stream import EventStream


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
        self._lines = Lines(port, self._behaviour, self._publish)
        self._account: Account | None = None
        self._agent: baresip.UserAgent | None = None
        self._registration: Registration | None = None
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Nothing yet: the stack comes up with the first account, which says what it needs."""

    def events(self) -> AsyncIterator[PhoneEvent]:
        """All events from now on, until ``close``."""
        return aiter(self._stream)

    def _publish(self, event: PhoneEvent) -> None:
        if isinstance(event, ev.AudioLevels):
            self._stream.put_frequent(event)
        else:
            self._stream.put(event)

    # The account

    async def register(self, account: Account) -> None:
        """Register as ``account`` and stay so; the account that stands already is left as it is."""
        if account == self._account and self._keeping is not None and not self._keeping.done():
            return
        if len(self._lines) and account != self._account:
            raise WrongState("the account cannot change while a call is open")
        if account != self._account or self._agent is None:
            line = address_of_record(account)
            await self._leave()
            await self._take(account, line)
        assert self._registration is not None  # noqa: S101 - _take made it, or raised
        self._keeping = asyncio.create_task(self._registration.keep())

    async def _take(self, account: Account, line: str) -> None:
        runtime = await self._stack.lease(self, account)
        policy = "auto" if self._behaviour.follow_transfers else "reject"
        try:
            agent = await baresip.UserAgent.create(runtime, line, transfer_policy=policy)
        except baresip.BaresipError as error:
            await self._stack.release(self)
            raise PhoneError(f"the account cannot be used: {clean(str(error))}") from None
        agent.on_incoming(self._lines.incoming)
        agent.on_transfer_call(lambda call: self._lines.outgoing(call, call.peer or ""))
        agent.on(self._lines.hear)
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
            agent.off(self._lines.hear)
            await self._stack.release(self)

    async def _stop_keeping(self) -> None:
        keeping, self._keeping = self._keeping, None
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def close(self) -> None:
        """Hang up, unregister, free the stack. Safe to call twice."""
        await self._lines.hang_up()
        await self._leave()
        await self._lines.close()
        self._stream.close()

    # What the desk asks

    async def dial(self, target: str) -> CallId:
        """Send an INVITE."""
        if self._agent is None or self._account is None:
            raise NotRegistered("there is no account to call from")
        if self._lines.full:
            raise WrongState("end a call first: no more calls can be open at once")
        uri = target_uri(target, self._account)
        try:
            call = await self._agent.dial(uri)
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(f"the call was not made: {clean(str(error))}") from error
        return self._lines.outgoing(call, uri)

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._lines.find(call).answer()

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call (486)."""
        await self._lines.find(call).reject()

    async def hangup(self, call: CallId) -> None:
        """End the call in any state."""
        await self._lines.find(call).hangup()

    async def hold(self, call: CallId) -> None:
        """Put the call on hold."""
        await self._lines.find(call).hold()

    async def resume(self, call: CallId) -> None:
        """Take the call off hold."""
        await self._lines.find(call).resume()

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for this call."""
        self._lines.find(call).mute(muted)

    async def transfer(self, call: CallId, target: str) -> None:
        """Blind transfer (REFER)."""
        if self._account is None:
            raise NotRegistered("there is no account to transfer from")
        self._lines.find(call).transfer(target_uri(target, self._account), clean(target))

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys (RFC 4733)."""
        await self._lines.find(call).send_dtmf(digits)
