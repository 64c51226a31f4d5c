"""The hub's HTTP contract: what desk and hub say to each other, and all that the desk knows of the hub.

Times are aware UTC; durations are seconds. Every text has been cleaned by the hub. Paths are under ``/v1``:

=======  ================================  =============================================================
GET      /health                           ``Health``; no token is asked for
GET      /authority                        ``Authority``; no token
POST     /enrolment                        ``EnrolmentRequest`` → ``Enrolment``; the code stands for a token
POST     /enrolment/password               ``PasswordEnrolment`` → ``Enrolment``, for who has one
DELETE   /device                           ends the device that asks: signed out
GET      /me                               ``Me``
GET      /snapshot                         ``Snapshot``, with the cursor where its events go on
GET      /events                           server-sent events; ``Last-Event-ID`` replays, else ``resync``
PUT      /presence                         ``PresenceChange`` → ``Me``
GET      /contacts/{id}/card               ``CardAnswer``, only to the agent offered or talking
POST     /contacts/{id}/customers          ``CustomerSearch`` → ``CustomersFound``: who may the caller be
PUT      /contacts/{id}/customer           ``CustomerLink`` → ``CardAnswer``: who the caller is
POST     /contacts/{id}/customer           ``CustomerNew`` → ``CardAnswer``; ``Idempotency-Key``: somebody new
GET      /contacts/{id}/script             ``Script`` for the contact's queue, ``?language=he``
PUT      /contacts/{id}/script-progress    ``ScriptProgress``
PUT      /contacts/{id}/note               ``NoteDraft``: kept while typing
POST     /contacts/{id}/wrap-up            ``WrapUp`` → ``ContactRecord``; once by ``Idempotency-Key``
GET      /contacts/{id}                    ``ContactRecord``
GET      /floor                            ``FloorView``: all agents, who waits; for trainers, supervisors
GET      /agents                           all ``AgentStanding``; for supervisors and administrators
GET      /agents/{id}/devices              all ``DeviceView`` of an agent; for administrators
DELETE   /agents/{id}/devices/{device}     ends a device; for administrators
PUT      /agents/{id}/presence             ``PresenceOrder``; for supervisors and administrators
GET      /audit                            ``AuditEntry``, a page, ``?before=serial``; for the same
POST     /agents/{id}/listening            ``ListenRequest`` → ``ListeningView``; for trainers and supervisors
POST     /agents/{id}/coach-notes          ``CoachNote``: it stands on the agent's desk; for the same
PUT      /listening                        ``ListenChange`` → ``ListeningView``: how one's own goes on
DELETE   /listening                        ends one's own; for trainers and supervisors
POST     /history                          ``HistoryRequest`` → ``HistoryPage``: the agent's own contacts
GET      /callbacks                        all ``CallbackView`` of the agent; for supervisors of everybody
POST     /callbacks                        ``CallbackRequest`` → ``CallbackView``; once by ``Idempotency-Key``
DELETE   /callbacks/{callback}             nobody is called; not while it is dialled
POST     /contacts/{id}/conversation       the one with its caller, now the agent's → ``Conversation``
GET      /conversations                    all ``Conversation``: the agent's, and nobody's of their queues
GET      /conversations/{id}               ``Thread``
PUT      /conversations/{id}/agent         makes it the agent's → ``Conversation``
DELETE   /conversations/{id}/agent         gives it back to its queue
PUT      /conversations/{id}/seen          ``SeenMessage``: it has been read up to there
POST     /conversations/{id}/messages      ``TextToSend`` → ``Written``; once by ``Idempotency-Key``
POST     /conversations/{id}/templates     ``TemplateToSend`` → ``Written``; once by ``Idempotency-Key``
POST     /conversations/{id}/files         a file as the body, ``?name=`` → ``Written``; once by the same
GET      /conversations/{id}/file          the file of a message, ``?message=``
=======  ================================  =============================================================

Errors have the body ``Problem`` (RFC 9457) with words for the agent.
"""

from __future__ import annotations

from hub.contract.access import Authority, DeviceView, Enrolment, EnrolmentRequest, SipAccount
from hub.contract.acts import AuditEntry, PresenceOrder, PresenceSetEvent
from hub.contract.agents import Disposition, Me, MemberView, MemberWish, PauseTitle, Presence, PresenceChange
from hub.contract.base import Milliseconds, Model, Mos, Percent
from hub.contract.callbacks import CallbackEvent, CallbackRequest, CallbackView
from hub.contract.cards import (
    MOST_CUSTOMERS_FOUND,
    Card,
    CardAnswer,
    CardField,
    CardStatus,
    CustomerLink,
    CustomerNew,
    CustomerSearch,
    CustomersFound,
    FieldKind,
    FoundCustomer,
    Matter,
    PastContact,
)
from hub.contract.contacts import (
    LONGEST_NOTE,
    ContactRecord,
    DialEnd,
    NoteDraft,
    Offer,
    OpenContact,
    VoiceQuality,
    WrapUp,
)
from hub.contract.conversations import (
    LONGEST_PARAMETER,
    LONGEST_TEXT,
    MOST_SHOWN,
    AgentTemplate,
    Conversation,
    ConversationEvent,
    ConversationGoneEvent,
    FileLimits,
    SeenMessage,
    TemplateToSend,
    TextToSend,
    Thread,
    Ticked,
    Writable,
    Written,
)
from hub.contract.directory import MOST_COLLEAGUES, Colleague, DirectoryEntry, DirectoryEvent, Line
from hub.contract.events import (
    CardEvent,
    ConnectedEvent,
    ContactEndedEvent,
    DialFailedEvent,
    HubEvent,
    MeEvent,
    OfferedEvent,
    OfferEndedEvent,
    OwnFiguresEvent,
    PbxLinkEvent,
    QueuesEvent,
    ResyncEvent,
    ScriptChangedEvent,
    WrappedUpEvent,
    WrapUpOverEvent,
)
from hub.contract.figures import (
    FORMULAS,
    RECENT_MINUTES,
    AgentCounts,
    AgentFigures,
    Formulas,
    QueueCounts,
    QueueFigures,
)
from hub.contract.floor import FloorAgent, FloorCall, FloorView
from hub.contract.history import MOST_OF_A_PAGE, HistoryPage, HistoryRequest, PastCall
from hub.contract.listening import (
    LONGEST_COACH_NOTE,
    Coach,
    CoachesEvent,
    CoachNote,
    CoachNoteEvent,
    ListenChange,
    ListeningEvent,
    ListeningView,
    ListenMode,
    ListenRequest,
)
from hub.contract.passwords import PasswordEnrolment
from hub.contract.scripts import Condition, Script, ScriptProgress, Step
from hub.contract.segments import SegmentTitle
from hub.contract.service import Health, Problem
from hub.contract.snapshot import Snapshot
from hub.contract.standing import AgentStanding

__all__ = [
    "FORMULAS",
    "LONGEST_COACH_NOTE",
    "LONGEST_NOTE",
    "LONGEST_PARAMETER",
    "LONGEST_TEXT",
    "MOST_COLLEAGUES",
    "MOST_CUSTOMERS_FOUND",
    "MOST_OF_A_PAGE",
    "MOST_SHOWN",
    "RECENT_MINUTES",
    "AgentCounts",
    "AgentFigures",
    "AgentStanding",
    "AgentTemplate",
    "AuditEntry",
    "Authority",
    "CallbackEvent",
    "CallbackRequest",
    "CallbackView",
    "Card",
    "CardAnswer",
    "CardEvent",
    "CardField",
    "CardStatus",
    "Coach",
    "CoachNote",
    "CoachNoteEvent",
    "CoachesEvent",
    "Colleague",
    "Condition",
    "ConnectedEvent",
    "ContactEndedEvent",
    "ContactRecord",
    "Conversation",
    "ConversationEvent",
    "ConversationGoneEvent",
    "CustomerLink",
    "CustomerNew",
    "CustomerSearch",
    "CustomersFound",
    "DeviceView",
    "DialEnd",
    "DialFailedEvent",
    "DirectoryEntry",
    "DirectoryEvent",
    "Disposition",
    "Enrolment",
    "EnrolmentRequest",
    "FieldKind",
    "FileLimits",
    "FloorAgent",
    "FloorCall",
    "FloorView",
    "Formulas",
    "FoundCustomer",
    "Health",
    "HistoryPage",
    "HistoryRequest",
    "HubEvent",
    "Line",
    "ListenChange",
    "ListenMode",
    "ListenRequest",
    "ListeningEvent",
    "ListeningView",
    "Matter",
    "Me",
    "MeEvent",
    "MemberView",
    "MemberWish",
    "Milliseconds",
    "Model",
    "Mos",
    "NoteDraft",
    "Offer",
    "OfferEndedEvent",
    "OfferedEvent",
    "OpenContact",
    "OwnFiguresEvent",
    "PasswordEnrolment",
    "PastCall",
    "PastContact",
    "PauseTitle",
    "PbxLinkEvent",
    "Percent",
    "Presence",
    "PresenceChange",
    "PresenceOrder",
    "PresenceSetEvent",
    "Problem",
    "QueueCounts",
    "QueueFigures",
    "QueuesEvent",
    "ResyncEvent",
    "Script",
    "ScriptChangedEvent",
    "ScriptProgress",
    "SeenMessage",
    "SegmentTitle",
    "SipAccount",
    "Snapshot",
    "Step",
    "TemplateToSend",
    "TextToSend",
    "Thread",
    "Ticked",
    "VoiceQuality",
    "WrapUp",
    "WrapUpOverEvent",
    "WrappedUpEvent",
    "Writable",
    "Written",
]
