"""How long another's server asks to be left alone: the header Retry-After (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 3600.0
"""Seconds: who asks for more is asked again all the same."""


def retry_after(value: str) -> float:
    """Seconds to wait (a number of them, or a date), at most an hour; 0 when it says nothing sensible."""
    try:
        seconds = float(value) if value.isdecimal() else _until(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), _LONGEST)


def _until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
