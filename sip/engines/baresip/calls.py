"""One open call on baresip: its state by our own table, its sound, and what is asked of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import baresip

from edge.text import clean
from sip import events as ev
from sip.audio.bridge import Bridge
from sip.audio.port import AudioPort
from sip.call_state import CallState, first_state, next_state
from sip.engines.baresip.pcm import BaresipPcm
from sip.engines.baresip.reasons import close_outcome, suite_of, transfer_outcome
from sip.errors import BadRequest, NoSuchCall, PhoneError, WrongState

_HOLD_TRIES = 12
_HOLD_PAUSE = 0.025
"""Seconds; a toggle within about 20 ms of the last is refused as "already in flight"."""
_TRANSFER_TIMEOUT = 45.0
_DIGITS = frozenset("0123456789*#ABCD")

Publish = Callable[[ev.PhoneEvent], None]


class OpenCall:
    """A call from its first event to ``CallClosed``. ``publish`` gets its events; lives in the event loop."""

    def __init__(
        self,
        began: ev.CallIncoming | ev.CallDialling,
        call: baresip.Call,
        port: Callable[[], AudioPort],
        publish: Publish,
    ) -> None:
        self.id = began.call
        self.state = first_state(began)
        self.closed = asyncio.Event()
        self._call = call
        self._port = port
        self._publish = publish
        self._loop = asyncio.get_running_loop()
        self._bridge: Bridge | None = None
        self._muted = False
        self._ended_here = False
        self._transfer: asyncio.Task[None] | None = None
        publish(began)

    # What the stack reports

    def hear(self, event: baresip.StackEvent) -> None:
        """One of the stack's events of this call."""
        match event.event:
            case baresip.Event.CALL_RINGING:
                self._advance(ev.CallProgress(self.id))
            case baresip.Event.CALL_PROGRESS:
                self._advance(ev.CallProgress(self.id, early_media=True))
                self._listen()
            case baresip.Event.CALL_ESTABLISHED:
                self._advance(ev.CallEstablished(self.id))
                self._listen()
            case baresip.Event.CALL_MENC:
                self._publish(ev.CallEncrypted(self.id, suite_of(event.text)))
            case baresip.Event.CALL_DTMF_START if event.text in _DIGITS:
                self._publish(ev.DtmfReceived(self.id, event.text))
            case baresip.Event.CALL_CLOSED:
                self._close(event.text or "")
            case _:
                pass

    def _advance(self, event: ev.CallEvent) -> None:
        """Publish what the table knows; a repeated or late report of the stack tells nothing new."""
        reached = next_state(self.state, event) if self._expected(event) else self.state
        if reached is not self.state or isinstance(event, ev.CallProgress):
            self.state = reached
            self._publish(event)

    def _expected(self, event: ev.CallEvent) -> bool:
        early = self.state in (CallState.DIALLING, CallState.RINGING)
        if isinstance(event, ev.CallProgress):
            return early
        return early or self.state is CallState.INCOMING

    def _close(self, text: str) -> None:
        outcome = close_outcome(text, self.state, ended_here=self._ended_here)
        self._hush()
        self.state = CallState.CLOSED
        self._publish(ev.CallClosed(self.id, outcome.reason, outcome.status, outcome.words))
        self.closed.set()

    # What is asked of it

    async def answer(self) -> None:
        """Answer (200)."""
        self._must_be(CallState.INCOMING, words="this call does not ring any more")
        await self._ask(self._call.answer())

    async def reject(self) -> None:
        """Decline (486)."""
        self._must_be(CallState.INCOMING, words="this call does not ring any more")
        self._ended_here = True
        await self._ask(self._call.reject())

    async def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants."""
        self._ended_here = True
        await self._ask(self._call.hangup())

    async def hold(self) -> None:
        """Hold: the microphone and the speaker are let go."""
        self._must_be(CallState.ESTABLISHED, words="only a call that is talked in can be held")
        await self._toggle(self._call.hold)
        self._hush()
        self.state = CallState.HELD
        self._publish(ev.CallHeld(self.id))

    async def resume(self) -> None:
        """Take off hold."""
        self._must_be(CallState.HELD, words="this call is not on hold")
        await self._toggle(self._call.resume)
        self.state = CallState.ESTABLISHED
        self._publish(ev.CallResumed(self.id))
        self._listen()

    def mute(self, muted: bool) -> None:
        """Shut or open the microphone."""
        self._muted = muted
        if self._bridge is not None:
            self._bridge.muted = muted
        self._publish(ev.CallMuted(self.id, muted))

    def transfer(self, uri: str, shown: str) -> None:
        """Ask the other side to call ``uri`` (REFER); what comes of it is told by events."""
        self._must_be(CallState.ESTABLISHED, CallState.HELD, words="only an answered call can be transferred")
        if self._transfer is not None and not self._transfer.done():
            raise WrongState("a transfer of this call is under way")
        self._publish(ev.CallTransferring(self.id, shown))
        self._transfer = asyncio.create_task(self._refer(uri, shown))

    async def _refer(self, uri: str, shown: str) -> None:
        try:
            await self._call.transfer(uri, timeout=_TRANSFER_TIMEOUT)
        except baresip.TransferFailed as error:
            outcome = transfer_outcome(error.status, error.reason or str(error))
        except baresip.BaresipError as error:
            outcome = transfer_outcome(None, str(error))
        else:
            return
        if self.state is not CallState.CLOSED:
            self._publish(ev.TransferFailed(self.id, shown, outcome.status, outcome.reason))

    async def send_dtmf(self, digits: str) -> None:
        """Send keys, one after the other (RFC 4733)."""
        if not digits or set(digits) - _DIGITS:
            raise BadRequest("keys are 0-9, *, # and A-D")
        self._must_be(CallState.ESTABLISHED, words="keys go only into a call that is talked in")
        await self._ask(self._call.send_dtmf(digits))

    async def _toggle(self, act: Callable[[], Awaitable[None]]) -> None:
        for left in range(_HOLD_TRIES, 0, -1):
            try:
                await self._ask(act())
            except WrongState:
                raise
            except PhoneError:
                if left == 1 or self.state is CallState.CLOSED:
                    raise
                await asyncio.sleep(_HOLD_PAUSE)
            else:
                return

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

    # Its sound

    def _listen(self) -> None:
        if self._bridge is None:
            self._bridge = Bridge(
                BaresipPcm(self._call.audio),
                self._port(),
                tell_levels=self._levels,
                tell_fault=self._fault,
            )
            self._bridge.muted = self._muted
            self._bridge.start()

    def _hush(self) -> None:
        bridge, self._bridge = self._bridge, None
        if bridge is not None:
            bridge.close()

    def _levels(self, microphone: float, speaker: float) -> None:
        self._from_thread(ev.AudioLevels(self.id, microphone, speaker))

    def _fault(self, words: str) -> None:
        self._from_thread(ev.AudioFault(words))

    def _from_thread(self, event: ev.PhoneEvent) -> None:
        self._loop.call_soon_threadsafe(self._publish, event)
