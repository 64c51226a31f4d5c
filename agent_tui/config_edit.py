"""Puts values into a settings file that a person wrote, and leaves the rest of it as it is."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

from agent_tui.config import ConfigError
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import reason

Values: TypeAlias = Mapping[str, str | int | None]
"""Keys of one table; None takes the key away."""

_BY_HAND = Phrase("it is written in a way that can only be changed by hand")
_HEADER = re.compile(r"\s*\[")


def edited(text: str, tables: Mapping[str, Values]) -> str:
    """``text`` with these values in its tables. Raises ``ValueError`` where it can't be done line by line."""
    before = tomllib.loads(text)
    after = text
    for table, values in tables.items():
        after = _with(after, table, values)
    if tomllib.loads(after) != _wanted(before, tables):
        raise ValueError(_BY_HAND)
    return after


def edited_entry(text: str, table: str, name: str, values: Values) -> str:
    """``text`` with these values in the entry called ``name`` of an array of tables ``[[group.table]]``.

    Raises ``ValueError`` where there is none, or it can't be done line by line.
    """
    before = tomllib.loads(text)
    group, _dot, last = table.partition(".")
    entries = before.get(group, {}).get(last, [])
    at = next((at for at, entry in enumerate(entries) if entry.get("name") == name), None)
    if at is None:
        raise ValueError(Phrase("it has no {table} with this name: {name}", table=f"[[{table}]]", name=name))
    lines = text.removesuffix("\n").split("\n")
    header = re.compile(rf"\s*\[\[\s*{re.escape(table)}\s*\]\]\s*(#.*)?$")
    begins = [number for number, line in enumerate(lines) if header.match(line)]
    if len(begins) != len(entries):
        raise ValueError(_BY_HAND)
    after = _put(lines, begins[at], values)
    entries[at] = _merged(entries[at], values)
    if tomllib.loads(after) != before:
        raise ValueError(_BY_HAND)
    return after


def read(path: Path) -> str:
    """The file's text, empty when there is none. Raises ``ConfigError`` when it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
        tomllib.loads(text)
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:  # tomllib's and the decoder's errors are ValueErrors
        raise ConfigError(Phrase("{path} cannot be read: {why}", path=str(path), why=reason(error))) from None
    return text


def write(path: Path, text: str) -> None:
    """Replace the file by ``text`` in one step; a new one is for its owner alone. Raises ``ConfigError``."""
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o600
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        half.replace(path)
    except OSError as error:
        with suppress(OSError):
            half.unlink(missing_ok=True)
        raise ConfigError(
            Phrase("{path} cannot be written: {why}", path=str(path), why=reason(error))
        ) from None


def _with(text: str, table: str, values: Values) -> str:
    lines = text.removesuffix("\n").split("\n") if text else []
    header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]\s*(#.*)?$")
    begin = next((at for at, line in enumerate(lines) if header.match(line)), None)
    if begin is None:
        return "\n".join([*lines, *([""] if lines else []), f"[{table}]", *_written(values)]) + "\n"
    return _put(lines, begin, values)


def _put(lines: list[str], begin: int, values: Values) -> str:
    """Below the header in the line ``begin``; what these keys were goes."""
    key = re.compile(rf"\s*({'|'.join(map(re.escape, values))})\s*=")
    rest = range(begin + 1, len(lines))
    end = next((at for at in rest if _HEADER.match(lines[at])), len(lines))
    kept = [line for line in lines[begin + 1 : end] if not key.match(line)]
    return "\n".join([*lines[: begin + 1], *_written(values), *kept, *lines[end:]]) + "\n"


def _written(values: Values) -> list[str]:
    return [
        f"{name} = {json.dumps(value, ensure_ascii=False)}"
        for name, value in values.items()
        if value is not None
    ]


def _wanted(before: dict[str, Any], tables: Mapping[str, Values]) -> dict[str, Any]:
    after = dict(before)
    for table, values in tables.items():
        after[table] = _merged(before.get(table, {}), values)
    return after


def _merged(before: Mapping[str, Any], values: Values) -> dict[str, Any]:
    return {name: value for name, value in {**before, **values}.items() if value is not None}
