"""Which slots of a queue still have room, for agents who promise a call and callers who ask for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from centre.model import Centre
from hub.domain.callbacks import Rules, after_quiet
from hub.domain.slots import Slots
from hub.domain.spoken_time import NAMED
from hub.service.callback_book import CallbackBook

_SOONEST = timedelta(minutes=10)
"""What is sooner is no other time than when it is the caller's turn."""


@dataclass(frozen=True, slots=True)
class SlotBook:
    """Read without waiting. ``rules`` None: nobody is called back, and no slot is free."""

    centre: Centre
    book: CallbackBook
    rules: Rules | None
    now: Callable[[], datetime]
    booking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever looks whether a slot has room until they have stored what takes it."""

    def has_room(self, queue: str, at: datetime) -> bool:
        """Whether one more call of ``queue`` fits into the slot of ``at``."""
        return self._slots is not None and self._slots.has_room(at, self._booked(queue))

    def next_free(self, queue: str) -> tuple[datetime, ...]:
        """When the next slots with room begin, as many as callers are told."""
        told = self.centre.callbacks.slots_told if self.centre.callbacks else 0
        return tuple(islice(self._free(queue), told))

    def may_be_told(self, queue: str, at: datetime) -> bool:
        """Whether ``at`` begins a slot that a caller can have been told of, with room or without."""
        soon = self.now() < at < self.now() + NAMED
        return self._slots is not None and soon and self._slots.begin(at) == at and self._is_open(queue, at)

    def _free(self, queue: str) -> Iterator[datetime]:
        if self._slots is None:
            return
        now = self.now()
        for at in self._slots.free(now + _SOONEST, now + NAMED - timedelta(days=1), self._booked(queue)):
            if self._is_open(queue, at):
                yield at

    def _is_open(self, queue: str, at: datetime) -> bool:
        """Whether customers may be called then, and callers of the queue could come in."""
        if self.rules is None or after_quiet(at, self.rules) != at:
            return False
        ways = [entry for entry in self.centre.entries if queue in entry.queues]
        return not ways or any(entry.is_open(at.astimezone(self.centre.zone)) for entry in ways)

    def _booked(self, queue: str) -> list[datetime]:
        return [one.promised for one in self.book.all() if one.queue == queue]

    @property
    def _slots(self) -> Slots | None:
        callbacks = self.centre.callbacks
        return Slots(callbacks.slot, callbacks.slot_capacity) if callbacks else None
