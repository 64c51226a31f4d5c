"""Customers who call by themselves while they wait for a call of ours: who is answered is called no more.

A call of ours that goes on meanwhile is left to end; however it does, it is the last one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from hub.contract import CardStatus
from hub.domain.callbacks import Callback, State, called_in
from hub.domain.contacts import Contact
from hub.service.callback_book import CallbackBook
from hub.service.cards import Cards
from hub.service.floor import Floor

log = structlog.get_logger(__name__)

_CLOCKS = timedelta(minutes=1)
"""How far the exchange's clock may be ahead of the hub's."""


@dataclass(frozen=True, slots=True)
class Served:
    """Ends what was promised to who has been served. Who gives up before keeps it."""

    floor: Floor
    book: CallbackBook
    cards: Cards
    _ended: set[str] = field(default_factory=set)
    """Callbacks that nobody is to be called for any more, though they stand in the book."""

    def has(self, callback: str) -> bool:
        """Whether the customer of ``callback`` has been served meanwhile."""
        return callback in self._ended

    async def answered(self, contact: str) -> None:
        """An agent talks with ``contact``. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        talk = max(self._talks(contact), key=lambda visit: visit.visit, default=None)
        if talk is not None:
            self._ended.update(one.id for one in self.book.all() if self._is_of(one, talk))
        await self._store()

    async def look(self) -> None:
        """Who was answered out of sight, or before their card was there, and what is not stored yet.

        Raises ``sqlalchemy.exc.SQLAlchemyError``.
        """
        talks: dict[tuple[str, str], Contact] = {}
        for visit in self.floor.contacts():
            if visit.connected_at is not None:
                talks |= {(visit.queue, name): visit for name in (visit.customer, visit.number)}
        for callback in self.book.all():
            for name in (callback.customer, *callback.numbers):
                talk = talks.get((callback.queue, name))
                if talk and _is_later(talk, callback.made_at) and self._is_of(callback, talk):
                    self._ended.add(callback.id)
        await self._store()

    async def _store(self) -> None:
        for name in tuple(self._ended):
            before = self.book.get(name)
            if before is None:
                self._ended.discard(name)
            elif before.state is State.OPEN and await self.book.change(before, called_in(before)):
                self._ended.discard(name)
                log.info("customer called by themselves", callback=name)

    def _talks(self, contact: str) -> list[Contact]:
        return [visit for visit in self.floor.visits(contact) if visit.connected_at is not None]

    def _is_of(self, callback: Callback, talk: Contact) -> bool:
        """Whether it was promised to who talks: the customer or, where the CRM knows nobody, their number."""
        if callback.queue != talk.queue:
            return False
        if callback.customer in {talk.customer, talk.number} - {""}:
            return True
        nobody = self.cards.answer(talk).status is CardStatus.UNKNOWN
        return nobody and talk.number in callback.numbers


def _is_later(talk: Contact, made_at: datetime | None) -> bool:
    """Whether it began when the promise was made already: what is promised in a talk is not kept by it."""
    if made_at is None or talk.connected_at is None:
        return False
    return talk.connected_at > made_at + _CLOCKS
