"""The keys of a settings file: read as people write them, or refused with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from agent_tui.commands.shortcuts import FIXED, SHORTCUTS, Key, label
from agent_tui.text.catalogue import Phrase

_WRITES: Final = frozenset("acdekuvwxyz")
"""Letters that edit in the note together with Ctrl."""
_IS: Final = MappingProxyType({"h": "Backspace", "i": "Tab", "j": "Enter", "m": "Enter"})
"""What a terminal sends Ctrl with these letters as (ECMA-48's BS, HT, LF, CR)."""
_FREE: Final = frozenset(
    {
        *(f"f{number}" for number in range(1, 13)),
        *(f"ctrl+{letter}" for letter in "bfglnopqrst"),
        *(f"ctrl+{name}" for name in ("up", "down")),
        "insert",
    }
)
"""Keys that every terminal tells apart and that nothing is typed with.

From F13 on Textual 8.2 takes what xterm sends (``CSI 25 ~``) for characters.
"""

_SPELT: Final = MappingProxyType({"↑": "up", "↓": "down", "ins": "insert"})


def read_key(text: str) -> Key:
    """A key as somebody wrote it in the settings. Raises ``ValueError`` saying what to write instead."""
    parts = [_SPELT.get(part.strip(), part.strip()) for part in text.lower().split("+")]
    key = "+".join(parts)
    if key in _FREE:
        return key
    raise ValueError(
        Phrase(
            "{key} {why}; take F1 to F12, or Ctrl with one of b f g l n o p q r s t",
            key=repr(text),
            why=_why_not(key),
        )
    )


def _why_not(key: Key) -> Phrase:
    letter = re.fullmatch(r"ctrl\+([a-z])", key)
    if letter and letter[1] in _IS:
        return Phrase("is the same as {other} to a terminal", other=_IS[letter[1]])
    if letter and letter[1] in _WRITES:
        return Phrase("is needed to edit the note")
    if any(key in fixed.keys for fixed in FIXED):
        return Phrase("means the same everywhere and cannot be given away")
    if len(key) == 1:
        return Phrase("is typed into the note")
    return Phrase("is no key that every terminal knows")


def conflict(keys: Mapping[str, Key]) -> Phrase | None:
    """What is wrong with these keys together, with both ids and a next step; None when nothing is."""
    taken: dict[Key, str] = {}
    for shortcut in SHORTCUTS:
        key = keys.get(shortcut.id, shortcut.key)
        if key in taken:
            return Phrase(
                "{key} is both {one} and {another}: give one of them another key, as in {setting}",
                key=label(key),
                one=taken[key],
                another=shortcut.id,
                setting=f'{shortcut.id} = "{_another(keys)}"',
            )
        taken[key] = shortcut.id
    return None


def _another(keys: Mapping[str, Key]) -> Key:
    """A key that nothing has yet."""
    taken = {keys.get(one.id, one.key) for one in SHORTCUTS}
    every = sorted(_FREE - taken, key=lambda key: (not re.fullmatch(r"f\d+", key), len(key), key))
    return every[0]
