"""The zone of this machine, with the offset that each moment has there: agents promise over its changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class ThisMachine(tzinfo):
    """The system's zone. ``datetime.astimezone`` alone gives the offset of one moment for all others, too."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """The offset at a moment of this zone."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Not told apart from the offset."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """As the system calls it then."""
        return None if moment is None else moment.replace(tzinfo=None).astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """A moment, given in UTC, as this zone's clocks show it; ``fold`` tells an hour that comes twice."""
        here = moment.replace(tzinfo=UTC).astimezone()
        shown = here.replace(tzinfo=None)
        twice = shown.astimezone().utcoffset() != here.utcoffset()
        return shown.replace(tzinfo=self, fold=int(twice))
