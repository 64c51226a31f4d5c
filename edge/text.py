"""One gate for every text that comes from outside: SIP names, CRM fields, notes, queue names, errors.

Control characters move cursors and write clipboards, bidi overrides turn numbers round, stacked marks
paint over neighbouring rows. What is left after ``clean`` is plain text. It is still to be rendered
without markup: brackets are text and stay.

What joins several characters to one picture goes as well, for terminals do not agree on its width: xterm
draws a family in six cells, kitty in two. So a text is as wide as its characters are together, wherever it
is cut, and a border beside it stands in its place in every terminal.
"""

from __future__ import annotations

import re
import unicodedata

_ZWNJ = "\u200c"
"""The one format character that stays: Persian needs it, and it takes no cell anywhere."""

_SELECTORS = (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_FILLERS = (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0)

_STEADY: dict[int, str | None] = {
    **dict.fromkeys((0x200D, *_SELECTORS, *_FILLERS, *range(0x1F3FB, 0x1F400))),
    **{0x1F1E6 + place: chr(ord("A") + place) for place in range(26)},
}
"""ZWJ, variation selectors and skin tones go (UTS #51 1.4), and the letters and marks that nobody sees
(Default_Ignorable_Code_Point, UAX #44): a name of these alone would be none. A flag becomes its two letters.
"""

_SPACES = {ord(c): " " for c in "\t\n\v\f\r\x85\u2028\u2029"}
_CONTROLS: dict[int, str | None] = dict.fromkeys((*range(32), *range(127, 160)))
_ONE_LINE: dict[int, str | None] = {**_CONTROLS, **_SPACES}
_LINES: dict[int, str | None] = {**_ONE_LINE, ord("\n"): "\n", 0x2028: "\n", 0x2029: "\n"}

_JAMO = re.compile("[\u1160-\u11ff\ud7b0-\ud7ff]")
"""The vowels and last consonants of Korean syllables, which stand in the cell of the first."""
_DROPPED = frozenset({"Cf", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 3
"""Combining marks kept on one letter: Hebrew with niqqud and cantillation needs no more."""
_MOST_JOINED = 6
"""All that is kept in the cell of one letter: Burmese has marks beside it as well, old Korean two vowels."""


def clean(text: str | None, *, limit: int = 120, multiline: bool = False) -> str:
    """``text`` without anything that acts on a terminal, at most ``limit`` characters, ``…`` where cut.

    One line unless ``multiline``; runs of white space in one line become one space.
    """
    if not text:
        return ""
    text = text[: limit * 8].replace("\r\n", "\n").translate(_LINES if multiline else _ONE_LINE)
    if not text.isascii():
        text = _printable(unicodedata.normalize("NFC", steady(text)))
    if not multiline:
        text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def steady(text: str) -> str:
    """``text`` without what makes a picture of several characters; so it is typed and drawn in one width."""
    return text if text.isascii() else text.translate(_STEADY)


def _printable(text: str) -> str:
    kept: list[str] = []
    marks = joined = 0
    for char in text:
        category = unicodedata.category(char)
        if category in _DROPPED and char != _ZWNJ:
            continue  # what goes parts no marks from each other
        if _takes_a_cell(char, category):
            marks = joined = 0
        else:
            marks, joined = marks + (category in _MARKS), joined + 1
            if joined > _MOST_JOINED or (category in _MARKS and marks > _MOST_MARKS):
                continue
        kept.append(char)
    return "".join(kept)


def _takes_a_cell(char: str, category: str) -> bool:
    """Whether it stands beside the letter before it, and not in its cell."""
    return not category.startswith("M") and char != _ZWNJ and not _JAMO.match(char)
