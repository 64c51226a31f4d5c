"""The keys of a settings file: read as people write them, or refused with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
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


def conflicts(keys: Mapping[str, Key]) -> Iterator[Phrase]:
    """What is wrong with these keys together, each with both ids and a next step."""
    taken: dict[Key, str] = {}
    free = _free(keys)
    for shortcut in SHORTCUTS:
        key = keys.get(shortcut.id, shortcut.key)
        if key in taken:
            yield Phrase(
                "{key} is both {one} and {another}: give one of them another key, as in {setting}",
                key=label(key),
                one=taken[key],
                another=shortcut.id,
                setting=f'{shortcut.id} = "{next(free)}"',
            )
        taken.setdefault(key, shortcut.id)


def read_keys(written: object) -> dict[str, Key]:
    """The keys that a file holds, to be looked at together; what is none stands as it is written."""
    return {name: _read(key) for name, key in written.items()} if isinstance(written, Mapping) else {}


def _read(written: object) -> Key:
    try:
        return read_key(str(written))
    except ValueError:
        return str(written)


def _free(keys: Mapping[str, Key]) -> Iterator[Key]:
    """Keys that nothing has yet. They are never used up: an act that shares one leaves another free.

    Last comes the usual key of an act that was given none by mistake: it may get that back.
    """
    now = {one.id: keys.get(one.id, one.key) for one in SHORTCUTS}
    mistaken = {one.key for one in SHORTCUTS if now[one.id] not in _FREE}
    free = _FREE - set(now.values())
    yield from sorted(free, key=lambda key: (key in mistaken, not re.fullmatch(r"f\d+", key), len(key), key))
