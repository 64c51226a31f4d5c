"""Dates and figures as the language in use writes them, by Babel (Unicode CLDR).

Babel takes some 40 ms with its first use. So it is loaded by the first who needs it, and a desk has
``load`` run in a thread behind its first picture.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Final

from agent_tui.text.catalogue import LANGUAGES, _, language

_LOCALES: Final = {"en": "en_GB", "he": "he"}
"""English with the day before the month and 24 hours, as Israel writes it in either language."""
_WEEKDAY: Final = {"en": "EEE", "he": "EEEEE"}
"""CLDR's patterns of a short weekday: ``Fri``, ``ו׳``."""

_NO_BREAK = "\u00a0"


def load() -> None:
    """Have Babel and its languages at hand."""
    for known in LANGUAGES:
        _dates().format_skeleton("MMMd", datetime.min, locale=_LOCALES[known])
    _numbers()


@cache
def _dates() -> ModuleType:
    return import_module("babel.dates")


@cache
def _numbers() -> ModuleType:
    return import_module("babel.numbers")


def time(moment: datetime, clock: datetime) -> str:
    """``14:30``, in the zone of ``clock``; both are aware."""
    return f"{moment.astimezone(clock.tzinfo):%H:%M}"


def day(moment: datetime, clock: datetime) -> str:
    """``12 May``, with the year where it is another one; never broken over two lines."""
    local = moment.astimezone(clock.tzinfo)
    if local.date() == clock.date():
        return _("today")
    skeleton = "MMMd" if local.year == clock.year else "yMMMd"
    told = str(_dates().format_skeleton(skeleton, local, locale=_LOCALES[language()]))
    return told.replace(" ", _NO_BREAK)


def day_time(moment: datetime, clock: datetime) -> str:
    """``12 May 14:30``."""
    return f"{day(moment, clock)} {time(moment, clock)}"


def near_day_time(moment: datetime, clock: datetime) -> str:
    """``today 15:00``, ``tomorrow 9:30``, ``Fri 29.5 10:00``: what is ahead, the date as agents type it."""
    local = moment.astimezone(clock.tzinfo)
    ahead = local.date() - clock.date()
    if not ahead:
        told = _("today")
    elif ahead == timedelta(days=1):
        told = _("tomorrow")
    else:
        pattern = f"{_WEEKDAY[language()]} {'d.M' if local.year == clock.year else 'd.M.y'}"
        told = str(_dates().format_date(local, pattern, locale=_LOCALES[language()]))
    return f"{told} {time(moment, clock)}"


def date_of(told: str) -> str:
    """``28 Nov 2026`` of ISO 8601's ``2026-11-28``, which a field of the card holds."""
    day_told = _dates().format_skeleton("yMMMd", date.fromisoformat(told), locale=_LOCALES[language()])
    return str(day_told).replace(" ", _NO_BREAK)


def moment_of(told: str) -> str:
    """``28 Nov 2026 14:30`` of ISO 8601's ``2026-11-28 14:30+02:00``, in the zone it is told in."""
    moment = datetime.fromisoformat(told)
    return f"{date_of(moment.date().isoformat())} {moment:%H:%M}"


def money(amount: Decimal, currency: str) -> str:
    """``₪1,248.90``, ``€12.00``: an amount with the sign of its currency (ISO 4217), or its code."""
    told = _numbers().format_currency(amount, currency, locale=_LOCALES[language()])
    return str(told).replace(" ", _NO_BREAK)


def plain(figure: float | Decimal) -> str:
    """``1,234.5``: with the digits that it has."""
    return str(_numbers().format_decimal(figure, format="#,##0.######", locale=_LOCALES[language()]))


def percent(figure: float) -> str:
    """``93%`` of 92.6."""
    return str(_numbers().format_percent(round(figure) / 100, locale=_LOCALES[language()]))


def decimal(figure: float, digits: int = 0) -> str:
    """``1,234``, ``4.2``: with so many digits behind the point."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(_numbers().format_decimal(figure, format=pattern, locale=_LOCALES[language()]))
