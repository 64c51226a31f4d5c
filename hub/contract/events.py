"""Server-sent events. The SSE ``event`` field is ``kind``; ``data`` is the model as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.acts import PresenceSetEvent
from hub.contract.agents import Me
from hub.contract.base import Model
from hub.contract.callbacks import CallbackEvent
from hub.contract.cards import CardAnswer
from hub.contract.contacts import ContactRecord, DialEnd, Offer
from hub.contract.conversations import ConversationEvent, ConversationGoneEvent
from hub.contract.directory import DirectoryEvent
from hub.contract.figures import AgentFigures, QueueFigures
from hub.contract.listening import CoachesEvent, CoachNoteEvent, ListeningEvent


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


class DialFailedEvent(Model):
    """A number that the agent dialled by hand was not reached: a note may be left with it. It keeps no call
    away. ``offer`` says when, and which number; it came by no queue.
    """

    kind: Literal["dial_failed"] = "dial_failed"
    offer: Offer
    end: DialEnd


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


class WrapUpOverEvent(Model):
    """The time for a wrap-up is over by its queue's limit: calls come again, and it stays to be done."""

    kind: Literal["wrap_up_over"] = "wrap_up_over"
    contact: str


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
    | DialFailedEvent
    | ContactEndedEvent
    | WrappedUpEvent
    | WrapUpOverEvent
    | QueuesEvent
    | OwnFiguresEvent
    | MeEvent
    | PresenceSetEvent
    | CallbackEvent
    | ConversationEvent
    | ConversationGoneEvent
    | DirectoryEvent
    | ListeningEvent
    | CoachesEvent
    | CoachNoteEvent
    | ScriptChangedEvent
    | PbxLinkEvent
    | ResyncEvent,
    Field(discriminator="kind"),
]
