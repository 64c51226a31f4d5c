"""The open calls of a phone, kept from its events, and how a newcomer is told of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sip import events as ev
from sip.call_state import CallState, first_state, next_state


@dataclass(frozen=True, slots=True)
class _Entry:
    began: ev.CallIncoming | ev.CallDialling
    state: CallState
    early_media: bool = False
    muted: bool = False
    encrypted: ev.CallEncrypted | None = None
    transferring: ev.CallTransferring | None = None
    quality: ev.CallQuality | None = None
    lost: tuple[ev.SoundLost, ...] = ()


class CallBook:
    """Hears every event of one phone; knows what is open, and retells it as the events that led there."""

    def __init__(self) -> None:
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
                self._calls[event.call] = _Entry(event, first_state(event))
            case _:
                self._advance(event)

    def _advance(self, event: ev.CallEvent) -> None:
        entry = self._calls.get(event.call)
        if entry is None:
            return
        entry = replace(_noted(entry, event), state=next_state(entry.state, event))
        if entry.state is CallState.CLOSED:
            del self._calls[event.call]
        else:
            self._calls[event.call] = entry

    def tell(self) -> Iterator[ev.PhoneEvent]:
        """How things stand now, as events that bring a newcomer there."""
        yield self._registration
        if self._sound is not None:
            yield self._sound
        for call, entry in self._calls.items():
            yield entry.began
            if entry.state is CallState.RINGING:
                yield ev.CallProgress(call, entry.early_media)
            if entry.state in (CallState.ESTABLISHED, CallState.HELD):
                yield ev.CallEstablished(call)
            if entry.encrypted is not None:
                yield entry.encrypted
            if entry.state is CallState.HELD:
                yield ev.CallHeld(call)
            if entry.muted:
                yield ev.CallMuted(call, muted=True)
            if entry.transferring is not None:
                yield entry.transferring
            if entry.quality is not None:
                yield entry.quality
            yield from entry.lost


def _noted(entry: _Entry, event: ev.CallEvent) -> _Entry:
    """The entry with what ``event`` tells beside its state."""
    told: dict[str, object] = {}
    match event:
        case ev.CallProgress():
            told["early_media"] = event.early_media
        case ev.CallMuted():
            told["muted"] = event.muted
        case ev.CallEncrypted():
            told["encrypted"] = event
        case ev.CallTransferring():
            told["transferring"] = event
        case ev.TransferFailed():
            told["transferring"] = None
        case ev.CallQuality():
            told["quality"] = event
        case ev.SoundLost():
            told["lost"] = (*entry.lost, event)
        case ev.SoundBack():
            told["lost"] = tuple(lost for lost in entry.lost if lost.missing is not event.missing)
    return replace(entry, **told)  # type: ignore[arg-type] # each under its own name
