"""What is wrong with a settings file, in words: the line, the key, and the nearest key there is."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from agent_tui.text.catalogue import Phrase, Told
from edge.text import clean

_SECRETS = {"password", "secret", "token", "sip_password", "hub_token"}
_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def problems(error: ValidationError, model: type[BaseModel], text: str, path: Path) -> Iterator[Phrase]:
    """One line for each problem of the file at ``path``: ``config.toml line 3: [sip] has no key …``."""
    for item in error.errors(include_url=False):
        place = tuple(clean(str(part)) for part in item["loc"] if isinstance(part, str))
        line = _line_of(place, text)
        what = _told(place, item, model)
        if line:
            yield Phrase("{path} line {line}: {what}", path=str(path), line=line, what=what)
        else:
            yield Phrase("{path}: {what}", path=str(path), what=what)


def _told(place: tuple[str, ...], item: ErrorDetails, model: type[BaseModel]) -> Told:
    name = place[-1] if place else ""
    table = ".".join(place[:-1])
    if item["type"] == "missing":
        return Phrase("{of} needs {what}", of=_of(table), what=_named(name, table))
    if item["type"] == "extra_forbidden":
        if name.lower() in _SECRETS:
            return Phrase(
                "{name} does not belong in a file; take it out and run `moked login`", name=repr(name)
            )
        return Phrase(
            "{of} has no {what}; {instead}",
            of=_of(table),
            what=_named(name, table),
            instead=_nearest(name, _known(place[:-1], model)),
        )
    where = _path(place)
    return Phrase("{where} {what}", where=where, what=_wrong(item)) if where else _wrong(item)


def _wrong(item: ErrorDetails) -> Told:
    """What is wrong with a value: our own words, or pydantic's where they are known here."""
    context = item.get("ctx", {})
    error = context.get("error")
    if isinstance(error, ValueError) and error.args and isinstance(error.args[0], Phrase):
        return error.args[0]
    known = _WRONG.get(item["type"])
    if known is None:
        return clean(item["msg"].removeprefix("Value error, "), limit=_LONGEST)
    return Phrase.of(known, **{name: str(context[name]) for name in _FIELDS if name in context})


_LONGEST = 500
_FIELDS = ("expected", "ge", "le", "min_length", "max_length")
_WHOLE_NUMBER = Phrase("Input should be a whole number")
_NUMBER = Phrase("Input should be a number")
_TRUTH = Phrase("Input should be true or false")
_LIST = Phrase("Input should be a list in square brackets")
_TABLE_WANTED = Phrase("Input should be a table")
_WRONG = {
    "string_type": Phrase("Input should be a text in quotes"),
    "path_type": Phrase("Input should be the name of a file in quotes"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), _WHOLE_NUMBER),
    **dict.fromkeys(("float_type", "float_parsing"), _NUMBER),
    **dict.fromkeys(("bool_type", "bool_parsing"), _TRUTH),
    **dict.fromkeys(("tuple_type", "list_type"), _LIST),
    **dict.fromkeys(("model_type", "dict_type", "model_attributes_type"), _TABLE_WANTED),
    **dict.fromkeys(("enum", "literal_error"), Phrase("Input should be {expected}")),
    "greater_than_equal": Phrase("Input should be greater than or equal to {ge}"),
    "less_than_equal": Phrase("Input should be less than or equal to {le}"),
    "string_too_short": Phrase("It may not be empty"),
    "string_too_long": Phrase("It should have at most {max_length} characters"),
    "too_long": Phrase("It should have at most {max_length} entries"),
    "string_pattern_mismatch": Phrase("It should have nothing but letters, digits and . _ -"),
}
"""pydantic's types of error that a settings file can have."""


def _of(table: str) -> Told:
    return f"[{table}]" if table else Phrase("the file")


def _path(place: tuple[str, ...]) -> str:
    if len(place) > 1:
        return f"[{'.'.join(place[:-1])}] {place[-1]}:"
    return f"[{place[0]}]" if place else ""


def _named(name: str, table: str) -> Phrase:
    if table:
        return Phrase("key {name}", name=repr(name))
    return Phrase("table {name}", name=f"[{name}]")


def _nearest(name: str, known: list[str]) -> Phrase:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return Phrase("did you mean {name}?", name=repr(near[0]))
    return Phrase("it knows {names}", names=", ".join(known))


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
