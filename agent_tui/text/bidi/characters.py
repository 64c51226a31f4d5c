"""What Unicode says of one character: its Bidi_Class, its bracket pair, its mirrored glyph."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias, cast

from agent_tui.text.bidi import tables

Direction: TypeAlias = Literal["L", "R"]

BidiClass: TypeAlias = Literal[
    "L", "R", "AL",  # strong
    "EN", "ES", "ET", "AN", "CS", "NSM", "BN",  # weak
    "B", "S", "WS", "ON",  # neutral
    "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI",  # explicit formatting
]  # fmt: skip
"""Bidi_Class, by its short names (UAX #9, table 4)."""

ISOLATE_INITIATORS: Final = frozenset[BidiClass]({"LRI", "RLI", "FSI"})
"""BD8."""

REMOVED_BY_X9: Final = frozenset[BidiClass]({"LRE", "RLE", "LRO", "RLO", "PDF", "BN"})
"""They take no part in the rules from X10 on."""


class Bracket(NamedTuple):
    """A character of Bidi_Paired_Bracket_Type open or close (BD14, BD15)."""

    opens: bool
    pair: str
    """The pair's opening bracket, of canonically equivalent ones always the same."""


def bidi_classes(text: str) -> list[BidiClass]:
    """The Bidi_Class of each character."""
    return [bidi_class(char) for char in text]


@lru_cache(maxsize=4096)
def bidi_class(char: str) -> BidiClass:
    """The Bidi_Class of one character, unassigned ones included."""
    return _RANGE_CLASSES[bisect_right(_RANGE_STARTS, ord(char)) - 1]


def brackets(text: str) -> dict[int, Bracket]:
    """The paired brackets in ``text``, by index."""
    return {index: _BRACKETS[char] for index, char in enumerate(text) if char in _BRACKETS}


def mirrored(text: str) -> str:
    """``text`` as it is drawn at an odd level (L4): ``(`` becomes ``)``."""
    return text.translate(_MIRRORED)


def _pairs(table: str) -> list[tuple[int, str]]:
    split = (entry.partition(":") for entry in table.split())
    return [(int(point, 16), value) for point, _, value in split]


def _bracket_table() -> dict[str, Bracket]:
    canonical = {chr(point): chr(int(same, 16)) for point, same in _pairs(tables.CANONICAL)}
    table: dict[str, Bracket] = {}
    for point, closing in _pairs(tables.BRACKETS):
        pair = canonical.get(chr(point), chr(point))
        table[chr(point)] = Bracket(opens=True, pair=pair)
        table[chr(int(closing, 16))] = Bracket(opens=False, pair=pair)
    return table


_RANGE_STARTS: Final = [point for point, _ in _pairs(tables.BIDI_CLASSES)]
_RANGE_CLASSES: Final = [cast(BidiClass, value) for _, value in _pairs(tables.BIDI_CLASSES)]
_BRACKETS: Final = _bracket_table()
_MIRRORED: Final = {point: chr(int(glyph, 16)) for point, glyph in _pairs(tables.MIRRORED)}
