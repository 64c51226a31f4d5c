"""More on the card, as a CRM tells it: words, amounts of money, figures and dates.

The desk writes the last three as its agent's language does, so here they are kept as every machine reads
them. What the settings call money, a figure or a date and is none stands as the CRM wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Final

from edge.text import clean
from hub.adapters.crm_values import moment, text
from hub.contract import CardField, FieldKind
from hub.crm_settings import FieldPlace
from hub.domain.money import ISO_4217, money

_LONGEST_LABEL: Final = 40
_FIGURE: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def fields_of(places: Mapping[str, FieldPlace], look: Callable[[str], object]) -> tuple[CardField, ...]:
    """By label what ``look`` finds at each place, in the order of the settings."""
    return tuple(_at(label, place, look) for label, place in places.items())


def names_of(places: Mapping[str, FieldPlace]) -> Iterator[str]:
    """What has to be asked for."""
    for place in places.values():
        yield place.at
        if place.currency_at is not None:
            yield place.currency_at


def field_of(label: str, value: object) -> CardField:
    """A field of which nobody said what it is: a whole date (ISO 8601) and an amount with its currency are
    known by how they are written.
    """
    told, name = text(value), clean(label, limit=_LONGEST_LABEL)
    amount = money(told)
    if amount is not None:
        return CardField(label=name, value=amount[0], kind=FieldKind.MONEY, currency=amount[1])
    return CardField(label=name, value=told, kind=FieldKind.DATE if _is_date(told) else FieldKind.TEXT)


def _at(label: str, place: FieldPlace, look: Callable[[str], object]) -> CardField:
    found = look(place.at)
    plain, told = field_of(label, found), text(found)
    match place.kind:
        case FieldKind.MONEY if _FIGURE.fullmatch(told):
            currency = place.currency or text(look(place.currency_at or "")).upper()
            if currency in ISO_4217:
                return plain.model_copy(update={"kind": FieldKind.MONEY, "currency": currency})
        case FieldKind.NUMBER if _FIGURE.fullmatch(told):
            return plain.model_copy(update={"kind": FieldKind.NUMBER})
        case FieldKind.DATE:
            when = moment(found)
            if when is not None:
                return plain.model_copy(update={"value": f"{when:%Y-%m-%d}", "kind": FieldKind.DATE})
        case FieldKind.TEXT:
            return plain.model_copy(update={"value": told, "kind": FieldKind.TEXT, "currency": ""})
    return plain


def _is_date(told: str) -> bool:
    if not _DATE.fullmatch(told):
        return False
    try:
        date.fromisoformat(told)
    except ValueError:
        return False
    return True
