"""``SipEngine`` on baresip: one account on the process's stack."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import baresip

from edge.text import clean
from sip import events as ev
from sip.account import Account
from sip.addresses import target_uri
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.engine import Capability
from sip.engines.baresip.lines import BaresipLines
from sip.engines.baresip.pairs import attended_transfer, merge, part
from sip.engines.baresip.registration import Registration
from sip.engines.baresip.settings import check
from sip.engines.baresip.stack import BaresipStack
from sip.errors import NotRegistered, PhoneError, WrongState
from sip.events import CallId, PhoneEvent
from sip.lines import CONSULTATION_HEADER
from sip.stream import EventStream


class BaresipEngine:
    """One account. ``port`` makes the ears and mouth of a call: the same for all, or one for each."""

    capabilities = (
        Capability.HOLD
        | Capability.BLIND_TRANSFER
        | Capability.ATTENDED_TRANSFER
        | Capability.DTMF
        | Capability.TLS
        | Capability.SRTP
        | Capability.SECOND_CALL
        | Capability.MERGE
    )

    def __init__(
        self, stack: BaresipStack, port: Callable[[], AudioPort], behaviour: Behaviour | None = None
    ) -> None:
        self._stack = stack
        self._behaviour = behaviour or Behaviour()
        self._stream: EventStream[PhoneEvent] = EventStream()
        self._lines = BaresipLines(port, self._behaviour, self._publish)
        self._registration: Registration | None = None

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
        if self._registration is not None and account == self._registration.account:
            await self._registration.begin()
            return
        if len(self._lines):
            raise WrongState("the account cannot change while a call is open")
        check(account)
        await self._leave()
        self._registration = Registration(account, self._stack, self._lines, self._behaviour, self._publish)
        try:
            await self._registration.begin()
        except PhoneError:
            await self._leave()
            raise

    async def refresh(self) -> None:
        """Register anew now, because somebody knows that the contact leads nowhere."""
        if self._registration is None:
            raise NotRegistered("there is no account to register")
        self._registration.refresh()

    async def unregister(self) -> None:
        """Take our contact off the registrar."""
        if self._registration is not None:
            await self._registration.leave()

    async def _leave(self) -> None:
        """Unregister and give the stack back."""
        registration, self._registration = self._registration, None
        if registration is not None:
            await registration.close()

    async def close(self) -> None:
        """Hang up, unregister, free the stack. Safe to call twice."""
        await self._lines.hang_up()
        await self._leave()
        await self._lines.close()
        self._stream.close()

    # What the desk asks

    async def dial(self, target: str, consults: CallId = "") -> CallId:
        """Send an INVITE; a consultation carries the contact of the call that it is about."""
        account, agent = self._caller()
        if self._lines.full:
            raise WrongState("end a call first: no more calls can be open at once")
        uri = target_uri(target, account)
        contact = self._lines.find(consults).contact if consults else ""
        headers = {CONSULTATION_HEADER: contact} if contact else None
        try:
            call = await agent.dial(uri, headers)
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(f"the call was not made: {clean(str(error))}") from error
        return self._lines.outgoing(call, uri, consults)

    def _caller(self) -> tuple[Account, baresip.UserAgent]:
        """Whom we call as. Raises ``NotRegistered``."""
        serving = self._registration.serving if self._registration is not None else None
        if serving is None:
            raise NotRegistered("there is no account to call from, or no network")
        return serving.place.account, serving.agent

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
        account, _agent = self._caller()
        self._lines.find(call).transfer(target_uri(target, account), clean(target))

    async def attended_transfer(self, call: CallId, consultation: CallId) -> None:
        """REFER the other side of ``call`` to that of ``consultation``, which it replaces us in."""
        attended_transfer(self._lines.find(call), self._lines.find(consultation))

    async def merge(self, call: CallId, other: CallId) -> None:
        """Mix the voices of both calls with the microphone."""
        await merge(self._lines.find(call), self._lines.find(other))

    async def part(self, call: CallId) -> None:
        """Go on with one of two merged calls alone."""
        await part(self._lines.find(call))

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys (RFC 4733)."""
        await self._lines.find(call).send_dtmf(digits)
