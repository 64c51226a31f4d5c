"""The open calls of a phone, kept from its events, and how a newcomer is told of them. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sip import events as ev
from sip.call_state import CallState, first_state, next_state

_MOST_KEYS = 32
"""More than a desk shows."""


@dataclass(frozen=True, slots=True)
class _Entry:
    began: ev.CallIncoming | ev.CallDialling
    began_at: float
    state: CallState
    since: float
    answered_at: float | None = None
    early_media: bool = False
    muted: bool = False
    merged_at: float | None = None
    encrypted: ev.CallEncrypted | None = None
    transferring: ev.CallTransferring | None = None
    quality: ev.CallQuality | None = None
    lost: tuple[ev.SoundLost, ...] = ()
    keys: str = ""
    """What was sent, the last of it."""


class CallBook:
    """Hears every event of one phone; knows what is open, and retells it as the events that led there.

    ``clock`` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._calls: dict[ev.CallId, _Entry] = {}
        self._registration = ev.RegistrationChanged(ev.RegistrationState.UNREGISTERED)
        self._sound: ev.SoundChanged | None = None

    @property
    def busy(self) -> bool:
        """Whether any call is open."""
        return bool(self._calls)

    def hear(self, event: ev.PhoneEvent) -> None:
        """Keep what ``event`` says. Raises ``ImpossibleTransition`` when it contradicts the book."""
        match event:
            case ev.RegistrationChanged():
                self._registration = event
            case ev.SoundChanged():
                self._sound = event
            case ev.AudioLevels() | ev.AudioFault():
                pass
            case ev.CallIncoming() | ev.CallDialling():
                now = self._clock()
                self._calls[event.call] = _Entry(event, now, first_state(event), now)
            case _:
                self._advance(event)

    def _advance(self, event: ev.CallEvent) -> None:
        entry = self._calls.get(event.call)
        if entry is None:
            return
        now = self._clock()
        entry = _moved(_noted(entry, event, now), next_state(entry.state, event), now)
        if entry.state is CallState.CLOSED:
            del self._calls[event.call]
        else:
            self._calls[event.call] = entry

    def tell(self) -> Iterator[ev.PhoneReport]:
        """How things stand now, as events that bring a newcomer there.

        The turns of all calls come in the order in which they were, so that the call that was turned to last
        is the one a newcomer turns to, each with its age, so that its timers go on.
        """
        yield self._registration
        if self._sound is not None:
            yield self._sound
        now = self._clock()
        turns = [turn for entry in self._calls.values() for turn in _turns(entry)]
        for at, event in sorted(turns, key=lambda turn: turn[0]):
            yield ev.Retold(event, now - at)
        for call, entry in self._calls.items():
            yield from _facts(call, entry)


def _turns(entry: _Entry) -> Iterator[tuple[float, ev.CallEvent]]:
    """The moments that a timer counts from, and what happened then."""
    call = entry.began.call
    yield entry.began_at, entry.began
    if entry.state is CallState.RINGING:
        yield entry.since, ev.CallProgress(call, entry.early_media)
    if entry.answered_at is not None:
        yield entry.answered_at, ev.CallEstablished(call)
        if entry.since != entry.answered_at:
            yield entry.since, ev.CallHeld(call)
            if entry.state is CallState.ESTABLISHED:
                yield entry.since, ev.CallResumed(call)
    if entry.merged_at is not None:
        yield entry.merged_at, ev.CallMerged(call, merged=True)


def _facts(call: ev.CallId, entry: _Entry) -> Iterator[ev.CallEvent]:
    """What holds beside the state."""
    if entry.encrypted is not None:
        yield entry.encrypted
    if entry.muted:
        yield ev.CallMuted(call, muted=True)
    if entry.transferring is not None:
        yield entry.transferring
    if entry.quality is not None:
        yield entry.quality
    yield from entry.lost
    if entry.keys:
        yield ev.DtmfSent(call, entry.keys)


def _moved(entry: _Entry, state: CallState, now: float) -> _Entry:
    """The entry in ``state``, and since when."""
    if state is entry.state:
        return entry
    answered = now if entry.answered_at is None and state is CallState.ESTABLISHED else entry.answered_at
    return replace(entry, state=state, since=now, answered_at=answered)


def _noted(entry: _Entry, event: ev.CallEvent, now: float) -> _Entry:
    """The entry with what ``event`` tells beside its state."""
    told: dict[str, object] = {}
    match event:
        case ev.CallProgress():
            told["early_media"] = event.early_media
        case ev.CallMuted():
            told["muted"] = event.muted
        case ev.CallMerged():
            told["merged_at"] = now if event.merged else None
        case ev.CallEncrypted():
            told["encrypted"] = event
        case ev.CallTransferring():
            told["transferring"] = event
        case ev.TransferFailed():
            told["transferring"] = None
        case ev.CallQuality():
            told["quality"] = event
        case ev.DtmfSent():
            told["keys"] = (entry.keys + event.digits)[-_MOST_KEYS:]
        case ev.SoundLost():
            told["lost"] = (*entry.lost, event)
        case ev.SoundBack():
            told["lost"] = tuple(lost for lost in entry.lost if lost.missing is not event.missing)
    return replace(entry, **told)  # type: ignore[arg-type] # each under its own name
