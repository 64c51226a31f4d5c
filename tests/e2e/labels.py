"""Which key a screen says for some words: the one under them, beside them, or in their row of a table.

Nothing is known here but how keys are spelt. Hebrew is looked for as it is drawn, from left to right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from gettext import NullTranslations, translation
from typing import Final

from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import KEY, LOCALE

_KEY: Final = re.compile(rf"{KEY.pattern}|\b(?:Tab|Enter|Esc|Space|Insert|PgUp|PgDn)\b")
"""As screens spell keys: those of the desk, and those that are written on every keyboard."""

_HINT: Final = re.compile(r"[│┃─━]| {2,}|·")
"""What parts a hint from the next: a border, a gap, a dot."""

_ROW: Final = re.compile("[│┃]")

_PRESSED: Final = {"esc": "escape", "↑": "up", "↓": "down", "pgup": "pageup", "pgdn": "pagedown"}


class Words:
    """The desk's words in one language, as they are drawn."""

    def __init__(self, language: str) -> None:
        self.rtl = language == "he"
        self._words = translation("moked", LOCALE, ["he"]) if self.rtl else NullTranslations()

    def say(self, message: str) -> str:
        """A whole message."""
        return visual_text(self._told(message))

    def hint(self, message: str, part: str) -> str:
        """Of a message with several hints the one that says ``part`` in English, without its key."""
        place = next(place for place, one in enumerate(message.split(" · ")) if part in one)
        hint = self._told(message).split(" · ")[place]
        return visual_text(_KEY.sub("", hint).strip(" :"))

    def _told(self, message: str) -> str:
        told = self._words.gettext(message)
        assert not self.rtl or told != message, f"the catalogue has no {message!r}"
        return told


def key_at(rows: Sequence[str], words: str) -> str:
    """The key beside ``words`` or else under them, as ``Terminal.press`` names it; empty: there is none."""
    for y, start, end in _places(rows, words):
        below = rows[y + 1] if y + 1 < len(rows) else ""
        under = [key[0] for key in _KEY.finditer(below) if key.start() < end and key.end() > start]
        for keys in (_keys_beside(rows[y], start, _HINT), under):
            if len(keys) == 1:
                return _named(keys[0])
    return ""


def key_in_row(rows: Sequence[str], words: str, *, rtl: bool) -> str:
    """The key that is read first in the row of ``words``; empty when there is none."""
    for y, start, _end in _places(rows, words):
        keys = _keys_beside(rows[y], start, _ROW)
        if keys:
            return _named(keys[-1 if rtl else 0])
    return ""


def _places(rows: Sequence[str], words: str) -> Iterator[tuple[int, int, int]]:
    """Where ``words`` stand: row, first cell, the cell after the last."""
    whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    for y, row in enumerate(rows):
        yield from ((y, found.start(), found.end()) for found in whole.finditer(row))


def _keys_beside(row: str, cell: int, apart: re.Pattern[str]) -> list[str]:
    """The keys in what stands about ``cell``, up to what sets it ``apart``."""
    edges = [0, *(edge for found in apart.finditer(row) for edge in found.span()), len(row)]
    start = max(edge for edge in edges if edge <= cell)
    end = min(edge for edge in edges if edge > cell)
    return _KEY.findall(row[start:end])


def _named(key: str) -> str:
    return "+".join(_PRESSED.get(part, part) for part in key.lower().split("+"))
