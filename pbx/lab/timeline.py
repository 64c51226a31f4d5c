"""The exchange's one clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Timeline:
    """Ties the steady clock to the calendar once, so that a corrected wall clock moves no figure."""

    began: datetime
    zero: float

    @classmethod
    def starting(cls, now: float) -> Timeline:
        """A timeline on which ``now`` is this moment."""
        return cls(datetime.now(UTC), now)

    def at(self, now: float) -> datetime:
        """The time of day, aware and UTC, of a moment of the clock."""
        return self.began + timedelta(seconds=now - self.zero)
