"""Who is served before whom: how much longer than they have a customer counts as having waited.

Callers of a queue are ordered by when they came, each moved forward by a head start. All of them grow older
at the same pace, so the order of two never changes while they wait, and nobody waits for ever: a caller
without a head start is before everyone who comes later by more than theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from centre.routing import CustomerValue, Segment
from hub.contract import Card

_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller comes in. ``segment`` is "" for those of none; ``first`` is the extension of the agent
    whom they wait for before the team, "" for nobody.
    """

    segment: str = ""
    head_start_seconds: int = 0
    first: str = ""


def place_of(cards: Iterable[Card], segments: Sequence[Segment], values: Sequence[CustomerValue]) -> Place:
    """The place of a caller who may be any of ``cards``: the best one, so that nobody loses theirs."""
    places = [_place(card, segments, values) for card in cards]
    return max(places, key=lambda place: place.head_start_seconds, default=Place())


def _place(card: Card, segments: Sequence[Segment], values: Sequence[CustomerValue]) -> Place:
    segment = next((one for one in segments if _is(card, one)), None)
    worth = max((one.head_start_seconds for one in values if _has(card, one)), default=0)
    if segment is None:
        return Place("", worth)
    return Place(segment.name, segment.head_start_seconds + worth)


def _is(card: Card, segment: Segment) -> bool:
    return card.segment.strip().casefold() in {value.casefold() for value in segment.values}


def _has(card: Card, value: CustomerValue) -> bool:
    """Whether the fact holds so great a number; what stands around it (a currency, say) is no matter."""
    found = _NUMBER.search(card.facts.get(value.fact, ""))
    return found is not None and float(found.group().replace(",", "")) >= value.at_least
