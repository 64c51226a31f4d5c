"""Israel's keyboard (SI 1452): what stands on each key beside its Latin sign. Pure.

Who writes Hebrew also presses Ctrl with a letter, and types an English word, before the layout is changed.
"""

from __future__ import annotations

from typing import Final

_LATIN: Final = "qwertyuiopasdfghjkl;'zxcvbnm,./"
_HEBREW: Final = "/'קראטוןםפשדגכעיחלךף,זסבהנמצתץ."
LETTERS: Final = {latin: hebrew for latin, hebrew in zip(_LATIN, _HEBREW, strict=True) if hebrew.isalpha()}
"""The Hebrew letter on the key of a Latin sign; Q, W and some signs have none."""

_TO_LATIN: Final = str.maketrans(_HEBREW, _LATIN)
_TO_HEBREW: Final = str.maketrans(_LATIN, _HEBREW)


def retyped(text: str) -> str:
    """What the same keys write in the other layout, in small letters: ``יםךג`` is ``hold``."""
    written_in_hebrew = not set(text).isdisjoint(LETTERS.values())
    return text.lower().translate(_TO_LATIN if written_in_hebrew else _TO_HEBREW)
