"""How the exchange says when somebody is called: the names of its prompts (``pbx.prompts``)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hub.domain.spoken import Language, Words, counted

NAMED = timedelta(days=7)
"""The day of the week alone tells nothing further ahead."""

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NOON, _TEN, _TWO = 12, 10, 2


def moment(at: datetime, today: date, language: Language) -> Words:
    """Day and time of ``at``, of the centre's zone; nothing where it is ``NAMED`` ahead, or more."""
    ahead = at.date() - today
    if not timedelta() <= ahead < NAMED:
        return ()
    nearest = {0: "day-today", 1: "day-tomorrow"}
    day = nearest.get(ahead.days, f"day-{_DAYS[at.weekday()]}")
    return (day, "time-at", *(_hebrew(at) if language == "he" else _english(at)))


def _english(at: datetime) -> Words:
    hour = counted((at.hour - 1) % _NOON + 1, "en")
    ones = ("number-0",) if 0 < at.minute < _TEN else ()
    minutes = (*ones, *counted(at.minute, "en")) if at.minute else ()
    return (*hour, *minutes, "time-am" if at.hour < _NOON else "time-pm")


def _hebrew(at: datetime) -> Words:
    """By 24 hours; both in the feminine."""
    hour = counted(at.hour, "he")
    if not at.minute:
        return hour
    if at.minute <= _TWO:
        return (*hour, f"minutes-{at.minute}")
    return (*hour, *counted(at.minute, "he"), "minutes")
