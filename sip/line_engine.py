"""What every engine does alike: its account registered and kept so, its calls found and asked."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from typing import Any, Generic, TypeVar

from sip import events as ev
from sip.account import Account
from sip.errors import NotRegistered, PhoneError, WrongState
from sip.events import CallId, PhoneEvent
from sip.keeping import KeptRegistration
from sip.lines import CONSULTATION_HEADER, Lines
from sip.stream import EventStream

OneRegistration = TypeVar("OneRegistration", bound=KeptRegistration[Any])


class LineEngine(ABC, Generic[OneRegistration]):
    """The part of ``sip.engine.SipEngine`` that knows no stack."""

    def __init__(self) -> None:
        self._stream: EventStream[PhoneEvent] = EventStream()
        self._registration: OneRegistration | None = None

    @property
    @abstractmethod
    def _open(self) -> Lines[Any]:
        """The open calls."""

    @abstractmethod
    def _register_as(self, account: Account) -> OneRegistration:
        """The registration of ``account``, not begun."""

    @abstractmethod
    def _check(self, account: Account) -> None:
        """Raises ``Unsupported``."""

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
        if len(self._open):
            raise WrongState("the account cannot change while a call is open")
        self._check(account)
        await self._leave()
        self._registration = self._register_as(account)
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
        await self._open.hang_up()
        await self._leave()
        await self._open.close()
        self._stream.close()

    # What the desk asks of a call

    def _headers_of(self, consults: CallId) -> dict[str, str]:
        """What a new INVITE bears: a line must be free, and a consultation names the contact it is about."""
        if self._open.full:
            raise WrongState("end a call first: no more calls can be open at once")
        contact = self._open.find(consults).contact if consults else ""
        return {CONSULTATION_HEADER: contact} if contact else {}

    async def answer(self, call: CallId) -> None:
        """Answer an incoming call."""
        await self._open.find(call).answer()

    async def reject(self, call: CallId) -> None:
        """Decline an incoming call (486)."""
        await self._open.find(call).reject()

    async def hangup(self, call: CallId) -> None:
        """End the call in any state."""
        await self._open.find(call).hangup()

    async def hold(self, call: CallId) -> None:
        """Put the call on hold."""
        await self._open.find(call).hold()

    async def resume(self, call: CallId) -> None:
        """Take the call off hold."""
        await self._open.find(call).resume()

    async def mute(self, call: CallId, muted: bool) -> None:
        """Shut or open the microphone for this call."""
        self._open.find(call).mute(muted)

    async def send_dtmf(self, call: CallId, digits: str) -> None:
        """Send keys (RFC 4733)."""
        await self._open.find(call).send_dtmf(digits)
