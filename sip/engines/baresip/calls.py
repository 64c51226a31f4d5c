"""One open call on baresip: what the stack reports of it, and what is asked of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

import baresip

from edge.text import clean
from sip import events as ev
from sip.audio import realtime
from sip.call_state import CallState
from sip.engines.baresip.pcm import BaresipPcm
from sip.engines.baresip.reasons import close_outcome, suite_of, transfer_outcome
from sip.engines.baresip.refusals import is_in_flight, why
from sip.engines.baresip.reports import report_of
from sip.errors import NoSuchCall, PhoneError, WrongState
from sip.events import CloseReason
from sip.open_call import DIGITS, OpenCall, Publish
from sip.outcomes import Outcome
from sip.quality import QualityMeter, Report
from sip.sound_watch import Patience

log = logging.getLogger(__name__)

_IN_FLIGHT_PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0)
"""Seconds between tries while the last re-INVITE is on its way: its answer may take a round trip and more."""
DIRECTION_STANDS_AFTER = 0.4
"""Seconds from an answer. 50 to 300 ms after it baresip offers anew what it wanted when the call began
(``set_established_mdir`` of its call.c), and so takes a call off hold that was put there before."""
TRANSFER_TIMEOUT = 45.0
_ENCRYPTED_WITHIN = 3.0
"""Seconds that the handshake of DTLS may take, over a bad line."""
_voice: Final = realtime.Threads("Audio TX", "aumem_src", "aumem_play")
"""The stack's threads for a stream: one that is late skips its packet, and all the sound after it waits."""


class _Signalling:
    """``baresip.Call`` as ``sip.open_call.Signalling``: its errors are ours, and it waits its turn."""

    def __init__(self, call: baresip.Call) -> None:
        self._call = call
        self._may_hold_from = 0.0

    def established(self) -> None:
        """It was answered just now."""
        self._may_hold_from = asyncio.get_running_loop().time() + DIRECTION_STANDS_AFTER

    async def answer(self) -> None:
        """Answer."""
        await _ask(self._call.answer())

    async def reject(self) -> None:
        """Decline."""
        await _ask(self._call.reject())

    async def hangup(self) -> None:
        """End it."""
        await _ask(self._call.hangup())

    async def hold(self) -> None:
        """Hold."""
        await asyncio.sleep(self._may_hold_from - asyncio.get_running_loop().time())
        await _patiently(self._call.hold)

    async def resume(self) -> None:
        """Take off hold."""
        await _patiently(self._call.resume)

    async def send_dtmf(self, digits: str) -> None:
        """Send keys."""
        await _ask(self._call.send_dtmf(digits))


async def _patiently(act: Callable[[], Awaitable[None]]) -> None:
    """Do ``act``, again with growing pauses while the last re-INVITE is under way (RFC 3261 §14.1)."""
    for pause in _IN_FLIGHT_PAUSES:
        try:
            return await _ask(act())
        except PhoneError as error:
            if not is_in_flight(error.__cause__):
                raise
        await asyncio.sleep(pause)
    return await _ask(act())


async def _ask(asked: Awaitable[None]) -> None:
    try:
        await asked
    except baresip.StaleHandleError:
        raise NoSuchCall("the call is over") from None
    except (baresip.BaresipError, ValueError) as error:
        raise PhoneError(why(error)) from error


class BaresipCall(OpenCall):
    """A call that the stack knows as ``stack_call``."""

    def __init__(
        self,
        began: ev.CallIncoming | ev.CallDialling,
        call: baresip.Call,
        publish: Publish,
        patience: Patience,
        *,
        secret: bool,
    ) -> None:
        self._sound = BaresipPcm(call.audio, locked=secret)
        self._session = _Signalling(call)
        super().__init__(began, self._session, self._sound, publish, patience)
        self.leaving: asyncio.Task[object] | None = None
        """The other side being handed on."""
        self.replaced = False
        """Whether our place is about to be taken, so that a BYE says so (a consultation's, RFC 3891)."""
        self.secret = secret
        """The voice must be encrypted. Until it is, nothing is said or heard, and no key goes out: by DTLS
        baresip begins as soon as RTP or RTCP has its keys, whichever is first."""
        self.encrypted = asyncio.Event()
        self.stack_call = call
        self._quality = QualityMeter(self.id)

    # What the stack reports

    def hear(self, event: baresip.StackEvent) -> None:
        """One of the stack's events of this call."""
        match event.event:
            case baresip.Event.CALL_RINGING:
                self.progressed()
            case baresip.Event.CALL_PROGRESS:
                self.progressed(early_media=True)
            case baresip.Event.CALL_ESTABLISHED:
                _voice.hurry()
                self._session.established()
                self.answered()
            case baresip.Event.CALL_MENC:
                self._encrypt(suite_of(event.text))
            case baresip.Event.CALL_DTMF_START if event.text in DIGITS:
                self.tell(ev.DtmfReceived(self.id, event.text))
            case baresip.Event.CALL_RTCP if event.stats:
                _voice.hurry()  # some begin later, or anew by a re-INVITE
                self.reports += 1
                self._report(report_of(event.stats))
            case baresip.Event.CALL_CLOSED:
                self._close(event.text or "")
            case _:
                pass

    def _encrypt(self, suite: str) -> None:
        if suite:
            self._sound.unlock()
            self.encrypted.set()
            self.tell(ev.CallEncrypted(self.id, suite))

    def _report(self, report: Report) -> None:
        """Where RTCP goes on while the call is held, how it sounds then is nobody's matter."""
        if self.state is CallState.ESTABLISHED:
            self.tell(self._quality.take(report))
            for change in self._watch.reported(report):
                self.tell(change)

    def _close(self, text: str) -> None:
        log.info("a call is over: %s", clean(text, limit=400))
        outcome = self.ends_as or close_outcome(text, self.state, ended_here=self.ended_here)
        if self.replaced and outcome.reason is CloseReason.NORMAL and not self.ended_here:
            outcome = Outcome(CloseReason.TRANSFERRED)
        self.end(outcome)

    # What is asked of it

    async def until_encrypted(self) -> None:
        """Return when the voice is, where it must be. Raises ``TimeoutError``."""
        if self.secret:
            async with asyncio.timeout(_ENCRYPTED_WITHIN):
                await self.encrypted.wait()

    async def send_dtmf(self, digits: str) -> None:
        """Send keys, which travel beside the voice: a customer's number, a PIN."""
        try:
            await self.until_encrypted()
        except TimeoutError:
            raise WrongState("this call is not encrypted, and no key was sent") from None
        await super().send_dtmf(digits)

    def transfer(self, uri: str, shown: str) -> None:
        """Ask the other side to call ``uri`` (REFER); what comes of it is told by events."""
        self.must_be_free_to_go()
        self.tell(ev.CallTransferring(self.id, shown))
        self.leaving = asyncio.create_task(
            self.refer(shown, lambda: self.stack_call.transfer(uri, timeout=TRANSFER_TIMEOUT))
        )

    def must_be_free_to_go(self) -> None:
        """Raises ``WrongState`` where the other side cannot be handed on now."""
        self.must_be(CallState.ESTABLISHED, CallState.HELD, words="only an answered call can be transferred")
        if self.leaving is not None and not self.leaving.done():
            raise WrongState("a transfer of this call is under way")

    async def refer(self, shown: str, send: Callable[[], Awaitable[None]]) -> bool:
        """``send`` a REFER to ``shown``. Whether it succeeded; a failure is told while the call is here."""
        try:
            await send()
        except baresip.TransferFailed as error:
            outcome = transfer_outcome(error.status, error.reason or str(error))
        except (baresip.BaresipError, PhoneError) as error:
            outcome = transfer_outcome(None, str(error))
        else:
            return True
        if self.state is not CallState.CLOSED:
            self.tell(ev.TransferFailed(self.id, shown, outcome.status, outcome.reason))
        return False
