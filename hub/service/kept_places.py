"""Callers who would rather be called than wait: each keeps the place that they have."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.texts import Language
from hub.contract import Card, CardStatus
from hub.db.callbacks import StandingError
from hub.domain.callbacks import Callback, State, in_order
from hub.domain.contacts import Contact
from hub.refusals import CallbackStands, NotStored
from hub.service.callback_book import CallbackBook
from hub.service.cards import Cards
from hub.service.floor import Floor
from hub.service.promises import Promises

log = structlog.get_logger(__name__)

_WITHIN = 0.4
"""Seconds for the card; the exchange gives up after one, and it was looked up when the caller came."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the exchange tells of a caller. ``place``: when they came, less their head start (since 1970)."""

    contact: str
    queue: str
    number: str
    language: Language
    place: int


@dataclass(eq=False, slots=True)
class _Asking:
    """What is being stored for a caller. ``waits``: they have gone back to wait meanwhile."""

    callback: str
    since: datetime
    waits: bool = False


@dataclass(frozen=True, slots=True)
class KeptPlaces:
    """Everything raises ``hub.refusals.Refusal``. What is not refused is stored."""

    floor: Floor
    book: CallbackBook
    promises: Promises
    cards: Cards
    now: Callable[[], datetime]
    _asking: set[_Asking] = field(default_factory=set)

    async def keep(self, asked: Asked) -> None:
        """Call whoever asked at the number they call from, when it is their turn."""
        promised = datetime.fromtimestamp(asked.place, UTC)
        async with self.storing(asked, at=self.now(), promised=promised) as callback:
            stored = await self.promise(callback)
            if stored.id != callback.id and stored.promised > self.now():
                raise CallbackStands("A call for a later time is promised to this caller.")
            if stored.id == callback.id and stored.promised != promised:
                # of a slot that they chose they were never told that it is booked
                await self.book.change(stored, replace(stored, at=callback.at, promised=promised))
        log.info("place kept", contact=asked.contact, callback=stored.id)

    async def stands(self, asked: Asked) -> Callback | None:
        """What has been promised to whoever asks before."""
        customer = (await self._callback(asked, at=self.now(), promised=self.now())).customer
        return self.book.standing(customer, asked.queue)

    @asynccontextmanager
    async def storing(self, asked: Asked, *, at: datetime, promised: datetime) -> AsyncIterator[Callback]:
        """The callback that whoever asks is to have, for the caller to store: one after the other.

        Who waits again by then was told that nothing is kept: nothing is.
        """
        asking = _Asking(kept_id(asked.contact, asked.queue), self.now())
        self._asking.add(asking)
        try:
            callback = await self._callback(asked, at=at, promised=promised)
            async with self.promises.slots.booking:
                _check(asking)
                yield callback
                if asking.waits:
                    await self._withdraw(asking.callback)
                _check(asking)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store it.") from error
        finally:
            self._asking.discard(asking)
        self.promises.changed()

    async def promise(self, callback: Callback) -> Callback:
        """Store it, and return what stands then: another one, where the customer has one already.

        Raises ``SQLAlchemyError``.
        """
        try:
            return await self.book.promise(callback, callback.id, "")
        except StandingError as standing:
            log.info("callback stands already", callback=standing.callback.id)
            return standing.callback

    async def joined(self, contact: str, queue: str, at: datetime) -> None:
        """Who has asked and waits again was told that nothing was kept: nothing is. Who joined before they
        asked has not come back: a busy hub hears of that after their question.
        """
        name = kept_id(contact, queue)
        for asking in self._asking:
            asking.waits = asking.waits or (asking.callback == name and at >= asking.since)
        callback = self.book.get(name)
        if callback is None or callback.made_at is None or at >= callback.made_at:
            await self._withdraw(name)

    async def _withdraw(self, name: str) -> None:
        callback = self.book.get(name)
        if callback is None or callback.state is not State.OPEN:
            return
        try:
            await self.book.withdraw(callback)
        except SQLAlchemyError as error:
            log.warning("callback not withdrawn", callback=name, error=type(error).__name__)

    async def _callback(self, asked: Asked, *, at: datetime, promised: datetime) -> Callback:
        number = self.promises.dialled(asked.number)
        card = await self._card(asked, number)
        others = in_order([one for one in card.numbers if self._may_dial(one)]) if card else ()
        before = self._asked_before(number, asked.queue)
        customer = before.customer if before else card.customer if card else number
        return Callback(
            *(kept_id(asked.contact, asked.queue), customer, asked.queue),
            numbers=tuple(dict.fromkeys((number, *others))),
            at=at,
            promised=promised,
            made_at=self.now(),
            name=card.name if card else "",
            language=asked.language,
        )

    def _asked_before(self, number: str, queue: str) -> Callback | None:
        """What stands of a caller from this number, whether or not their card was there in time then."""
        theirs = (one for one in self.book.all() if one.queue == queue and not one.made_by)
        return next((one for one in theirs if one.numbers[:1] == (number,)), None)

    async def _card(self, asked: Asked, number: str) -> Card | None:
        """The caller's card, if there is one and it is here in time."""
        contact = Contact(asked.contact, asked.queue, self.now(), number=number)
        answer = await self.cards.soon(contact, _WITHIN)
        if not self.floor.visits(asked.contact):
            self.cards.forget(asked.contact)
        return answer.cards[0] if answer.status is CardStatus.FOUND else None

    def _may_dial(self, number: str) -> bool:
        callbacks = self.promises.centre.callbacks
        return callbacks is not None and callbacks.reaches(number)


def kept_id(contact: str, queue: str) -> str:
    """The id of what a caller asks for: once for their call and queue."""
    return hashlib.sha256(f"{contact} {queue}".encode()).hexdigest()[:32]


def _check(asking: _Asking) -> None:
    if asking.waits:
        raise CallbackStands("The caller has gone back to wait.")
