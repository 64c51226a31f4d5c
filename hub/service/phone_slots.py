"""Callers who would rather be called at a time of their choice: what they are told, and what they book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from hub.refusals import CallbackStands, SlotFull, Unprocessable
from hub.service.kept_places import Asked, KeptPlaces
from hub.service.slot_book import SlotBook

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """When a caller may be called: ``free`` times; or ``stands``, when they will be already."""

    free: tuple[datetime, ...] = ()
    stands: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhoneSlots:
    """Everything raises ``hub.refusals.Refusal``. What is not refused is stored."""

    slots: SlotBook
    places: KeptPlaces
    now: Callable[[], datetime]

    async def told(self, asked: Asked) -> Told:
        """What a caller hears who asks to be called back: nothing where a call is due to them anyway."""
        stands = await self.places.stands(asked)
        if stands is None:
            return Told(free=self.slots.next_free(asked.queue))
        return Told(stands=stands.promised if stands.promised > self.now() else None)

    async def book(self, asked: Asked, at: datetime) -> None:
        """Call whoever asked at ``at``, which begins a slot."""
        if not self.slots.may_be_told(asked.queue, at):
            raise Unprocessable("No call can be booked for this time.")
        async with self.places.storing(asked, at=at, promised=at) as callback:
            known = self.places.book.get(callback.id)
            if known is None and not self.slots.has_room(asked.queue, at):
                raise SlotFull("As many calls as can be made are booked for this time.")
            stored = await self.places.promise(callback)
            if (stored.id, stored.promised) != (callback.id, at):
                raise CallbackStands("A call for another time is promised to this caller.")
        log.info("slot booked", contact=asked.contact, callback=callback.id)
