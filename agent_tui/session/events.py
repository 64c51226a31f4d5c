"""Everything that can change the desk's state: what phone and hub report, and the desk's own events."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from agent_tui.session.draft import Draft
from agent_tui.session.floor_events import FloorEvent
from agent_tui.session.state import Link
from agent_tui.session.writing_events import WritingEvent
from agent_tui.text.catalogue import Told
from edge.message import message
from hub.contract import (
    CallbackView,
    CardAnswer,
    ContactRecord,
    CustomersFound,
    HistoryPage,
    HubEvent,
    Presence,
    Script,
    ScriptProgress,
    Snapshot,
)
from sip.events import CallId, PhoneReport


@message
class Tick:
    """Time went on; only ``now`` changes."""


@message
class PhoneLinkChanged:
    """The desk reached the phone, or lost it. ``words`` says why, empty when all is well."""

    link: Link
    words: Told = ""


@message
class FaultSurvived:
    """Something in the desk itself failed and was left out; the log tells it under ``reference``."""

    reference: str


@message
class HubLinkChanged:
    """The desk reached the hub, or lost it. ``words`` says why, empty when all is well. ``unknown``: it knows
    this device no more.
    """

    link: Link
    words: Told = ""
    unknown: bool = False


@message
class SnapshotTaken:
    """The hub told how everything stands. ``at`` is the wall clock (aware UTC) when it did."""

    snapshot: Snapshot
    at: datetime


@message
class CardArrived:
    """A card the desk asked for."""

    card: CardAnswer


@message
class ScriptArrived:
    """The script the desk asked for; None when the contact's queue has none."""

    contact: str
    script: Script | None


@message
class NoteSaved:
    """The hub holds this text. What was typed meanwhile is still to be saved."""

    contact: str
    text: str


@message
class NoteNotSaved:
    """The hub did not take the note; it stays here and is sent again."""

    contact: str
    words: Told


@message
class DraftFound:
    """An earlier desk left this; ``at`` is the wall clock (aware UTC) now."""

    draft: Draft
    at: datetime


@message
class DraftNotKept:
    """What the agent types would not survive the desk being killed; the hub still gets it."""

    words: Told


@message
class ProgressSaved:
    """The hub holds this much of the script's progress."""

    contact: str
    progress: ScriptProgress


@message
class WrapUpStarted:
    """The agent finished; the wrap-up goes to the hub under ``key`` until it is stored."""

    contact: str
    key: str


@message
class MissedLeft:
    """Of a caller who was missed nothing is noted any more: they leave the desk."""

    contact: str


@message
class WrapUpStored:
    """Nothing is owed for this contact any more."""

    record: ContactRecord


@message
class WrapUpFailed:
    """The hub refused the wrap-up; everything typed is still here."""

    contact: str
    words: Told


@message
class PresenceWanted:
    """The agent chose a presence; None when the hub did not take it."""

    presence: Presence | None


@message
class NotMended:
    """The exchange was asked once more for what the agent chose, and does not follow."""


@message
class CallbackAsked:
    """A callback is on its way to the hub under ``key``."""

    key: str


@message
class CallbackMade:
    """The hub holds the promise."""

    key: str
    callback: CallbackView


@message
class CallbackRefused:
    """There is no promise, as far as the desk knows. ``words``: why, and what to do."""

    key: str
    words: Told


@message
class HistoryAsked:
    """A search for ``words`` is on its way to the hub, and answers to earlier ones are waited for no more;
    ``older``: the next page of the one that ``key`` names.
    """

    key: str
    words: str
    older: bool = False


@message
class HistoryCame:
    """A page of what the search ``key`` finds."""

    key: str
    page: HistoryPage


@message
class HistoryFailed:
    """There is no answer. ``words``: why, and what to do."""

    key: str
    words: Told


@message
class HistoryLeft:
    """Nobody looks any more."""


@message
class CustomersAsked:
    """A search for who ``contact`` is with is on its way to the hub; earlier ones are waited for no more."""

    key: str
    contact: str
    words: str


@message
class CustomersCame:
    """Whom the search ``key`` finds."""

    key: str
    found: CustomersFound


@message
class CustomersFailed:
    """There is no answer. ``words``: why, and what to do."""

    key: str
    words: Told


@message
class CustomersLeft:
    """Nobody looks for a customer any more."""


@message
class LinkAsked:
    """The agent says whom the contact is with; the hub does not know yet."""

    contact: str
    customer: str


@message
class CustomerLinked:
    """The hub holds that the contact is this customer's, whose card comes with it."""

    customer: str
    card: CardAnswer


@message
class LinkFailed:
    """It does not. ``words``: why, and what to do."""

    contact: str
    customer: str
    words: Told


@message
class CreationAsked:
    """A new customer is on the way to the hub under ``key``."""

    key: str


@message
class CustomerCreated:
    """The CRM has them, and the contact is theirs."""

    key: str
    card: CardAnswer


@message
class CreationFailed:
    """It does not, as far as the desk knows. ``words``: why, and what to do."""

    key: str
    words: Told


@message
class CommandFailed:
    """Something the agent asked for did not happen. ``words``: what, why, and what to do."""

    words: Told


@message
class KeyIdle:
    """A key was pressed that cannot act now. ``words`` say why; none: it could, or another one acted."""

    words: Told


@message
class CallSelected:
    """The agent made a call the active one."""

    call: CallId


@message
class NoteTyped:
    """The note as it stands on the screen."""

    contact: str
    text: str


@message
class StepTicked:
    """The agent marked a step done, or took the mark off."""

    contact: str
    step: str


@message
class StepAnswered:
    """The agent took down the customer's answer at a step; the same answer again takes it off."""

    contact: str
    step: str
    answer: str


@message
class CustomerChosen:
    """Of several cards, the agent took this customer's."""

    contact: str
    customer: str


@message
class DispositionChosen:
    """The agent chose how the contact ended."""

    contact: str
    code: str


@message
class NoticeDismissed:
    """The agent read the notice of this topic."""

    topic: str


DeskEvent: TypeAlias = (
    PhoneReport
    | HubEvent
    | Tick
    | PhoneLinkChanged
    | HubLinkChanged
    | SnapshotTaken
    | CardArrived
    | ScriptArrived
    | NoteSaved
    | NoteNotSaved
    | DraftFound
    | DraftNotKept
    | FaultSurvived
    | ProgressSaved
    | WrapUpStarted
    | MissedLeft
    | WrapUpStored
    | WrapUpFailed
    | PresenceWanted
    | NotMended
    | CallbackAsked
    | CallbackMade
    | CallbackRefused
    | HistoryAsked
    | HistoryCame
    | HistoryFailed
    | HistoryLeft
    | CustomersAsked
    | CustomersCame
    | CustomersFailed
    | CustomersLeft
    | LinkAsked
    | CustomerLinked
    | LinkFailed
    | CreationAsked
    | CustomerCreated
    | CreationFailed
    | FloorEvent
    | WritingEvent
    | CommandFailed
    | KeyIdle
    | CallSelected
    | NoteTyped
    | StepTicked
    | StepAnswered
    | CustomerChosen
    | DispositionChosen
    | NoticeDismissed
)
