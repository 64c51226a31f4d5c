"""The open calls of one engine on pyVoIP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sip import events as ev
from sip.call_state import CallState
from sip.engines.pyvoip.calls import Call
from sip.engines.pyvoip.pcm import RtpPcm
from sip.errors import WrongState
from sip.events import CallId
from sip.lines import Lines, dialling, incoming
from sip.open_call import OpenCall, Publish
from sip.outcomes import Outcome
from sip.sound_watch import Patience


class _Signalling:
    """``Call`` as ``sip.open_call.Signalling``."""

    def __init__(self, call: Call) -> None:
        self._call = call

    async def answer(self) -> None:
        """Answer."""
        self._call.answer()

    async def reject(self) -> None:
        """Decline."""
        self._call.deny()

    async def hangup(self) -> None:
        """End it."""
        self._call.hangup()

    async def hold(self) -> None:
        """Hold."""
        await self._call.session.hold()

    async def resume(self) -> None:
        """Take off hold."""
        await self._call.session.resume()

    async def send_dtmf(self, digits: str) -> None:
        """Send keys."""
        await self._call.signals.press(digits)


class PyvoipCall(OpenCall):
    """A call that pyVoIP carries: ``sip.engines.pyvoip.calls.Listener``."""

    def __init__(
        self, began: ev.CallIncoming | ev.CallDialling, call: Call, publish: Publish, patience: Patience
    ) -> None:
        super().__init__(began, _Signalling(call), RtpPcm(call.rtp), publish, patience)
        self._call = call
        self.forgotten: Callable[[], None] = lambda: None
        """Called once it is over."""
        self._leaving: asyncio.Task[None] | None = None
        call.listener = self

    @property
    def signs_of_life(self) -> int:
        """Packets of sound."""
        return self._call.rtp.heard

    def pressed(self, key: str) -> None:
        """The other side pressed a key."""
        self.tell(ev.DtmfReceived(self.id, key))

    def ended(self, outcome: Outcome) -> None:
        """It is over."""
        self.end(self.ends_as or outcome)
        self.forgotten()

    def transfer(self, uri: str, shown: str) -> None:
        """Ask the other side to call ``uri`` (REFER); what comes of it is told by events."""
        self.must_be(CallState.ESTABLISHED, CallState.HELD, words="only an answered call can be transferred")
        if self._leaving is not None and not self._leaving.done():
            raise WrongState("a transfer of this call is under way")
        self.tell(ev.CallTransferring(self.id, shown))
        self._leaving = asyncio.create_task(self._refer(uri, shown))

    async def _refer(self, uri: str, shown: str) -> None:
        refused = await self._call.refer(uri)
        if refused is not None and self.state is not CallState.CLOSED:
            self.tell(ev.TransferFailed(self.id, shown, refused.status, refused.reason))


class PyvoipLines(Lines[PyvoipCall]):
    """Open calls by their Call-ID."""

    def rings(self, call: Call) -> None:
        """A call rings here."""
        headers = {name: values[0] for name, values in call.invite.values.items()}
        if "p-asserted-identity" in headers:
            # what the exchange itself vouches for (RFC 3325 §9.1), and only the registrar's calls come here
            headers["from"] = headers["p-asserted-identity"]
        self._adopt(incoming(headers), call)

    def dials(self, call: Call, uri: str, consults: CallId) -> CallId:
        """A call that we make."""
        return self._adopt(dialling(uri, consults), call).id

    def _adopt(self, began: ev.CallIncoming | ev.CallDialling, call: Call) -> PyvoipCall:
        opened = PyvoipCall(began, call, self.publish, self.patience)
        opened.forgotten = lambda: self.forget(call.call_id)
        self.add(call.call_id, opened, began)
        return opened
