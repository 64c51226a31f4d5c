"""A contact from ring to wrap-up: each event of it is applied, stored and told to the desks concerned."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError
from structlog.contextvars import bound_contextvars

from hub.contract import CardStatus
from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact, ContactEvent, State, apply, begin, visit_of, with_missed
from hub.domain.numbers import normalise
from hub.ports.pbx import CallerJoined, HandedOn
from hub.service.announce import Announcer
from hub.service.board import Board
from hub.service.cards import Cards
from hub.service.floor import Floor
from hub.service.members import MemberKeeper
from hub.service.misses import Misses
from hub.service.roster import Roster

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ContactLife:
    """The one writer of what the exchange tells of contacts. ``country`` reads callers' numbers."""

    roster: Roster
    floor: Floor
    store: ContactStore
    board: Board
    cards: Cards
    announcer: Announcer
    keeper: MemberKeeper
    misses: Misses
    country: str

    async def take(self, event: ContactEvent) -> None:
        """One event of one contact, after those that must have been missed before it."""
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
        self._record(event, after)
        self.announcer.change(before, after, event.at)
        await self.misses.take(event, after)
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

    def _record(self, event: ContactEvent, after: Contact) -> None:
        """Nobody waits for the database, and one that fails stops no call: the floor goes on in memory."""
        self.store.record(event, after).add_done_callback(_tell_when_not_stored)


def _tell_when_not_stored(stored: asyncio.Future[None]) -> None:
    error = None if stored.cancelled() else stored.exception()
    if error is not None:
        log.warning("contact event not stored", error=type(error).__name__)


def _ids(event: ContactEvent) -> dict[str, str]:
    """What the log is to say of each line about ``event``."""
    agent = getattr(event, "agent", "")
    return {"contact": event.contact, **({"agent": agent} if agent else {})}
