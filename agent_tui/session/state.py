"""Everything the desk knows, frozen. Widgets paint it, the reducer alone makes the next one.

Three machines, never one: *presence* (what the agent chose, ``me``), *call* (what SIP says, ``calls``)
and *wrap-up* (what is still owed, ``work``). Moments are seconds of the desk's monotonic clock, so that
a changed wall clock moves no timer; times of day come from the hub as aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from agent_tui.session.writing import Writing
from agent_tui.text.catalogue import Told
from hub.contract import (
    AgentFigures,
    CallbackView,
    Card,
    CardAnswer,
    CardStatus,
    Coach,
    Colleague,
    DialEnd,
    DirectoryEntry,
    FloorView,
    FoundCustomer,
    ListeningView,
    ListenMode,
    Me,
    MemberView,
    Offer,
    PastCall,
    Presence,
    QueueFigures,
    Script,
    ScriptProgress,
    VoiceQuality,
)
from sip.audio.devices import Devices
from sip.call_state import CallState
from sip.capability import Capability
from sip.events import (
    CallId,
    CallQuality,
    DialledCall,
    MissedCall,
    Party,
    RegistrationChanged,
    RegistrationState,
    SoundChanged,
    SoundTried,
)


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
    merged: bool = False
    """Its voice is mixed with that of another call: three talk."""
    consults: CallId = ""
    """The call that this one is about: we asked a colleague."""
    consulted: str = ""
    """The contact that a colleague asks us about."""
    listening: str = ""
    """The secret of who asked to hear an agent's talk in this call."""
    transferring: str = ""
    keys_sent: str = ""
    quality: CallQuality | None = None
    """How it sounds now; None before the far end's first report."""


class Phase(StrEnum):
    """Where a contact stands for this agent."""

    OFFERED = "offered"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    MISSED = "missed"
    """It rang here, nobody took it, and something was noted; or it was dialled here in vain. It keeps no call
    away.
    """


class NoteState(StrEnum):
    """Whether what the agent typed is safe in the hub."""

    EMPTY = "empty"
    TYPED = "typed"
    SAVED = "saved"
    UNSAVED = "unsaved"
    """The hub did not take it; it is kept here and sent again."""


@dataclass(frozen=True, slots=True)
class Work:
    """One contact on this agent's desk, from the offer until its wrap-up is stored, or the note of a ring.

    ``offer`` is None while only the phone knows of the contact (the hub is down, or slower than the
    INVITE). ``offer.waited`` stops growing when talk begins. ``customer`` is the agent's choice among
    several cards.
    """

    contact: str
    offer: Offer | None
    phase: Phase
    since: float
    card: CardAnswer | None = None
    customer: str = ""
    linked: str = ""
    """The customer whom the agent linked: no card of anybody else takes that one's place."""
    script: Script | None = None
    script_due: bool = True
    """The script is still to be fetched, or was edited since."""
    progress: ScriptProgress | None = None
    progress_unsaved: bool = False
    note: str = ""
    note_state: NoteState = NoteState.EMPTY
    early: str = ""
    """What the agent types for the caller's conversation while the hub looks for it."""
    disposition: str = ""
    finishing: bool = False
    """The wrap-up is on its way to the hub: nothing of it changes any more."""
    voice: VoiceQuality | None = None
    """How the talk sounded so far, for the record."""
    dialled: DialEnd | None = None
    """Why the number that was dialled was not reached; None: the contact came from outside."""
    wrap_up_key: str = ""
    """What makes the wrap-up be stored once; the same however often it is sent."""

    @property
    def customer_card(self) -> Card | None:
        """The one card that counts: the only one found, or the one chosen of several."""
        if self.card is None:
            return None
        if self.card.status is CardStatus.FOUND and self.card.cards:
            return self.card.cards[0]
        return next((card for card in self.card.cards if card.customer == self.customer), None)

    @property
    def chosen_customer(self) -> str:
        """Whom the record is about: the customer of the card that counts, else whom the agent chose.

        Of a wrap-up on its way it is whom that one names.
        """
        card = None if self.finishing else self.customer_card
        return card.customer if card is not None else self.customer

    @property
    def unsaved(self) -> bool:
        """Whether the agent did something here that the hub does not have yet."""
        return (
            self.finishing or self.progress_unsaved or self.note_state in (NoteState.TYPED, NoteState.UNSAVED)
        )


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
    words: Told


@dataclass(frozen=True, slots=True)
class History:
    """What the agent looks through: the hub's answer to the newest search, which ``key`` names.

    ``pages`` of it are here, ``next`` asks for older ones; ``cut``: there are more, and no room here.
    ``trouble``: why there is no answer, in the hub's words.
    """

    key: str
    words: str
    calls: tuple[PastCall, ...] = ()
    pages: int = 0
    next: str = ""
    cut: bool = False
    asking: bool = True
    trouble: Told = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Who ``contact`` may be with: the hub's answer to the newest search, which ``key`` names.

    ``linking`` is the customer whom the agent chose, until the hub holds it. ``trouble``: why there is no
    answer, in the hub's words.
    """

    contact: str
    key: str
    words: str
    customers: tuple[FoundCustomer, ...] = ()
    asking: bool = True
    linking: str = ""
    trouble: Told = ""


@dataclass(frozen=True, slots=True)
class Creation:
    """The customer whom the agent creates, by its key: on the way, made, or not, by its ``words``."""

    key: str
    made: bool = False
    words: Told = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """The callback that the agent asked for last, by its key: on its way, made, or not, by its ``words``."""

    key: str
    made: bool = False
    words: Told = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """Whom the hub's stream told of, in the order of the centre's file; nobody before it told. Who is free is
    known only while the hub is there.
    """

    colleagues: tuple[Colleague, ...] = ()
    entries: tuple[DirectoryEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaited:
    """The call that this desk asked for at ``at``, to hear an agent: its INVITE bears ``token``."""

    token: str
    mode: ListenMode
    at: float


@dataclass(frozen=True, slots=True)
class FloorShown:
    """The floor while a trainer looks at it: as it stood at ``at`` of the desk's clock, None before the hub
    told. ``trouble``: why there is nothing newer.
    """

    view: FloorView | None = None
    at: float = 0.0
    trouble: Told = ""


_NOT_YET_REGISTERED = RegistrationChanged(RegistrationState.UNREGISTERED)
_NOTHING_TOLD = Capability(0)


@dataclass(frozen=True, slots=True)
class SessionState:
    """The desk at one moment."""

    now: float = 0.0
    registration: RegistrationChanged = _NOT_YET_REGISTERED
    taken_away: bool = False
    """Another desk of this agent has the phone: this one is to end."""
    phone: Link = Link.CONNECTING
    capabilities: Capability = _NOTHING_TOLD
    """What the phone's engine can do; nothing until the phone has told."""
    hub: Link = Link.CONNECTING
    pbx: Link = Link.CONNECTING
    me: Me | None = None
    wanted: Presence | None = None
    """A presence on its way to the hub; None when the hub has it."""
    mended: tuple[MemberView, ...] | None = None
    """How the exchange has the agent though they asked that it be put right; None: they did not, or it is."""
    presence_since: float = 0.0
    """When ``me`` last changed presence or reason, or was first heard of."""
    calls: tuple[Call, ...] = ()
    active: CallId | None = None
    """The call that F-keys act on."""
    missed: tuple[MissedCall, ...] = ()
    """Calls that rang here and nobody took, the newest last."""
    dialled: tuple[DialledCall, ...] = ()
    """Calls that were dialled by hand since the phone started, the newest last."""
    work: tuple[Work, ...] = ()
    queues: tuple[QueueFigures, ...] = ()
    callbacks: tuple[CallbackView, ...] = ()
    """Those that have not ended, in no order; ``session.agenda`` reads them."""
    promise: Promise | None = None
    history: History | None = None
    """What of it is on the screen; None while nobody looks."""
    finding: Finding | None = None
    """None while nobody looks for a customer."""
    creation: Creation | None = None
    directory: Directory = Directory()
    writing: Writing = field(default_factory=Writing)
    coaches: tuple[Coach, ...] = ()
    """Who listens to the agent's calls now, where the centre shows it."""
    coach_notes: int = 0
    """How many lines trainers have written to this desk."""
    floor: FloorShown | None = None
    """None while nobody looks."""
    listening: ListeningView | None = None
    """Whom the trainer at this desk listens to, as the hub says."""
    awaited: Awaited | None = None
    takes_listening: bool = False
    """Whether the phone takes the call that is awaited by itself."""
    own: AgentFigures | None = None
    """What the agent did today; None before the hub told."""
    notices: tuple[Notice, ...] = ()
    unknown_here: bool = False
    """Whether the hub knows this device no more: the agent is to log in again."""
    rings_silently: bool = False
    """Whether calls ring without a sound, as the agent wished; the phone holds it."""
    sound: SoundChanged | None = None
    """What the phone talks through, and what else it could; None where it has no devices."""
    devices: Devices | None = None
    """What is plugged in, as the phone saw it last; None before anybody asked."""
    tried: SoundTried | None = None
    """How the trial of a device goes, or how it ended."""

    @property
    def talks_elsewhere(self) -> bool:
        """Whether the agent talks by a telephone that is none of ours: no call is commanded here."""
        return self.registration.state is RegistrationState.ELSEWHERE

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
        """The contact on the screen: the active call's, else the one that owes most: talk, offer, wrap-up,
        and a note of a missed one last.
        """
        active = self.active_call
        if active is not None and active.contact:
            for item in self.work:
                if item.contact == active.contact:
                    return item
        order = (Phase.TALKING, Phase.OFFERED, Phase.WRAP_UP, Phase.MISSED)
        return min(self.work, key=lambda item: (item.finishing, order.index(item.phase)), default=None)

    @property
    def written(self) -> Work | None:
        """The contact whose note, outcome and wrap-up are under the agent's hands.

        A contact that only rings does not take them from one that is talked to or owed a wrap-up, nor from
        one that was missed and is noted of: what is being typed stays with the customer it is about.
        """
        shown = self.shown
        if shown is None or shown.phase is not Phase.OFFERED:
            return shown
        order = (Phase.TALKING, Phase.WRAP_UP, Phase.MISSED)
        owed = (item for item in self.work if item.phase in order and not _is_left(item))
        return min(owed, key=lambda item: (item.finishing, order.index(item.phase)), default=shown)


def _is_left(work: Work) -> bool:
    """Whether nothing is to be done any more for a missed one: its note is on the way."""
    return work.phase is Phase.MISSED and work.finishing
