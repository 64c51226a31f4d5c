"""The open calls of one engine on baresip: what the stack reports finds its call."""

from __future__ import annotations

from collections.abc import Callable

import baresip

from sip import events as ev
from sip.audio.port import AudioPort
from sip.behaviour import Behaviour
from sip.engines.baresip.calls import BaresipCall
from sip.engines.baresip.overlong import refuse_overlong
from sip.engines.baresip.reasons import plain_outcome
from sip.events import CallId, PhoneEvent
from sip.lines import Lines, dialling, end_call, incoming

_EARLY_HANDLES = 16


class BaresipLines(Lines[BaresipCall]):
    """Open calls by the stack's handle."""

    def __init__(
        self, port: Callable[[], AudioPort], behaviour: Behaviour, publish: Callable[[PhoneEvent], None]
    ) -> None:
        super().__init__(port, behaviour, publish)
        self.secret = False
        """The voice of every call must be encrypted, by the account."""
        self._early: dict[int, list[baresip.StackEvent]] = {}

    def incoming(self, call: baresip.Call) -> None:
        """A call rings here."""
        headers = {name.lower(): value for name, value in (call.headers or {}).items()}
        headers.setdefault("from", call.peer or "")
        self._adopt(incoming(headers), call)

    def outgoing(self, call: baresip.Call, uri: str, consults: CallId = "") -> CallId:
        """A call that we made, or that the other side's REFER had us make."""
        return self._adopt(dialling(uri, consults), call).id

    def hear(self, event: baresip.StackEvent) -> None:
        """One of the stack's events of this engine's agent."""
        if not event.call:
            return
        opened = self.of(event.call)
        if opened is not None:
            self._tell_call(opened, event)
        elif event.event is not baresip.Event.CALL_CLOSED or event.call in self._early:
            # a call that we dial reports before ``dial`` has told its handle
            while len(self._early) >= _EARLY_HANDLES:
                del self._early[next(iter(self._early))]
            self._early.setdefault(event.call, []).append(event)

    def _adopt(self, began: ev.CallIncoming | ev.CallDialling, call: baresip.Call) -> BaresipCall:
        opened = BaresipCall(began, call, self.publish, self.patience, secret=self.secret)
        self.add(call.handle, opened, began)
        refuse_overlong()
        for event in self._early.pop(call.handle, ()):
            # the library's own call was made too late to hear it, and would go on as if it never was
            call._on_stack_event(event)  # noqa: SLF001 - its only way in
            self._tell_call(opened, event)
        return opened

    def _tell_call(self, opened: BaresipCall, event: baresip.StackEvent) -> None:
        opened.hear(event)
        if event.event is baresip.Event.CALL_ESTABLISHED:
            self.in_background(_must_encrypt(opened))
        if opened.closed.is_set():
            self.forget(event.call)


async def _must_encrypt(call: BaresipCall) -> None:
    """End an answered call whose voice stays in the clear: baresip takes an offer of SDES for one of DTLS."""
    try:
        await call.until_encrypted()
    except TimeoutError:
        call.ends_as = plain_outcome()
        await end_call(call)
