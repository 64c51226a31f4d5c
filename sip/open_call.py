"""One open call of an engine, over any stack: its state by our own table, and what is told of it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Protocol

from sip import events as ev
from sip.audio.levels import Levels
from sip.audio.playout import CallPcm
from sip.call_state import CallState, first_state, next_state
from sip.errors import BadRequest, PhoneError, WrongState
from sip.events import CloseReason
from sip.outcomes import Outcome
from sip.sound_watch import Patience, SoundWatch

DIGITS: Final = frozenset("0123456789*#ABCD")
_MOST_KEYS = 32
_HOLD_AGAIN = 0.5
"""Seconds between tries to put a call back on hold whose last re-INVITE is unanswered."""

Publish = Callable[[ev.PhoneEvent], None]

_turns = itertools.count(1)


class Signalling(Protocol):
    """What a stack does for one call. Each raises ``PhoneError``."""

    async def answer(self) -> None:
        """200 to its INVITE."""
        ...

    async def reject(self) -> None:
        """486 to its INVITE."""
        ...

    async def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants."""
        ...

    async def hold(self) -> None:
        """A re-INVITE that asks for no more sound (RFC 3264 §8.4), once it was agreed to."""
        ...

    async def resume(self) -> None:
        """A re-INVITE that asks for sound both ways."""
        ...

    async def send_dtmf(self, digits: str) -> None:
        """Send keys, and return when they were sent."""
        ...


class OpenCall:
    """A call from its first event to ``CallClosed``. ``tell`` gets all but the first of its events."""

    def __init__(
        self,
        began: ev.CallIncoming | ev.CallDialling,
        signalling: Signalling,
        pcm: CallPcm,
        publish: Publish,
        patience: Patience,
    ) -> None:
        self.id = began.call
        self.party = began.party
        self.contact = began.contact if isinstance(began, ev.CallIncoming) else ""
        self.state = first_state(began)
        self.closed = asyncio.Event()
        self.pcm = pcm
        self.muted = False
        self.partner: OpenCall | None = None
        """The call whose voice is mixed with this one's."""
        self.turn = 0
        """Grows with every answer and resume: of two calls that talk, the greater has the headset."""
        self.tell = publish
        self.reports = 0
        """How often the far end has told by RTCP that it is there."""
        self.ends_as: Outcome | None = None
        """Why the call cannot go on, where that was found out and not told by the other side."""
        self.ended_here = False
        self._rejected = CloseReason.REJECTED
        self._signalling = signalling
        self._early_media = False
        self._toggling = asyncio.Lock()
        self._pressing = asyncio.Lock()
        self._watch = SoundWatch(self.id, patience)

    @property
    def audible(self) -> bool:
        """Whether there is something to hear: we talk, or the called side plays sound before it answers."""
        return self.state is CallState.ESTABLISHED or (self._early_media and self.state is CallState.RINGING)

    @property
    def signs_of_life(self) -> int:
        """How often the far end has shown that it is there."""
        return self.reports

    def dead(self, signs: int, *, gone: bool) -> bool:
        """Whether nothing came of the far end since it had shown itself so often.

        Only in a talk do reports go on: on hold Asterisk sends neither sound nor reports (measured), and
        before the answer there are none. So such a call is dead when the exchange is ``gone``, and in a talk
        without any reports the sound alone tells.
        """
        if self.state is CallState.ESTABLISHED:
            return 0 < self.signs_of_life == signs
        return gone and self.state is not CallState.CLOSED

    def sounds(self, levels: Levels) -> None:
        """What the headset gave and got in the last fifth of a second."""
        if self.state is not CallState.CLOSED:
            talking = self.state is CallState.ESTABLISHED
            for change in self._watch.heard(levels, talking=talking, muted=self.muted):
                self.tell(change)

    def mute(self, muted: bool) -> None:
        """Shut or open the microphone."""
        self.muted = muted
        self.tell(ev.CallMuted(self.id, muted))

    def unmix(self) -> None:
        """Part the voices, if they are mixed."""
        for call in (self, self.partner) if self.partner is not None else ():
            call.partner = None
            if call.state is not CallState.CLOSED:
                call.tell(ev.CallMerged(call.id, merged=False))

    # What is asked of it. Raises ``PhoneError``

    async def answer(self) -> None:
        """Answer (200)."""
        self.must_be(CallState.INCOMING, words="this call does not ring any more")
        await self._signalling.answer()

    async def reject(self, reason: CloseReason = CloseReason.REJECTED) -> None:
        """Decline (486), for ``reason``."""
        self.must_be(CallState.INCOMING, words="this call does not ring any more")
        self.ended_here = True
        self._rejected = reason
        await self._signalling.reject()

    async def hangup(self) -> None:
        """CANCEL, 486 or BYE, as the state wants."""
        self.ended_here = True
        await self._signalling.hangup()

    async def hold(self) -> None:
        """Hold (re-INVITE)."""
        async with self._toggling:
            self.must_be(CallState.ESTABLISHED, words="only a call that is talked in can be held")
            self.unmix()
            await self._signalling.hold()
            self._toggled(CallState.HELD, ev.CallHeld(self.id))

    async def resume(self) -> None:
        """Take off hold."""
        async with self._toggling:
            self.must_be(CallState.HELD, words="this call is not on hold")
            await self._signalling.resume()
            self.turn = next(_turns)
            self._toggled(CallState.ESTABLISHED, ev.CallResumed(self.id))

    async def prove(self) -> None:
        """Have the far end prove that it still has this held call, by a re-INVITE off hold and one back on.

        One that lost the call answers 481, which ends it (RFC 3261 §12.2.1.2). A stack repeats no offer that
        stands, so there is no other question. Nobody is heard meanwhile: the headset is elsewhere.
        """
        async with self._toggling:
            self.must_be(CallState.HELD, words="this call is not on hold")
            await self._signalling.resume()
            while not self.closed.is_set():
                # the answer to the one before may be under way for long; without one the stack ends the call
                with suppress(PhoneError):
                    await self._signalling.hold()
                    break
                await asyncio.sleep(_HOLD_AGAIN)

    async def send_dtmf(self, digits: str) -> None:
        """Send keys, one after the other, after those that are being sent."""
        if not 0 < len(digits) <= _MOST_KEYS or set(digits) - DIGITS:
            raise BadRequest(f"keys are 0-9, *, # and A-D, {_MOST_KEYS} at most")
        async with self._pressing:
            self.must_be(CallState.ESTABLISHED, words="keys go only into a call that is talked in")
            await self._signalling.send_dtmf(digits)

    # What its stack's adapter makes of it

    def progressed(self, *, early_media: bool = False) -> None:
        """The called side rings, or plays sound before it answers."""
        self._early_media |= early_media
        self._advance(ev.CallProgress(self.id, early_media))

    def answered(self) -> None:
        """Either side answered."""
        self.turn = next(_turns)
        self._advance(ev.CallEstablished(self.id))

    def _toggled(self, state: CallState, event: ev.CallHeld | ev.CallResumed) -> None:
        """Held or taken off hold; nothing where the far end hung up while that was under way."""
        if self.state is not CallState.CLOSED:
            self.state = state
            self.tell(event)

    def end(self, outcome: Outcome) -> None:
        """The call is over."""
        if outcome.reason is CloseReason.REJECTED:
            outcome = Outcome(self._rejected)
        self.state = CallState.CLOSED
        self.unmix()
        self.tell(ev.CallClosed(self.id, outcome.reason, outcome.status, outcome.words))
        self.closed.set()

    def must_be(self, *states: CallState, words: str) -> None:
        """Raises ``WrongState`` with ``words`` in any other state."""
        if self.state not in states:
            raise WrongState(words)

    def _advance(self, event: ev.CallProgress | ev.CallEstablished) -> None:
        """Publish what the table knows; a repeated or late report of the stack tells nothing new."""
        early = self.state in (CallState.DIALLING, CallState.RINGING)
        incoming = self.state is CallState.INCOMING and isinstance(event, ev.CallEstablished)
        reached = next_state(self.state, event) if early or incoming else self.state
        if reached is not self.state or isinstance(event, ev.CallProgress):
            self.state = reached
            self.tell(event)
