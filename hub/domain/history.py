"""Looking for a contact of before: what was typed, and where a page of the list goes on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import phonenumbers

from edge.text import clean

_MOST_WORDS = 8
_LONGEST = 100
_LONGEST_CONTACT = 128
_LARGEST_VISIT = 2**31 - 1
"""What Postgres's integer holds."""

_NUMBER = re.compile(r"[0-9\s()+.\-/\u2010-\u2015]*[0-9][0-9\s()+.\-/\u2010-\u2015]*")


@dataclass(frozen=True, slots=True)
class Sought:
    """Every one of ``words``, or any of the pieces of a ``number``."""

    words: tuple[str, ...] = ()
    number: tuple[str, ...] = ()


def sought(typed: str, country: str) -> Sought:
    """What somebody who ``typed`` this looks for. A national number begins with 0 where the kept one has the
    code of ``country`` (ISO 3166), an international one with 00 or +.
    """
    text = clean(typed, limit=_LONGEST)
    words = tuple(text.split()[:_MOST_WORDS])
    return Sought(words, _pieces(text, country) if _NUMBER.fullmatch(text) else ())


def _pieces(text: str, country: str) -> tuple[str, ...]:
    digits = "".join(one for one in text if one.isdigit())
    if text.startswith("+"):
        return (f"+{digits}",)
    if digits.startswith("00"):
        return (digits, f"+{digits[2:]}")
    if digits.startswith("0"):
        return (digits, f"+{phonenumbers.country_code_for_region(country)}{digits[1:]}")
    return (digits,)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: after the visit of a contact at a time."""

    at: datetime
    contact: str
    visit: int


def told_place(place: Place) -> str:
    """``place`` as a desk sends it back."""
    return f"{place.at.astimezone(UTC).isoformat()} {place.visit} {place.contact}"


def read_place(told: str) -> Place:
    """The place that was told so. Raises ``ValueError`` for what never was."""
    at, visit, contact = clean(told, limit=256).split(" ", 2)
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None or not visit.isdecimal() or int(visit) > _LARGEST_VISIT:
        raise ValueError("no place in a history")
    try:
        return Place(moment.astimezone(UTC), contact[:_LONGEST_CONTACT], int(visit))
    except OverflowError:
        raise ValueError("no such time") from None
