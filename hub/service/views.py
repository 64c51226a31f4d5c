"""What desks are shown, made of what the hub knows: the contract's messages from the floor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from centre.model import LISTENERS
from hub.contract import (
    AgentStanding,
    AgentTemplate,
    ContactRecord,
    FileLimits,
    Me,
    MemberView,
    MemberWish,
    Offer,
    OpenContact,
    Presence,
    Snapshot,
)
from hub.domain.contacts import Contact, State
from hub.domain.numbers import reached_by_text
from hub.domain.presence import Intent, Membership
from hub.events import Bus
from hub.ports.pbx import MemberRow, MemberState
from hub.service.board import Board
from hub.service.callback_book import CallbackBook
from hub.service.caller_facts import CallerFacts
from hub.service.cards import Cards
from hub.service.floor import Floor
from hub.service.listening_book import ListeningBook
from hub.service.roster import Roster

_NO_FILES = FileLimits()
_STATES: dict[MemberState, Literal["free", "ringing", "busy", "on_hold", "unavailable"]] = {
    MemberState.FREE: "free",
    MemberState.RINGING: "ringing",
    MemberState.BUSY: "busy",
    MemberState.ON_HOLD: "on_hold",
    MemberState.UNAVAILABLE: "unavailable",
}

_OUTCOMES: dict[State, Literal["waiting", "talking", "answered", "abandoned", "left"]] = {
    State.WAITING: "waiting",
    State.TALKING: "talking",
    State.WRAP_UP: "answered",
    State.DONE: "answered",
    State.ABANDONED: "abandoned",
    State.LEFT: "left",
}


def record(contact: Contact) -> ContactRecord:
    """One visit as it is kept."""
    return ContactRecord(
        contact=contact.id,
        queue=contact.queue,
        number=contact.number,
        customer=contact.customer,
        agent=contact.agent,
        joined_at=contact.joined_at,
        connected_at=contact.connected_at,
        ended_at=contact.ended_at,
        waited=contact.waited,
        talked=contact.talked,
        held=contact.held,
        outcome=_OUTCOMES[contact.state],
        note=contact.note,
        disposition=contact.disposition,
        wrapped_up_at=contact.wrapped_up_at,
        script=contact.script,
        voice=contact.voice,
    )


@dataclass(frozen=True, slots=True)
class Views:
    """Makes each desk's view; reads without waiting."""

    roster: Roster
    floor: Floor
    board: Board
    cards: Cards
    callbacks: CallbackBook
    bus: Bus
    facts: CallerFacts
    listeners: ListeningBook
    templates: tuple[AgentTemplate, ...] = ()
    files: FileLimits = _NO_FILES
    writes: bool = False
    """Whether what customers write by WhatsApp comes here."""

    def me(self, agent: str) -> Me:
        """Who the agent is, what they chose, and how the exchange sees them."""
        who = self.roster.agents[agent]
        intent = self.floor.intent(agent) or Intent(Presence.OFFLINE)
        rows = ((queue, self.floor.member(queue, agent)) for queue in who.queues)
        return Me(
            agent=who.id,
            name=who.name,
            extension=who.extension,
            language=who.language,
            presence=intent.presence,
            reason=intent.reason,
            presence_since=intent.since,
            queues=who.queues,
            members=tuple(_member(queue, row) for queue, row in rows if row is not None),
            wish=_wish(self.floor.asked(agent)),
            dispositions=self.roster.dispositions(who.language),
            pause_reasons=self.roster.pause_reasons(who.language),
            pause_titles=self.roster.pause_titles(who.language),
            segments=self.roster.segments(who.language),
            writes=self.writes,
            calls_back=self.roster.calls_back,
            creates_customers=self.cards.creates,
            sees_floor=who.role in LISTENERS,
            listens=who.role in LISTENERS and self.listeners.rules is not None,
        )

    def standing(self) -> tuple[AgentStanding, ...]:
        """How all agents stand."""
        return tuple(self._standing(self.me(agent)) for agent in self.roster.agents)

    def _standing(self, me: Me) -> AgentStanding:
        return AgentStanding(
            agent=me.agent,
            name=me.name,
            presence=me.presence,
            reason=me.reason,
            presence_since=me.presence_since,
            desk=self.bus.listens(me.agent),
            members=me.members,
        )

    def offer(self, contact: Contact, agent: str) -> Offer:
        """Whose contact it is, as it was offered to ``agent``."""
        ring = contact.ring_at(agent)
        at = ring.at if ring else contact.connected_at or contact.joined_at
        promise = self.callbacks.dialled(contact.id)
        waited = contact.waited
        if waited is None:
            waited = max((at - contact.joined_at).total_seconds(), 0.0)
        return Offer(
            contact=contact.id,
            queue=contact.queue,
            queue_title=self.roster.title(contact.queue, self.roster.agents[agent].language),
            number=contact.number,
            name=contact.name,
            waited=waited,
            offered_at=at,
            facts=self.facts.of(contact.id, self.roster.agents[agent].language),
            callback=self.callbacks.view(promise) if promise else None,
            writable=self.writes and reached_by_text(contact.number),
        )

    def snapshot(self, agent: str) -> Snapshot:
        """Everything the agent's desk shows, of one moment with its cursor."""
        contacts = self.floor.in_hands(agent)
        return Snapshot(
            cursor=self.bus.cursor(agent),
            me=self.me(agent),
            queues=self.board.figures(self.roster.agents[agent].language),
            own=self.board.own(agent),
            contacts=tuple(self._open(contact, agent) for contact in contacts),
            callbacks=tuple(self.callbacks.view(one) for one in self.callbacks.of_agent(agent)),
            templates=self.templates if self.writes else (),
            files=self.files,
            listening=self.listeners.view(agent),
            coaches=self.listeners.coaches(agent),
            pbx=self.floor.link.up,
            pbx_words=self.floor.link.words,
        )

    def _open(self, contact: Contact, agent: str) -> OpenContact:
        phase, since = _phase(contact, agent)
        return OpenContact(
            offer=self.offer(contact, agent),
            phase=phase,
            since=since,
            card=self.cards.answer(contact),
            record=record(contact),
        )


def _member(queue: str, row: MemberRow) -> MemberView:
    return MemberView(queue=queue, state=_STATES[row.state], paused=row.paused, reason=row.reason)


def _wish(wish: Membership | None) -> MemberWish | None:
    return None if wish is None else MemberWish(member=wish.member, paused=wish.paused)


def _phase(contact: Contact, agent: str) -> tuple[Literal["offered", "talking", "wrap_up"], datetime]:
    ring = contact.ring_at(agent)
    if ring is not None:
        return "offered", ring.at
    if contact.state is State.TALKING:
        return "talking", contact.connected_at or contact.joined_at
    return "wrap_up", contact.ended_at or contact.joined_at
