"""Whether the exchange can ring this phone: what the registrar said beside what the exchange sees. Pure."""

from __future__ import annotations

from enum import Enum, auto

from agent_tui.session.events import HubLinkChanged, PhoneLinkChanged, SnapshotTaken
from agent_tui.session.reduce_notices import clear, put
from agent_tui.session.state import Link, SessionState, Severity
from agent_tui.session.table import Table
from agent_tui.text.catalogue import Phrase
from hub.contract import MeEvent, PbxLinkEvent
from sip.events import RegistrationChanged, RegistrationState

UNREACHED = Phrase(
    "The exchange cannot ring this phone, though it is registered: something on the way stops its messages. "
    "The phone registers anew by itself. If this stays, close any other phone of yours, reconnect the VPN or "
    "restart the router, then tell your team leader."
)

TELEPHONE_UNREACHED = Phrase(
    "The exchange cannot ring your telephone. See that it is switched on, connected and not in another room; "
    "if this stays, tell your team leader."
)

_RUNG = frozenset({RegistrationState.REGISTERED, RegistrationState.ELSEWHERE})

_UNREGISTERED = Phrase(
    "No call can ring here, so you cannot be ready. Wait until the top line says Registered."
)


class Reach(Enum):
    """How sure it is that a call for this agent rings here."""

    PROVEN = auto()
    """The exchange asks the phone now and then, and it answers (the queue member is not Unavailable)."""
    UNKNOWN = auto()
    """Registered, and nobody says more: no hub, no line to the exchange, or a member of no queue yet."""
    UNREACHED = auto()
    """Registered, but the exchange gets no answer from the phone."""
    UNREGISTERED = auto()
    """There is no phone, or no registrar that took it."""


def reach(state: SessionState) -> Reach:
    """How it stands now."""
    if state.phone is not Link.UP or state.registration.state not in _RUNG:
        return Reach.UNREGISTERED
    members = state.me.members if state.me is not None else ()
    if state.hub is not Link.UP or state.pbx is not Link.UP or not members:
        return Reach.UNKNOWN
    if any(member.state == "unavailable" for member in members):
        return Reach.UNREACHED
    return Reach.PROVEN


def why_not_ready(state: SessionState) -> Phrase | None:
    """Why the agent cannot be ready now, with the next step; None when they can."""
    match reach(state):
        case Reach.UNREGISTERED:
            return _UNREGISTERED
        case Reach.UNREACHED:
            return _unreached(state)
        case _:
            return None


def _unreached(state: SessionState) -> Phrase:
    return TELEPHONE_UNREACHED if state.talks_elsewhere else UNREACHED


def _looked_at(state: SessionState, _event: object) -> SessionState:
    if reach(state) is Reach.UNREACHED:
        return put(state, "reach", Severity.ERROR, _unreached(state))
    return clear(state, "reach")


TABLE: Table = dict.fromkeys(
    (RegistrationChanged, PhoneLinkChanged, HubLinkChanged, PbxLinkEvent, SnapshotTaken, MeEvent), _looked_at
)
