"""One open call on baresip: its state by our own table, and what is asked of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterable

import baresip

from edge.text import clean
from sip import events as ev
from sip.audio.levels import Levels
from sip.call_state import CallState, first_state, next_state
from sip.engines.baresip.pcm import OPUS_RATE, BaresipPcm
from sip.engines.baresip.reasons import (
    Outcome,
    close_outcome,
    suite_of,
    transfer_outcome,
)
from sip.engines.baresip.reports import report_of
from sip.errors import BadRequest, NoSuchCall, PhoneError, WrongState
from sip.events import CloseReason
from sip.quality import QualityMeter, Report
from sip.sound_watch import Patience, SoundWatch

_IN_FLIGHT_PAUSES = (0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.0)
"""Seconds between tries while the last re-INVITE is on its way: its answer may take a round trip and more."""
_MOST_KEYS = 32
TRANSFER_TIMEOUT = 45.0
_DIGITS = frozenset("0123456789*#ABCD")

Publish = Callable[[ev.PhoneEvent], None]

_turns = itertools.count(1)


class OpenCall:
    """A call from its first event to ``CallClosed``. ``publish`` gets all but the first of its events."""

    def __init__(
        self,
        began: ev.CallIncoming | ev.CallDialling,
        call: baresip.Call,
        publish: Publish,
        patience: Patience,
    ) -> None:
        self.id = began.call
        self.party = began.party
        self.contact = began.contact if isinstance(began, ev.CallIncoming) else ""
        self.state = first_state(began)
        self.closed = asyncio.Event()
        self.pcm = BaresipPcm(call.audio)
        self.muted = False
        self.reports = 0
        """How often the far end has told by RTCP that it is there."""
        self.ends_as: Outcome | None = None
        """Why the call cannot go on, where that was found out and not told by the other side."""
        self.partner: OpenCall | None = None
        """The call whose voice is mixed with this one's."""
        self.leaving: asyncio.Task[object] | None = None
        """The other side being handed on."""
        self.replaced = False
        """Whether our place is about to be taken, so that a BYE says so (a consultation's, RFC 3891)."""
        self.secret = False
        """The voice must be encrypted. Until it is, baresip sends none where it was told so."""
        self.encrypted = asyncio.Event()
        self.turn = 0
        """Grows with every answer and resume: of two calls that talk, the greater has the headset."""
        self.stack_call = call
        self.tell = publish
        self._early_media = False
        self._toggling = asyncio.Lock()
        self._pressing = asyncio.Lock()
        self._ended_here = False
        self._rejected = CloseReason.REJECTED
        self._quality = QualityMeter(self.id)
        self._watch = SoundWatch(patience)

    @property
    def audible(self) -> bool:
        """Whether there is something to hear: we talk, or the called side plays sound before it answers."""
        return self.state is CallState.ESTABLISHED or (self._early_media and self.state is CallState.RINGING)

    def dead(self, reports: int, *, gone: bool) -> bool:
        """Whether nothing came of the far end since it had reported so often.

        Only in a talk do reports go on: on hold Asterisk sends neither sound nor reports (measured), and
        before the answer there are none. So such a call is dead when the exchange is ``gone``, and in a talk
        without any reports the sound alone tells.
        """
        if self.state is CallState.ESTABLISHED:
            return 0 < self.reports == reports
        return gone and self.state is not CallState.CLOSED

    # What the stack reports

    def hear(self, event: baresip.StackEvent) -> None:
        """One of the stack's events of this call."""
        match event.event:
            case baresip.Event.CALL_RINGING:
                self._advance(ev.CallProgress(self.id))
            case baresip.Event.CALL_PROGRESS:
                self._early_media = True
                self._advance(ev.CallProgress(self.id, early_media=True))
            case baresip.Event.CALL_ESTABLISHED:
                self.turn = next(_turns)
                self._advance(ev.CallEstablished(self.id))
            case baresip.Event.CALL_MENC:
                self._encrypt(suite_of(event.text))
            case baresip.Event.CALL_DTMF_START if event.text in _DIGITS:
                self.tell(ev.DtmfReceived(self.id, event.text))
            case baresip.Event.CALL_RTCP if event.stats:
                self.reports += 1
                self._report(report_of(event.stats))
            case baresip.Event.CALL_CLOSED:
                self._close(event.text or "")
            case _:
                pass

    def sounds(self, levels: Levels) -> None:
        """What the headset gave and got in the last tenth of a second."""
        if self.state is not CallState.CLOSED:
            talking = self.state is CallState.ESTABLISHED
            self._tell_missing(self._watch.heard(levels, talking=talking, muted=self.muted))

    def _encrypt(self, suite: str) -> None:
        if suite:
            self.encrypted.set()
            self.tell(ev.CallEncrypted(self.id, suite))

    def _report(self, report: Report) -> None:
        """Where RTCP goes on while the call is held, how it sounds then is nobody's matter."""
        if self.state is CallState.ESTABLISHED:
            self.tell(self._quality.take(report, concealed=self.pcm.rate() == OPUS_RATE))
            self._tell_missing(self._watch.reported(report))

    def _tell_missing(self, changes: Iterable[tuple[ev.Missing, bool]]) -> None:
        for missing, lost in changes:
            self.tell(ev.SoundLost(self.id, missing) if lost else ev.SoundBack(self.id, missing))

    def _advance(self, event: ev.CallEvent) -> None:
        """Publish what the table knows; a repeated or late report of the stack tells nothing new."""
        reached = next_state(self.state, event) if self._expected(event) else self.state
        if reached is not self.state or isinstance(event, ev.CallProgress):
            self.state = reached
            self.tell(event)

    def _expected(self, event: ev.CallEvent) -> bool:
        early = self.state in (CallState.DIALLING, CallState.RINGING)
        if isinstance(event, ev.CallProgress):
            return early
        return early or self.state is CallState.INCOMING

    def _close(self, text: str) -> None:
        outcome = self.ends_as or close_outcome(text, self.state, ended_here=self._ended_here)
        if self.replaced and outcome.reason is CloseReason.NORMAL and not self._ended_here:
            outcome = Outcome(CloseReason.TRANSFERRED)
        if outcome.reason is CloseReason.REJECTED:
            outcome = Outcome(self._rejected)
        self.state = CallState.CLOSED
        self.unmix()
        self.tell(ev.CallClosed(self.id, outcome.reason, outcome.status, outcome.words))
        self.closed.set()

    # What is asked of it

    async def answer(self) -> None:
        """Answer (200)."""
        self._must_be(CallState.INCOMING, words="this call does not ring any more")
        await self._ask(self.stack_call.answer())

    async def reject(self, reason: CloseReason = CloseReason.REJECTED) -> None:
        """Decline (486), for ``reason``."""
        self._must_be(CallState.INCOMING, words="this call does not ring any more")
        self._ended_here = True
        self._rejected = reason
        await self._ask(self.stack_call.reject())

    async def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants."""
        self._ended_here = True
        await self._ask(self.stack_call.hangup())

    async def hold(self) -> None:
        """Hold (re-INVITE)."""
        async with self._toggling:
            self._must_be(CallState.ESTABLISHED, words="only a call that is talked in can be held")
            self.unmix()
            await self._patiently(self.stack_call.hold)
            self._toggled(CallState.HELD, ev.CallHeld(self.id))

    async def resume(self) -> None:
        """Take off hold."""
        async with self._toggling:
            self._must_be(CallState.HELD, words="this call is not on hold")
            await self._patiently(self.stack_call.resume)
            self.turn = next(_turns)
            self._toggled(CallState.ESTABLISHED, ev.CallResumed(self.id))

    async def prove(self) -> None:
        """Have the far end prove that it still has this held call, by a re-INVITE off hold and one back on.

        One that lost the call answers 481, which ends it (RFC 3261 §12.2.1.2). The stack repeats no offer
        that stands, so there is no other question. Nobody is heard meanwhile: the headset is elsewhere.
        """
        async with self._toggling:
            self._must_be(CallState.HELD, words="this call is not on hold")
            await self._patiently(self.stack_call.resume)
            while not self.closed.is_set():
                # in flight until the answer, which over UDP may take a while; without one the stack ends it
                try:
                    await self._patiently(self.stack_call.hold)
                except PhoneError as error:
                    if not _in_flight(error):
                        raise
                else:
                    break

    def mute(self, muted: bool) -> None:
        """Shut or open the microphone."""
        self.muted = muted
        self.tell(ev.CallMuted(self.id, muted))

    def transfer(self, uri: str, shown: str) -> None:
        """Ask the other side to call ``uri`` (REFER); what comes of it is told by events."""
        self.must_be_free_to_go()
        self.tell(ev.CallTransferring(self.id, shown))
        self.leaving = asyncio.create_task(
            self.refer(shown, lambda: self.stack_call.transfer(uri, timeout=TRANSFER_TIMEOUT))
        )

    def must_be_free_to_go(self) -> None:
        """Raises ``WrongState`` where the other side cannot be handed on now."""
        self._must_be(CallState.ESTABLISHED, CallState.HELD, words="only an answered call can be transferred")
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

    def unmix(self) -> None:
        """Part the voices, if they are mixed."""
        for call in (self, self.partner) if self.partner is not None else ():
            call.partner = None
            if call.state is not CallState.CLOSED:
                call.tell(ev.CallMerged(call.id, merged=False))

    async def send_dtmf(self, digits: str) -> None:
        """Send keys, one after the other (RFC 4733), after those that are being sent."""
        if not 0 < len(digits) <= _MOST_KEYS or set(digits) - _DIGITS:
            raise BadRequest(f"keys are 0-9, *, # and A-D, {_MOST_KEYS} at most")
        async with self._pressing:
            self._must_be(CallState.ESTABLISHED, words="keys go only into a call that is talked in")
            await self._ask(self.stack_call.send_dtmf(digits))

    async def _patiently(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do ``act``, again with growing pauses while the last re-INVITE is under way (RFC 3261 §14.1)."""
        for pause in _IN_FLIGHT_PAUSES:
            try:
                return await self._ask(act())
            except PhoneError as error:
                if not _in_flight(error):
                    raise
            await asyncio.sleep(pause)
        return await self._ask(act())

    def _toggled(self, state: CallState, event: ev.CallEvent) -> None:
        # the far end may have hung up while the re-INVITE was under way
        if self.state is not CallState.CLOSED:
            self.state = state
            self.tell(event)

    async def _ask(self, asked: Awaitable[None]) -> None:
        try:
            await asked
        except baresip.StaleHandleError:
            raise NoSuchCall("the call is over") from None
        except (baresip.BaresipError, ValueError) as error:
            raise PhoneError(clean(str(error))) from error

    def _must_be(self, *states: CallState, words: str) -> None:
        if self.state not in states:
            raise WrongState(words)


def _in_flight(error: PhoneError) -> bool:
    """Whether only the last re-INVITE, which is under way, stands in the way of the next."""
    return "in flight" in str(error)
