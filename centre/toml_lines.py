"""Where the keys of a file in TOML stand, so that what is wrong in it can be told with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Place: TypeAlias = tuple[int | str, ...]
"""The way to a value: keys, and places in arrays from 0 on."""

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_NAME = rf"{_PART}(?:\s*\.\s*{_PART})*"
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_NAME})\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(rf"\s*({_NAME})\s*=")
_AT = re.compile(r" \(at line (\d+), column \d+\)$")


class PlacedError(ValueError):
    """What a model finds wrong with the value at ``place``, seen from the table that is validated."""

    def __init__(self, words: str, place: Place) -> None:
        super().__init__(words)
        self.place = place


def lines_of(text: str) -> dict[Place, int]:
    """The line of each table and key. What stands within one line is not looked into."""
    found: dict[Place, int] = {}
    rows: dict[Place, int] = {}
    table: Place = ()
    quoted = False
    for number, line in enumerate(text.splitlines(), 1):
        place: Place = ()
        if head := None if quoted else _TABLE.match(line):
            place = table = _table(_parts(head[2]), rows, array=head[1] == "[[")
        elif key := None if quoted else _KEY.match(line):
            place = (*table, *_parts(key[1]))
        for end in range(1, len(place) + 1):
            found.setdefault(place[:end], number)
        quoted ^= (line.count('"""') + line.count("'''")) % 2 == 1
    return found


def line_at(place: Place, lines: Mapping[Place, int]) -> int | None:
    """The line of ``place``, or of what is nearest above it; None where nothing of it is in the file.

    Parts that are no keys of the file are passed over: pydantic puts the kinds of tables among them.
    """
    at: Place = ()
    for part in place:
        if (*at, part) in lines:
            at = (*at, part)
    return lines.get(at)


def unread(path: Path, error: OSError | UnicodeDecodeError, sample: str = "") -> str:
    """``path: words`` for a file that ``error`` kept from being read; ``sample`` is one to begin with."""
    if isinstance(error, FileNotFoundError):
        begin = f", or begin with a copy of {sample}" if sample else ""
        return f"{path}: there is no such file: name the right one{begin}"
    why = "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
    return f"{path}: cannot be read: {why}"


def unreadable(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    """``path:line: words`` for a file that is no TOML."""
    words = str(error)
    found = _AT.search(words)
    line = int(found[1]) if found else max(1, len(text.splitlines()))
    return f"{path}:{line}: {_AT.sub('', words)}"


def _table(name: list[str], rows: dict[Place, int], *, array: bool) -> Place:
    """A table's place; the newest of those arrays that it lies in."""
    place: Place = ()
    for part in name[:-1]:
        place = (*place, part)
        place = (*place, rows[place]) if place in rows else place
    place = (*place, name[-1])
    if array:
        rows[place] = rows.get(place, -1) + 1
    return (*place, rows[place]) if place in rows else place


def _parts(name: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_PART, name)]
