"""Where a word begins and ends, for keys that go or delete by words. Pure.

To ``re`` a vowel sign is no character of a word, and neither is what Hebrew abbreviates with: ``בע"מ`` would
be two words and a word with its vowels several. So here a mark belongs to its letter (UAX #29, WB4), and a
geresh, gershayim or typed quotation mark between two Hebrew letters to their word (WB6, WB7 to WB7c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_MARK: Final = r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_HEBREW: Final = r"\u05d0-\u05ea"
_ABBREVIATES: Final = r"[\"'\u05f3\u05f4\u2019\u201d]"

_IN_WORD: Final = rf"(?<=[\w{_MARK}])"
_BEFORE_WORD: Final = rf"(?<=[^\w{_MARK}])"
_BEFORE_SIGN: Final = rf"(?<=[{_HEBREW}{_MARK}])(?={_ABBREVIATES}[{_HEBREW}])"
_BEHIND_SIGN: Final = rf"(?<=[{_HEBREW}{_MARK}]{_ABBREVIATES})(?=[{_HEBREW}])"

WORD_START: Final = re.compile(rf"{_BEFORE_WORD}(?!{_BEHIND_SIGN})\w")
"""The first character of a word, but for a line's first."""
_WORD_EDGE: Final = re.compile(
    rf"{_BEFORE_WORD}(?!{_BEHIND_SIGN})(?=\w)|{_IN_WORD}(?!{_BEFORE_SIGN})(?=[^\w{_MARK}])"
)
"""Between a word and what is none, on either side."""


def next_start(line: str, place: int) -> int:
    """Where the next word behind ``place`` begins; the line's end behind the last one."""
    return next((found for found in _places(WORD_START, line) if found > place), len(line))


def start_before(line: str, place: int) -> int:
    """Where the word before ``place``, or around it, begins; the line's start before the first one."""
    return max((found for found in _places(WORD_START, line) if found < place), default=0)


def next_edge(line: str, place: int) -> int:
    """The next end or start of a word, past the blanks at ``place``; the line's end behind the last one."""
    rest = line[place:]
    place += len(rest) - len(rest.lstrip())
    return next((found for found in _places(_WORD_EDGE, line) if found > place), len(line))


def edge_before(line: str, place: int) -> int:
    """The end or start of a word before that, past the blanks before ``place``; at last the line's start."""
    place = len(line[:place].rstrip())
    return max((found for found in _places(_WORD_EDGE, line) if found < place), default=0)


def _places(pattern: re.Pattern[str], line: str) -> Iterator[int]:
    """In the whole line: whether a sign parts words is told by what stands on both its sides."""
    return (found.start() for found in pattern.finditer(line))
