"""The hub's parts by subject, each made once, in the order they need each other: what all of them stand on,
the callers' side, the agents' side, the calls to customers, what is written to and fro, how agents handle
contacts, what trainers do, and how devices get in.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from centre.model import Centre
from edge.tries import Tries
from hub.contract import FileLimits
from hub.db.agents import AgentStore
from hub.db.audit import AuditStore
from hub.db.callbacks import CallbackStore
from hub.db.caller_facts import CallerFactStore
from hub.db.contacts import ContactStore
from hub.db.conversations import ConversationStore
from hub.db.devices import CodeStore, DeviceStore
from hub.db.history import HistoryStore
from hub.db.last_talks import LastTalks
from hub.db.marks import MarkStore
from hub.db.missed_notes import MissedNoteStore
from hub.db.new_customers import NewCustomerStore
from hub.db.passwords import PasswordStore
from hub.directory_feed import DirectoryFeed
from hub.events import Bus
from hub.metrics import Metrics
from hub.ports.crm import Crm
from hub.ports.pbx import Pbx
from hub.senders import inbox_of, media_of
from hub.service.announce import Announcer
from hub.service.arrival import CardArrival
from hub.service.attendance import Attendance
from hub.service.board import Board
from hub.service.callback_book import CallbackBook
from hub.service.callbacks import Callbacks
from hub.service.caller_facts import CallerFacts
from hub.service.cards import Cards
from hub.service.choices import Choices
from hub.service.coach_notes import CoachNotes
from hub.service.contact_life import ContactLife
from hub.service.conversation_files import ConversationFiles
from hub.service.conversation_news import ConversationNews
from hub.service.conversations import Conversations
from hub.service.crm_callbacks import CrmCallbacks
from hub.service.crm_log import CrmLog
from hub.service.desks import Desks
from hub.service.devices import Devices, Exchange
from hub.service.directory import Directory, entries_of
from hub.service.failed_dials import FailedDials
from hub.service.first_agent import FirstAgent
from hub.service.floor import Floor
from hub.service.floor_view import FloorViews
from hub.service.going_over import GoingOver
from hub.service.history import History
from hub.service.identification import Identification
from hub.service.inbox import Inbox
from hub.service.kept_places import KeptPlaces
from hub.service.ledger import Ledger
from hub.service.linking import MOST_SEARCHES, Linking
from hub.service.listening import Listening
from hub.service.listening_book import ListeningBook
from hub.service.listening_end import ListeningEnd
from hub.service.listening_watch import ListeningWatch
from hub.service.members import MemberKeeper
from hub.service.missed_notes import MissedNotes
from hub.service.misses import Misses
from hub.service.new_customers import MOST_CREATED, NewCustomers
from hub.service.on_the_line import OnTheLine
from hub.service.orders import Orders
from hub.service.outbox import Outbox
from hub.service.passwords import MOST_TRIES, Passwords
from hub.service.phone_slots import PhoneSlots
from hub.service.promises import Promises, rules_of
from hub.service.pump import Pump
from hub.service.reservations import Reservations
from hub.service.roster import Roster
from hub.service.routing import Routing
from hub.service.sent_messages import SentMessages
from hub.service.served import Served
from hub.service.slot_book import SlotBook
from hub.service.template_sending import TemplateSending, templates_of
from hub.service.unseen_talks import UnseenTalks
from hub.service.views import Views
from hub.service.waiting_messages import WaitingMessages
from hub.service.wishes import Wishes
from hub.service.work import Work
from hub.service.wrap_ups import WrapUps
from hub.settings import Settings

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every side stands on: the centre, its exchange, how both stand now, and what is kept of it."""

    centre: Centre
    engine: AsyncEngine
    pbx: Pbx
    now: Now
    roster: Roster
    floor: Floor
    bus: Bus
    contacts: ContactStore
    agents: AgentStore
    board: Board
    directory: Directory
    book: CallbackBook
    cards: Cards
    listeners: ListeningBook
    listeners_end: ListeningEnd
    writes: bool
    files: FileLimits

    @classmethod
    def of(cls, settings: Settings, pbx: Pbx, crm: Crm, outbox: Outbox) -> Ground:
        """The figures are told of every callback, the desks of every card that comes."""
        centre, engine, now = settings.centre, outbox.store.engine, outbox.now
        roster, floor, contacts = Roster.of(centre), Floor(), ContactStore(engine)
        bus = Bus(roster.agents, epoch=secrets.token_hex(8), directory=DirectoryFeed(entries_of(centre)))
        crm_callbacks = CrmCallbacks(outbox, roster, centre.zone, crm.takes_notes, crm.takes_tasks)
        book = CallbackBook(CallbackStore(engine), bus, crm_callbacks)
        board = Board(roster, floor, centre.zone, now=now, callbacks=book.of_queue)
        book.watch(board.refresh)
        outbox.followers.append(book.follow)
        directory = Directory(roster, floor, now=now)
        board.watch(directory.refresh)
        arrived = CardArrival(floor, contacts, bus)
        cards = Cards(crm, limit=settings.crm.timeout_seconds, arrived=arrived)
        agents = AgentStore(engine)
        listeners = ListeningBook(centre.listening, roster, bus)
        return cls(
            *(centre, engine, pbx, now, roster, floor, bus, contacts, agents, board, directory, book, cards),
            listeners=listeners,
            listeners_end=ListeningEnd(listeners, AuditStore(engine), now),
            writes=settings.whatsapp is not None and settings.whatsapp.webhook is not None,
            files=settings.whatsapp.files if settings.whatsapp is not None else FileLimits(),
        )


@dataclass(frozen=True, slots=True)
class CallersSide:
    """What is known of callers, and which agent they wait for or are called back by."""

    routing: Routing
    facts: CallerFacts
    identification: Identification
    reservations: Reservations

    @classmethod
    def of(cls, ground: Ground) -> CallersSide:
        """A caller's head start counts against who is owed a callback."""
        centre, roster, floor, now = ground.centre, ground.roster, ground.floor, ground.now
        cards = ground.cards
        routing = Routing(centre, cards, floor, FirstAgent(roster, floor, LastTalks(ground.engine), now), now)
        facts = CallerFacts(centre.entries, CallerFactStore(ground.engine), now)
        rules = rules_of(centre.callbacks, centre) if centre.callbacks else None
        return cls(
            routing=routing,
            facts=facts,
            identification=Identification(centre, cards, floor, facts, now),
            reservations=Reservations(roster, floor, ground.book, rules, routing.head_start, now),
        )


@dataclass(frozen=True, slots=True)
class AgentsSide:
    """What agents are shown, what they choose, and how the exchange is brought to it."""

    views: Views
    keeper: MemberKeeper
    attendance: Attendance
    choices: Choices

    @classmethod
    def of(cls, ground: Ground, callers: CallersSide) -> AgentsSide:
        """The keeper hears of every desk that comes or goes."""
        roster, floor, bus, now = ground.roster, ground.floor, ground.bus, ground.now
        desks = Desks(roster.agents, ground.centre.agent_state.desk_grace_seconds, now)
        wishes = Wishes(floor, WrapUps(roster, floor, bus, now), desks, callers.reservations)
        views = Views(
            *(roster, floor, ground.board, ground.cards, ground.book, bus, callers.facts, ground.listeners),
            writes=ground.writes,
            templates=templates_of(ground.centre.whatsapp),
            files=ground.files,
        )
        attendance = Attendance(floor, desks, ground.agents, ground.board, now)
        keeper = MemberKeeper(ground.pbx, roster, floor, wishes, views, attendance)
        bus.watch(keeper.hear)
        return cls(
            views, keeper, attendance, Choices(floor, ground.agents, ground.board, views, bus, keeper, now)
        )


@dataclass(frozen=True, slots=True)
class CustomerCalls:
    """Calls that the centre owes its customers."""

    promises: Promises
    kept_places: KeptPlaces
    phone_slots: PhoneSlots
    callbacks: Callbacks

    @classmethod
    def of(cls, ground: Ground, reservations: Reservations, keeper: MemberKeeper) -> CustomerCalls:
        """Each promise wakes the reservations; who dials asks the keeper for a free agent."""
        centre, floor, book, now = ground.centre, ground.floor, ground.book, ground.now
        slots = SlotBook(centre, book, reservations.rules, now)
        promises = Promises(centre, ground.roster, book, slots, reservations.wake, now)
        places = KeptPlaces(floor, book, promises, ground.cards, now)
        callbacks = Callbacks(
            *(centre, ground.roster, floor, book, reservations, places),
            served=Served(floor, book, ground.cards),
            on_the_line=OnTheLine(ground.pbx, ground.contacts),
            keeper=keeper,
            pbx=ground.pbx,
            rules=reservations.rules,
            now=now,
        )
        return cls(promises, places, PhoneSlots(slots, places, now), callbacks)


@dataclass(frozen=True, slots=True)
class WrittenSide:
    """What the centre and its customers write to each other. ``inbox`` None: nothing of theirs comes here."""

    news: ConversationNews
    conversations: Conversations
    files: ConversationFiles
    templates: TemplateSending
    inbox: Inbox | None
    waiting: WaitingMessages
    sent: SentMessages

    @classmethod
    def of(cls, settings: Settings, ground: Ground, outbox: Outbox) -> WrittenSide:
        """Conversations hear how far each message came."""
        now, keep = ground.now, timedelta(days=ground.centre.messages.keep_days)
        news = ConversationNews(ground.roster, ConversationStore(ground.engine), ground.bus, now)
        outbox.followers.append(news.follow)
        conversations = Conversations(news.store, news, outbox, now)
        waiting = WaitingMessages(ground.centre, outbox, news, now)
        return cls(
            news=news,
            conversations=conversations,
            files=ConversationFiles(conversations, media_of(outbox.senders), ground.files),
            templates=TemplateSending(conversations, waiting),
            inbox=inbox_of(settings, news),
            waiting=waiting,
            sent=SentMessages(outbox.store, news.store, keep, now),
        )


@dataclass(frozen=True, slots=True)
class Handling:
    """What agents do with contacts that are or were theirs."""

    work: Work
    linking: Linking
    new_customers: NewCustomers
    going_over: GoingOver
    history: History

    @classmethod
    def of(
        cls, ground: Ground, keeper: MemberKeeper, news: ConversationNews, outbox: Outbox, *, logs: bool
    ) -> Handling:
        """All but history is about a contact that ``work`` finds in the agent's hands. ``logs``: what is
        wrapped up is written into the CRM.
        """
        engine, cards, now, country = ground.engine, ground.cards, ground.now, ground.centre.country
        work = _work(ground, keeper, CrmLog(outbox, ground.roster, cards, now, logs))
        linking = Linking(work, ground.floor, cards, ground.contacts, Tries(now, MOST_SEARCHES), country)
        made, tries = NewCustomerStore(engine), Tries(now, MOST_CREATED)
        return cls(
            work=work,
            linking=linking,
            new_customers=NewCustomers(linking, cards, tries, made, country, now),
            going_over=GoingOver(work, cards, news, ground.writes, country),
            history=History(
                *(ground.roster, ground.floor, ground.contacts, HistoryStore(engine), outbox.store, country)
            ),
        )


@dataclass(frozen=True, slots=True)
class TrainersSide:
    """What trainers and supervisors see, hear, write and order."""

    floor_views: FloorViews
    listening: Listening
    coach_notes: CoachNotes
    orders: Orders

    @classmethod
    def of(cls, ground: Ground, choices: Choices) -> TrainersSide:
        """Whatever they do to somebody is in the audit."""
        roster, floor, bus, now = ground.roster, ground.floor, ground.bus, ground.now
        audit = AuditStore(ground.engine)
        return cls(
            FloorViews(roster, floor, bus, ground.directory, ground.listeners, now),
            Listening(ground.listeners, ground.listeners_end, roster, floor, ground.pbx, audit, now),
            CoachNotes(roster, bus, audit, now),
            Orders(roster, audit, choices, now),
        )


@dataclass(frozen=True, slots=True)
class Access:
    """How a device gets at the hub. ``authority`` is the CA's certificate, PEM, or empty."""

    devices: Devices
    passwords: Passwords
    authority: str

    @classmethod
    def of(cls, ground: Ground, exchange: Exchange | None, authority: str) -> Access:
        """Codes and passwords are each tried so often and no more."""
        engine, now = ground.engine, ground.now
        stores = DeviceStore(engine), CodeStore(engine)
        devices = Devices(*stores, ground.roster, ground.bus, exchange, now, Tries(now))
        tries = Tries(now, MOST_TRIES)
        return cls(
            devices, Passwords(PasswordStore(engine), AuditStore(engine), devices, now, tries), authority
        )


def pump_of(
    ground: Ground, agents: AgentsSide, calls: CustomerCalls, messages: WaitingMessages, metrics: Metrics
) -> Pump:
    """The reader of what the exchange tells."""
    ledger = Ledger(ground.contacts, MarkStore(ground.engine), ground.now)
    return Pump(
        *(ground.pbx, ground.roster, ground.floor, ground.board, ledger, agents.views, ground.bus),
        keeper=agents.keeper,
        metrics=metrics,
        contacts=_contact_life(ground, agents),
        callbacks=calls.callbacks,
        messages=messages,
        listening=ListeningWatch(ground.listeners, ground.listeners_end, ground.bus, ground.pbx, ground.now),
        failed_dials=FailedDials(ground.roster, ground.contacts, ground.bus, ground.centre.country),
        now=ground.now,
    )


def _contact_life(ground: Ground, agents: AgentsSide) -> ContactLife:
    return ContactLife(
        *(ground.roster, ground.floor, ground.contacts, ground.board, ground.cards),
        announcer=Announcer(agents.views, ground.bus),
        keeper=agents.keeper,
        misses=Misses(ground.centre.agent_state.missed_in_a_row, agents.choices),
        country=ground.centre.country,
    )


def _work(ground: Ground, keeper: MemberKeeper, crm_log: CrmLog) -> Work:
    roster, floor, board, contacts = ground.roster, ground.floor, ground.board, ground.contacts
    cards, bus, now = ground.cards, ground.bus, ground.now
    notes = MissedNoteStore(ground.engine)
    return Work(
        *(roster, floor, board, contacts, cards, bus, keeper, now, crm_log),
        UnseenTalks(roster, floor, board, contacts, now),
        MissedNotes(roster, floor, contacts, notes, cards, crm_log, bus, now),
    )
