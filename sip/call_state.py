"""The one call-state table. Phone, desk and bots all read a call's state from here."""

from __future__ import annotations

from enum import StrEnum

from sip import events as ev


class CallState(StrEnum):
    """Where a call stands, as the agent would say it (dialog states of RFC 3261 §12 beneath)."""

    INCOMING = "incoming"
    DIALLING = "dialling"
    RINGING = "ringing"
    ESTABLISHED = "established"
    HELD = "held"
    CLOSED = "closed"


S = CallState
_OPEN = (S.INCOMING, S.DIALLING, S.RINGING, S.ESTABLISHED, S.HELD)

_TABLE: dict[tuple[CallState, type[ev.CallEvent]], CallState] = {
    (S.DIALLING, ev.CallProgress): S.RINGING,
    (S.RINGING, ev.CallProgress): S.RINGING,
    (S.INCOMING, ev.CallEstablished): S.ESTABLISHED,
    (S.DIALLING, ev.CallEstablished): S.ESTABLISHED,
    (S.RINGING, ev.CallEstablished): S.ESTABLISHED,
    (S.ESTABLISHED, ev.CallHeld): S.HELD,
    (S.HELD, ev.CallResumed): S.ESTABLISHED,
    **{(state, ev.CallClosed): S.CLOSED for state in _OPEN},
}

STATELESS: frozenset[type[ev.CallEvent]] = frozenset(
    {
        ev.CallMuted,
        ev.CallMerged,
        ev.CallEncrypted,
        ev.CallTransferring,
        ev.TransferFailed,
        ev.DtmfReceived,
        ev.DtmfSent,
        ev.CallQuality,
        ev.SoundLost,
        ev.SoundBack,
    }
)
"""Events that tell something of a call without moving it."""


class ImpossibleTransition(Exception):
    """An engine reported an event that this state does not know."""


def first_state(event: ev.CallIncoming | ev.CallDialling) -> CallState:
    """The state of a call that begins with this event."""
    return S.INCOMING if isinstance(event, ev.CallIncoming) else S.DIALLING


def next_state(state: CallState, event: ev.CallEvent) -> CallState:
    """The state after ``event``; raises ``ImpossibleTransition`` for what the table does not name."""
    if type(event) in STATELESS and state is not S.CLOSED:
        return state
    try:
        return _TABLE[state, type(event)]
    except KeyError:
        raise ImpossibleTransition(f"{type(event).__name__} while {state}") from None
