"""Time as figures see it: the centre's day and the last half hour; and how long an agent was ready in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hub.contract import RECENT_MINUTES, Presence
from hub.domain.contacts import Counted
from hub.domain.figures import Limits, Tally

_MINUTE: Final = 60


@dataclass(slots=True)
class Count:
    """What one queue or agent counted today, and minute by minute of late."""

    limits: Limits
    today: Tally = field(default_factory=Tally)
    _minutes: dict[int, Tally] = field(default_factory=dict)

    def add(self, event: Counted) -> None:
        """Count an event of today."""
        self.today.add(event, self.limits)
        minute = _minute(event.at)
        self._minutes.setdefault(minute, Tally()).add(event, self.limits)
        for far in [one for one in self._minutes if abs(one - minute) >= RECENT_MINUTES]:
            del self._minutes[far]  # ahead, where a clock went wrong and was set back

    def recent(self, now: datetime) -> Tally:
        """The sum of the minute that runs and of those before it, ``RECENT_MINUTES`` in all."""
        oldest = _minute(now) - RECENT_MINUTES
        total = Tally()
        for minute, tally in self._minutes.items():
            if minute > oldest:
                total = total.plus(tally)
        return total


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // _MINUTE


@dataclass(frozen=True, slots=True)
class Chosen:
    """An agent chose ``presence`` at ``at``."""

    presence: Presence
    at: datetime


def ready_seconds(choices: Iterable[Chosen], begin: datetime, now: datetime) -> float:
    """How long between ``begin`` and ``now`` the agent was ready. ``choices`` are in order."""
    total, since = timedelta(), None
    for choice in (*choices, Chosen(Presence.OFFLINE, now)):
        at = min(max(choice.at, begin), now)
        if since is not None:
            total += at - since
        since = at if choice.presence is Presence.READY else None
    return total.total_seconds()
