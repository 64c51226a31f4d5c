"""What is wrong with a settings file, in words: the line, the key, and the nearest key there is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_SECRETS = {"password", "secret", "token", "sip_password", "hub_token"}
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def problems(error: ValidationError, model: type[BaseModel], text: str) -> Iterator[str]:
    """One line for each problem, to be put behind the file's name: `` line 3: [sip] has no key …``."""
    for item in error.errors(include_url=False):
        place = tuple(str(part) for part in item["loc"] if isinstance(part, str))
        line = _line_of(place, text)
        where = f" line {line}: " if line else ": "
        yield where + _told(place, item["type"], item["msg"], model)


def _told(place: tuple[str, ...], kind: str, message: str, model: type[BaseModel]) -> str:
    name = place[-1] if place else ""
    table = ".".join(place[:-1])
    of = f"[{table}]" if table else "the file"
    if kind == "missing":
        return f"{of} needs {_named(name, table)}"
    if kind == "extra_forbidden":
        if name.lower() in _SECRETS:
            return f"{name!r} does not belong in a file; take it out and run `moked login`"
        return f"{of} has no {_named(name, table)}{_nearest(name, _known(place[:-1], model))}"
    return f"{_path(place)}{message.removeprefix('Value error, ')}"


def _path(place: tuple[str, ...]) -> str:
    if len(place) > 1:
        return f"[{'.'.join(place[:-1])}] {place[-1]}: "
    return f"[{place[0]}] " if place else ""


def _named(name: str, table: str) -> str:
    return f"key {name!r}" if table else f"table [{name}]"


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; it knows {', '.join(known)}"


def _known(place: tuple[str, ...], model: type[BaseModel]) -> list[str]:
    for part in place:
        inner: Any = model.model_fields[part].annotation
        model = next(iter(get_args(inner)), inner)  # of a list of tables, one
    return list(model.model_fields)


def _line_of(place: tuple[str, ...], text: str) -> int | None:
    """The line where the key, or else its table, stands; None where neither is written."""
    table, at = "", None
    for number, line in enumerate(text.splitlines(), 1):
        head = _TABLE.match(line)
        if head:
            table = head[1]
            if table == ".".join(place) or (table == ".".join(place[:-1]) and at is None):
                at = number
            continue
        key = _KEY.match(line)
        if key and (*filter(None, table.split(".")), key[1]) == place:
            return number
    return at
