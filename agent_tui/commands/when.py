"""When to call back, as agents type it: now, so many minutes, a time of the day, a date with a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_NOW = frozenset({"", "0", "now", "עכשיו"})
_MINUTES = re.compile(r"\+?([0-9]{1,5})")
_CLOCK = re.compile(r"(?:(?P<day>\S+) +)?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")
_DAY = re.compile(r"(?P<day>[0-9]{1,2})[./](?P<month>[0-9]{1,2})(?:[./](?P<year>[0-9]{4}))?")
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_TOMORROW = frozenset({"tomorrow", "מחר"})
_LONGEST_MINUTES = 43_200
"""As the hub's contract has it."""


@dataclass(frozen=True, slots=True)
class When:
    """In so many ``minutes`` or, where it is given, ``at`` a time (aware)."""

    minutes: int = 0
    at: datetime | None = None

    def moment(self, now: datetime) -> datetime:
        """The time that is meant at ``now``."""
        return self.at or now + timedelta(minutes=self.minutes)


def read_when(text: str, now: datetime) -> When | None:
    """What ``text`` means at ``now`` (aware, in the agent's zone); None where it means nothing.

    A time of the day that is over is tomorrow's, and a day without a year the next one of that date.
    """
    given = " ".join(text.split()).lower()
    if given in _NOW:
        return When()
    minutes = _MINUTES.fullmatch(given)
    if minutes is not None:
        return When(int(minutes[1])) if int(minutes[1]) <= _LONGEST_MINUTES else None
    clock = _CLOCK.fullmatch(given)
    if clock is None:
        return None
    try:
        return When(at=_at(clock["day"] or "", int(clock["hour"]), int(clock["minute"]), now))
    except ValueError:
        return None


def _at(day: str, hour: int, minute: int, now: datetime) -> datetime:
    """Raises ``ValueError`` for what no calendar or clock shows."""
    today = now.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0)
    if not day:
        return today if today > now else today + timedelta(days=1)
    if day in _TOMORROW:
        return today + timedelta(days=1)
    found = _DAY.fullmatch(day) or _ISO_DAY.fullmatch(day)
    if found is None:
        raise ValueError(day)
    year = int(found["year"] or now.year)
    at = today.replace(year=year, month=int(found["month"]), day=int(found["day"]))
    return at if found["year"] or at.date() >= now.date() else at.replace(year=year + 1)
