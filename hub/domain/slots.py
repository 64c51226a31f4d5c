"""Slots: the times for which calls are booked, each with room for so many of a queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Slots:
    """Slots of ``length``, one after the other since 1970, with room for ``capacity`` calls each."""

    length: timedelta
    capacity: int

    def has_room(self, at: datetime, booked: Iterable[datetime]) -> bool:
        """Whether one more call beside those ``booked`` fits into the slot of ``at``."""
        slot = self.begin(at)
        return sum(self.begin(one) == slot for one in booked) < self.capacity

    def free(self, since: datetime, until: datetime, booked: Iterable[datetime]) -> Iterator[datetime]:
        """When the slots with room begin that do so from ``since`` on and before ``until``."""
        taken = Counter(self.begin(one) for one in booked)
        slot = self.begin(since)
        while slot < until:
            if slot >= since and taken[slot] < self.capacity:
                yield slot
            slot += self.length

    def begin(self, at: datetime) -> datetime:
        """When the slot of ``at`` begins."""
        seconds = self.length.total_seconds()
        return datetime.fromtimestamp(at.timestamp() // seconds * seconds, UTC)
