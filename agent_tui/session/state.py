"""Everything the desk knows, frozen. Widgets paint it, the reducer alone makes the next one.

Three machines, never one: *presence* (what the agent chose, ``me``), *call* (what SIP says, ``calls``)
and *wrap-up* (what is still owed, ``work``). Moments are seconds of the desk's monotonic clock, so that
a changed wall clock moves no timer; times of day come from the hub as aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.contract import CardAnswer, Me, Offer, Presence, QueueFigures, Script, ScriptProgress
from sip.call_state import CallState
from sip.events import CallId, Party, RegistrationChanged, RegistrationState


class Link(StrEnum):
    """How the desk stands with phone or hub."""

    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Call:
    """One call as SIP says. ``since`` is when the present state began, ``answered`` when talk began."""

    id: CallId
    party: Party
    contact: str
    state: CallState
    since: float
    outgoing: bool
    answered: float | None = None
    muted: bool = False
    encryption: str = ""
    transferring: str = ""
    keys_sent: str = ""


class Phase(StrEnum):
    """Where a contact stands for this agent."""

    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"


class NoteState(StrEnum):
    """Whether what the agent typed is safe in the hub."""

    EMPTY = "empty"
    TYPED = "typed"
    SAVED = "saved"
    UNSAVED = "unsaved"
    """The hub did not take it; it is kept here and sent again."""


@dataclass(frozen=True, slots=True)
class Work:
    """One contact on this agent's desk, from the offer until its wrap-up is stored."""

    contact: str
    offer: Offer
    phase: Phase
    since: float
    card: CardAnswer | None = None
    script: Script | None = None
    progress: ScriptProgress | None = None
    note: str = ""
    note_state: NoteState = NoteState.EMPTY
    disposition: str = ""
    finishing: bool = False
    """The wrap-up is on its way to the hub."""


class Severity(StrEnum):
    """How loud a notice is. Colour is never the only sign: each has a word of its own."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """One line for the agent: what happened and what to do next. A topic holds one notice at a time."""

    topic: str
    severity: Severity
    words: str


_NOT_YET_REGISTERED = RegistrationChanged(RegistrationState.UNREGISTERED)


@dataclass(frozen=True, slots=True)
class SessionState:
    """The desk at one moment."""

    now: float = 0.0
    registration: RegistrationChanged = _NOT_YET_REGISTERED
    phone: Link = Link.CONNECTING
    hub: Link = Link.CONNECTING
    pbx: Link = Link.CONNECTING
    me: Me | None = None
    wanted: Presence | None = None
    """A presence on its way to the hub; None when the hub has it."""
    calls: tuple[Call, ...] = ()
    active: CallId | None = None
    """The call that F-keys act on."""
    work: tuple[Work, ...] = ()
    queues: tuple[QueueFigures, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def active_call(self) -> Call | None:
        """The call that F-keys act on, if any is open."""
        return next((call for call in self.calls if call.id == self.active), None)

    @property
    def ringing(self) -> Call | None:
        """The first call that waits to be answered."""
        return next((call for call in self.calls if call.state is CallState.INCOMING), None)

    @property
    def shown(self) -> Work | None:
        """The contact on the screen: the active call's, else the one that owes most: talk, offer, wrap-up."""
        active = self.active_call
        if active is not None and active.contact:
            for item in self.work:
                if item.contact == active.contact:
                    return item
        order = (Phase.TALKING, Phase.OFFERED, Phase.WRAP_UP)
        return min(self.work, key=lambda item: order.index(item.phase), default=None)
