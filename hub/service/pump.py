"""Follows the exchange: each event is applied, stored and told to the desks concerned, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from hub.contract import CardStatus, MeEvent, PbxLinkEvent
from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact, ContactEvent, State, apply, begin, visit_of, with_missed
from hub.domain.numbers import normalise
from hub.domain.reconcile import reconcile
from hub.events import Bus
from hub.metrics import Metrics
from hub.ports.pbx import (
    CallerJoined,
    HandedOn,
    MemberChanged,
    MemberState,
    OfferEnded,
    Pbx,
    PbxError,
    PbxEvent,
    PbxLink,
    QueueRow,
)
from hub.service.announce import Announcer
from hub.service.board import Board
from hub.service.cards import Cards
from hub.service.floor import Floor
from hub.service.members import MemberKeeper
from hub.service.roster import Roster
from hub.service.views import Views

log = structlog.get_logger(__name__)

_MORE_TRIES = 2


@dataclass(frozen=True, slots=True)
class Pump:
    """The one writer of what the exchange tells. ``country`` reads callers' numbers."""

    pbx: Pbx
    roster: Roster
    floor: Floor
    store: ContactStore
    board: Board
    cards: Cards
    views: Views
    bus: Bus
    announcer: Announcer
    keeper: MemberKeeper
    metrics: Metrics
    country: str
    now: Callable[[], datetime]

    async def run(self) -> None:
        """Follow the exchange for as long as the task lives."""
        async for event in self.pbx.events():
            await self.handle(event)

    async def handle(self, event: PbxEvent) -> None:
        """One event of the exchange, to its end."""
        self.metrics.count_event(event)
        named = self.roster.named(event)
        match named:
            case PbxLink():
                await self._link(named)
            case MemberChanged():
                await self._member(named)
            case _:
                await self._contact(named)

    async def _link(self, link: PbxLink) -> None:
        if link.up:
            link = await self._catch_up(link)
        self.floor.link = link
        self.bus.publish_to_all(PbxLinkEvent(up=link.up, words=link.words))
        log.info("exchange link", up=link.up, words=link.words)

    async def _catch_up(self, link: PbxLink) -> PbxLink:
        """Bring the floor to the exchange's snapshot; the line counts as down when there is none."""
        try:
            rows = tuple(self.roster.named_row(row) for row in await self._snapshot())
        except PbxError as error:
            return PbxLink(up=False, words=str(error))
        self._compare(rows)
        self.floor.take_members(rows)
        for event in reconcile(rows, self.floor.contacts(), self.now()):
            await self._contact(event)
        for agent in self.roster.agents:
            self.bus.publish(agent, MeEvent(me=self.views.me(agent)))
        self.keeper.touch_all()
        self.board.refresh()
        return link

    async def _snapshot(self) -> tuple[QueueRow, ...]:
        """How the queues stand; a busy exchange is asked again before it counts as out of reach."""
        for _ in range(_MORE_TRIES):
            try:
                return await self.pbx.queues()
            except PbxError as error:
                log.warning("no snapshot of the exchange", error=str(error))
        return await self.pbx.queues()

    def _compare(self, rows: Iterable[QueueRow]) -> None:
        """Figures that count by another threshold than the exchange's would disagree with its reports."""
        for row in rows:
            known = self.roster.queues.get(row.name)
            if known is not None and known.service_level_seconds != row.service_level_seconds:
                log.warning("service level differs from the exchange's", queue=row.name)

    async def _member(self, event: MemberChanged) -> None:
        self.floor.change_member(event)
        self.board.refresh()
        if event.agent in self.roster.agents:
            self.bus.publish(event.agent, MeEvent(me=self.views.me(event.agent)))
        for ended in _silenced(self.floor.in_hands(event.agent), event):
            await self._contact(ended)

    async def _contact(self, event: ContactEvent) -> None:
        with bound_contextvars(**_ids(event)):
            stored = await self._visits(event.contact)
            for told in with_missed(visit_of(stored, event), event):
                await self._advance(self.floor.visits(event.contact) or stored, told)

    async def _advance(self, visits: tuple[Contact, ...], event: ContactEvent) -> None:
        before = visit_of(visits, event)
        if isinstance(event, CallerJoined):
            event = self._with_number(event)
        after = self._after(before, event, visits[-1] if visits else None)
        if after is None or after == before:
            return
        if after.open:
            after = self._with_customer(after)
        self.floor.put(after)
        log.info("contact", told=type(event).__name__, queue=after.queue, state=after.state.value)
        self.board.count(event)
        await self._record(event, after)
        self.announcer.change(before, after, event.at)
        if after.agent:
            self.keeper.touch(after.agent)
        if not self.floor.visits(after.id):
            self.cards.forget(after.id)

    def _after(self, before: Contact | None, event: ContactEvent, last: Contact | None) -> Contact | None:
        if before is None:
            return begin(event, last) if isinstance(event, CallerJoined | HandedOn) else None
        after = apply(before, event)
        if after.state is State.WRAP_UP and after.agent not in self.roster.agents:
            return replace(after, state=State.DONE)
        return after

    def _with_customer(self, contact: Contact) -> Contact:
        """Begins the look-up; a second visit of the caller finds it done."""
        answer = self.cards.answer(contact)
        if contact.customer or answer.status is not CardStatus.FOUND:
            return contact
        return replace(contact, customer=answer.cards[0].customer)

    def _with_number(self, event: CallerJoined) -> CallerJoined:
        return replace(event, number=normalise(event.number, self.country) or "")

    async def _visits(self, contact: str) -> tuple[Contact, ...]:
        """The contact's visits, from the database when the floor has let it go."""
        held = self.floor.visits(contact)
        if held:
            return held
        try:
            return await self.store.visits(contact)
        except SQLAlchemyError as error:
            log.warning("contact not read", error=type(error).__name__)
            return ()

    async def _record(self, event: ContactEvent, after: Contact) -> None:
        """A database that fails must not stop calls: the floor goes on in memory, and the log tells."""
        try:
            await self.store.record(event, after)
        except SQLAlchemyError as error:
            log.warning("contact event not stored", error=type(error).__name__)


def _ids(event: ContactEvent) -> dict[str, str]:
    """What the log is to say of each line about ``event``."""
    agent = getattr(event, "agent", "")
    return {"contact": event.contact, **({"agent": agent} if agent else {})}


def _silenced(contacts: Iterable[Contact], event: MemberChanged) -> tuple[OfferEnded, ...]:
    """The rings at a free agent for callers who are gone: Asterisk tells no end of a ring when the caller
    leaves the queue by a key.
    """
    if event.state is not MemberState.FREE:
        return ()
    return tuple(
        OfferEnded(contact.queue, contact.id, event.agent, rang=0.0, at=event.at)
        for contact in contacts
        if contact.state is State.LEFT
    )
