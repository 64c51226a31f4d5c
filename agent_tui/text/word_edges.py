"""Where a word begins and ends, for keys that go or delete by words. Pure.

To ``re`` a vowel sign is no character of a word, and neither is what Hebrew abbreviates with: ``בע"מ`` would
be two words and a word with its vowels several. So here a mark belongs to its letter (UAX #29, WB4), and a
geresh, gershayim or typed quotation mark between two Hebrew letters to their word (WB6, WB7 to WB7c).
"""

from __future__ import annotations

import re
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
WORD_EDGE: Final = re.compile(
    rf"{_BEFORE_WORD}(?!{_BEHIND_SIGN})(?=\w)|{_IN_WORD}(?!{_BEFORE_SIGN})(?=[^\w{_MARK}])"
)
"""Between a word and what is none, on either side."""
