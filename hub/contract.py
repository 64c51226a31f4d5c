"""The hub's HTTP contract: what desk and hub say to each other, and all that the desk knows of the hub.

Times are aware UTC; durations are seconds. Every text has been cleaned by the hub. Paths are under ``/v1``:

=======  ================================  =============================================================
GET      /health                           ``Health``; no token is asked for
GET      /authority                        ``Authority``; no token
POST     /enrolment                        ``EnrolmentRequest`` → ``Enrolment``; the code stands for a token
GET      /me                               ``Me``
GET      /snapshot                         ``Snapshot``, with the cursor where its events go on
GET      /events                           server-sent events; ``Last-Event-ID`` replays, else ``resync``
PUT      /presence                         ``PresenceChange`` → ``Me``
GET      /contacts/{id}/card               ``CardAnswer``, only to the agent offered or talking
GET      /contacts/{id}/script             ``Script`` for the contact's queue, ``?language=he``
PUT      /contacts/{id}/script-progress    ``ScriptProgress``
PUT      /contacts/{id}/note               ``NoteDraft``: kept while typing
POST     /contacts/{id}/wrap-up            ``WrapUp`` → ``ContactRecord``; once by ``Idempotency-Key``
GET      /contacts/{id}                    ``ContactRecord``
GET      /agents/{id}/devices              all ``DeviceView`` of an agent; for administrators
DELETE   /agents/{id}/devices/{device}     ends a device; for administrators
=======  ================================  =============================================================

Errors have the body ``Problem`` (RFC 9457) with words for the agent.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Percent: TypeAlias = Annotated[float, Field(ge=0, le=100)]
Milliseconds: TypeAlias = Annotated[float, Field(ge=0, le=3_600_000)]
Mos: TypeAlias = Annotated[float, Field(ge=1, le=5)]


class Model(BaseModel):
    """A frozen message; unknown keys are refused, so that the two sides cannot drift apart silently."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Presence(StrEnum):
    """What the agent chose to be."""

    READY = "ready"
    AWAY = "away"
    OFFLINE = "offline"


class Problem(Model):
    """Why a request failed (RFC 9457). ``detail`` is for the agent: what happened and what to do next."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""


class Health(Model):
    """Whether the hub serves, and what it cannot reach."""

    ok: bool
    pbx: bool
    crm: bool
    words: str = ""


class Authority(Model):
    """The certificate authority of the hub and of the exchange, PEM. An enrolment code has its fingerprint,
    so that it need not be believed.
    """

    pem: Annotated[str, Field(max_length=16_384)]


class EnrolmentRequest(Model):
    """A code as it was typed, name and secret, and what the device is to be called."""

    code: Annotated[str, Field(pattern="^[0-9a-f]{6}$")]
    secret: Annotated[str, Field(pattern="^[0-9a-f]{32}$", repr=False)]
    device: Annotated[str, Field(max_length=80)] = ""


class SipAccount(Model):
    """The device's own account at the exchange, in the words of the desk's settings."""

    user: str
    password: Annotated[str, Field(repr=False)]
    domain: str
    transport: Literal["tls", "tcp", "udp"]
    media_encryption: Literal["required", "dtls", "off"]


class Enrolment(Model):
    """What a device is given, this once. ``sip`` is None where the exchange's accounts are not the hub's."""

    agent: str
    device: str
    token: Annotated[str, Field(repr=False)]
    sip: SipAccount | None = None


class DeviceView(Model):
    """One enrolled device, as an administrator is shown it. ``seen_at`` is when its desk last came up."""

    id: str
    name: str
    created_at: datetime
    seen_at: datetime | None = None


class MemberView(Model):
    """How the exchange sees this agent in one queue: the truth beside the agent's intent."""

    queue: str
    state: Literal["free", "ringing", "busy", "on_hold", "unavailable"]
    paused: bool
    reason: str = ""


class PresenceChange(Model):
    """What the agent chooses now; ``reason`` is one of ``Me.pause_reasons`` or free words, while AWAY."""

    presence: Presence
    reason: Annotated[str, Field(max_length=80)] = ""


class Disposition(Model):
    """One way a contact can end, chosen at wrap-up. ``code`` is stored, ``label`` is shown."""

    code: str
    label: str


class Me(Model):
    """Who the token belongs to, what they chose, and how the exchange sees them."""

    agent: str
    name: str
    extension: str
    language: Literal["en", "he"] = "en"
    presence: Presence
    reason: str = ""
    presence_since: datetime | None = None
    """When presence or reason was last changed; None before the first choice."""
    queues: tuple[str, ...]
    members: tuple[MemberView, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: tuple[str, ...] = ()


class Formulas(Model):
    """How the figures are computed, in the words that desks show beside them."""

    service_level: str = "answered in time ÷ answered"
    service_level_offered: str = "answered in time ÷ (answered + abandoned − short)"
    average_wait: str = "wait of the answered ÷ answered"
    average_handling: str = "(talk with hold + wrap-up) ÷ talks"
    occupancy: str = "(talk with hold + wrap-up) ÷ time ready"


FORMULAS: Final = Formulas()

RECENT_MINUTES: Final = 30
"""What ``recent`` figures cover: the minute that runs and those before it."""


class QueueCounts(Model):
    """What a queue counted in some time; averages in seconds, None while there is nothing to average.

    ``abandoned_short`` of the ``abandoned`` gave up within ``QueueFigures.abandoned_short_seconds``.
    ``unseen`` calls came and went while the hub had no line to the exchange: they are in no other figure.
    """

    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    transferred: int = 0
    unseen: int = 0
    service_level: Percent | None = None
    service_level_offered: Percent | None = None
    average_wait: float | None = None
    average_talk: float | None = None
    average_handling: float | None = None


class QueueFigures(Model):
    """One queue: live, today by the centre's midnight, and of late."""

    queue: str
    title: str
    waiting: int
    longest_wait: float
    agents_ready: int
    agents_busy: int
    service_level_seconds: int
    abandoned_short_seconds: int = 5
    today: QueueCounts = QueueCounts()
    recent: QueueCounts = QueueCounts()
    formulas: Formulas = FORMULAS


class AgentCounts(Model):
    """What an agent did in some time. ``offered`` counts rings."""

    offered: int = 0
    answered: int = 0
    transferred: int = 0
    average_talk: float | None = None
    average_handling: float | None = None


class AgentFigures(Model):
    """One agent: today and of late. ``occupancy`` is today's; None before they were ready."""

    agent: str
    today: AgentCounts = AgentCounts()
    recent: AgentCounts = AgentCounts()
    occupancy: Percent | None = None
    formulas: Formulas = FORMULAS


class Matter(Model):
    """An open matter of a customer: order, complaint, request."""

    reference: str
    title: str
    opened: datetime
    status: str


class PastContact(Model):
    """An earlier contact, newest first on the card."""

    at: datetime
    channel: str
    summary: str
    agent: str = ""


class CardField(Model):
    """One more fact on the card, in the order the CRM gives."""

    label: str
    value: str


class Card(Model):
    """The customer as the CRM knows them. ``facts`` fill scripts: plain names to plain text."""

    customer: str
    name: str
    language: Literal["en", "he"] = "en"
    numbers: tuple[str, ...]
    segment: str = ""
    city: str = ""
    fields: tuple[CardField, ...] = ()
    matters: tuple[Matter, ...] = ()
    history: tuple[PastContact, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)


class CardStatus(StrEnum):
    """How the look-up ended; the desk says it in words."""

    FOUND = "found"
    SEVERAL = "several"
    UNKNOWN = "unknown"
    PRIVATE = "private"
    """No number came with the call."""
    PENDING = "pending"
    CRM_DOWN = "crm_down"


class CardAnswer(Model):
    """A look-up by the caller's number. ``cards`` holds one card when FOUND, more when SEVERAL."""

    contact: str
    number: str
    status: CardStatus
    cards: tuple[Card, ...] = ()
    words: str = ""


class Offer(Model):
    """A contact offered to this agent: whose it is, from which queue, how long it waited."""

    contact: str
    queue: str
    queue_title: str
    number: str
    name: str
    waited: float
    offered_at: datetime


class Condition(Model):
    """When a step shows: a card fact, or the answer given at an earlier step, compared with values.

    ``present`` asks only whether there is a value. Several conditions of a step must all hold.
    """

    fact: str | None = None
    answer: str | None = None
    operator: Literal["is", "is_not", "present", "absent"] = "is"
    values: tuple[str, ...] = ()


class Step(Model):
    """A step of a script: a guideline, not dictation. ``{fact}`` in ``title`` and ``text`` is filled in."""

    id: str
    title: str
    text: str = ""
    answers: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()


class Script(Model):
    """Guidance for one queue in one language. ``revision`` changes with every edit of the file."""

    id: str
    title: str
    language: Literal["en", "he"]
    revision: str
    steps: tuple[Step, ...]


class ScriptProgress(Model):
    """What the agent did of the script, stored with the contact: step ids done, answers by step id."""

    script: str
    revision: str
    done: tuple[str, ...] = ()
    answers: dict[str, str] = Field(default_factory=dict)


class NoteDraft(Model):
    """The note as typed so far."""

    text: Annotated[str, Field(max_length=10_000)]


class VoiceQuality(Model):
    """How a talk sounded at the agent's phone: the estimated MOS on average and at its worst, packets lost to
    and from the agent, the worst jitter and round trip.
    """

    mos: Mos
    least_mos: Mos
    loss_in: Percent
    loss_out: Percent
    jitter: Milliseconds
    rtt: Milliseconds


class WrapUp(Model):
    """What the agent leaves with the contact; ``voice`` where the phone could measure it."""

    note: Annotated[str, Field(max_length=10_000)]
    disposition: str
    customer: str = ""
    voice: VoiceQuality | None = None


class ContactRecord(Model):
    """One contact from first ring to last note.

    ``outcome`` is ``left`` when the caller left the queue neither answered nor abandoning (time-out, a key),
    or went while the exchange was out of the hub's sight.
    """

    contact: str
    queue: str
    number: str
    customer: str = ""
    agent: str = ""
    joined_at: datetime
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    waited: float | None = None
    talked: float | None = None
    outcome: Literal["waiting", "talking", "answered", "abandoned", "left"] = "waiting"
    note: str = ""
    disposition: str = ""
    wrapped_up_at: datetime | None = None
    script: ScriptProgress | None = None
    voice: VoiceQuality | None = None


class OpenContact(Model):
    """The contact this agent is offered, talks in, or still owes a wrap-up for."""

    offer: Offer
    phase: Literal["offered", "talking", "wrap_up"]
    since: datetime
    card: CardAnswer
    record: ContactRecord


class Snapshot(Model):
    """Everything a desk shows when it comes up. ``cursor`` is the event id to go on from."""

    cursor: str
    me: Me
    queues: tuple[QueueFigures, ...]
    own: AgentFigures | None = None
    contacts: tuple[OpenContact, ...] = ()
    pbx: bool
    pbx_words: str = ""


# Server-sent events. The SSE ``event`` field is ``kind``; ``data`` is the model as JSON.


class OfferedEvent(Model):
    """The exchange is about to ring, or rings, this agent: the card comes with it when it is ready."""

    kind: Literal["offered"] = "offered"
    offer: Offer
    card: CardAnswer


class CardEvent(Model):
    """The card of an offered contact arrived later, or changed."""

    kind: Literal["card"] = "card"
    card: CardAnswer


class ConnectedEvent(Model):
    """The agent of this stream and the caller talk."""

    kind: Literal["connected"] = "connected"
    contact: str
    at: datetime


class OfferEndedEvent(Model):
    """The offer went away: the caller gave up, another agent answered, or nobody did in time."""

    kind: Literal["offer_ended"] = "offer_ended"
    contact: str
    abandoned: bool
    at: datetime


class ContactEndedEvent(Model):
    """The talk is over; a wrap-up is owed. ``unknown``: it ended while the exchange was out of sight."""

    kind: Literal["contact_ended"] = "contact_ended"
    contact: str
    ended_by: Literal["caller", "agent", "transfer", "unknown"]
    at: datetime


class WrappedUpEvent(Model):
    """The wrap-up is stored."""

    kind: Literal["wrapped_up"] = "wrapped_up"
    record: ContactRecord


class QueuesEvent(Model):
    """All figures again; at most twice a second, latest wins, never replayed."""

    kind: Literal["queues"] = "queues"
    queues: tuple[QueueFigures, ...]


class OwnFiguresEvent(Model):
    """The agent's own figures again; latest wins, never replayed."""

    kind: Literal["own_figures"] = "own_figures"
    own: AgentFigures


class MeEvent(Model):
    """Presence or membership changed, by this desk or by anyone."""

    kind: Literal["me"] = "me"
    me: Me


class ScriptChangedEvent(Model):
    """A script file was edited: fetch it again."""

    kind: Literal["script_changed"] = "script_changed"
    script: str
    queue: str
    language: Literal["en", "he"]
    revision: str


class PbxLinkEvent(Model):
    """The hub's line to the exchange went down or came up."""

    kind: Literal["pbx_link"] = "pbx_link"
    up: bool
    words: str = ""


class ResyncEvent(Model):
    """The events asked for are no longer held: take a new snapshot."""

    kind: Literal["resync"] = "resync"


HubEvent = Annotated[
    OfferedEvent
    | CardEvent
    | ConnectedEvent
    | OfferEndedEvent
    | ContactEndedEvent
    | WrappedUpEvent
    | QueuesEvent
    | OwnFiguresEvent
    | MeEvent
    | ScriptChangedEvent
    | PbxLinkEvent
    | ResyncEvent,
    Field(discriminator="kind"),
]
