"""A settings file in TOML: read into a model, and what is wrong with it told in words.

An error names the file and the line, the key as written and the nearest key there is, so that a slip of the
pen is found without reading any code.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from centre.toml_lines import Place, PlacedError, line_at, lines_of, unread, unreadable


class SettingsError(Exception):
    """A file cannot be used. ``str(error)`` is for the administrator: file, line, key, what is wrong, with a
    line for each thing that is.
    """


class Section(BaseModel):
    """A table of a file; a key it does not know is an error, not a silent nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySection = TypeVar("AnySection", bound=Section)


def read(path: Path, model: type[AnySection], sample: str = "") -> AnySection:
    """What ``path`` holds, as a ``model``. Raises ``SettingsError``, which names the ``sample`` to begin with
    where there is no such file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(unread(path, error, sample)) from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(unreadable(path, text, error)) from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_problems(path, text, error, model))) from None


def nearest(word: str, known: Sequence[str]) -> str:
    """``; did you mean …?`` with the known word that is most like ``word``; empty when none is like it."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def unique(section: str, key: str, values: Sequence[str]) -> None:
    """Raises ``ValueError`` when a value of ``key`` stands twice in ``section``."""
    for row, value in enumerate(values):
        if value in values[:row]:
            raise PlacedError(f"{section}: {key} {value!r} is there twice", (section, row, key))


def place_of(item: ErrorDetails) -> Place:
    """Where it is wrong: where pydantic found it, or what the model itself names."""
    cause = item.get("ctx", {}).get("error")
    return (*item["loc"], *(cause.place if isinstance(cause, PlacedError) else ()))


def _problems(path: Path, text: str, error: ValidationError, model: type[BaseModel]) -> Iterator[str]:
    lines = lines_of(text)
    for item in error.errors(include_url=False, include_input=False):
        line = line_at(place_of(item), lines)
        where = f"{path}:{line}" if line else str(path)
        yield f"{where}: {_one(item['loc'], item['type'], item['msg'], model)}"


def _one(place: Place, kind: str, message: str, model: type[BaseModel]) -> str:
    key, known = _walk(place, model)
    if kind == "extra_forbidden":
        return f"{key}: no such key{nearest(str(place[-1]), known)}"
    if kind == "missing":
        return f"{key}: is needed"
    return f"{key}: {message.removeprefix('Value error, ')}".removeprefix(": ")


def _walk(place: Place, model: type[BaseModel]) -> tuple[str, list[str]]:
    """The key at ``place`` as the file writes it, and the keys that may stand there."""
    written, models = [], [model]
    known: list[str] = []
    for part in place:
        fields = [one.model_fields[part] for one in models if part in one.model_fields]
        if not fields and part in _kinds(models):  # no key of the file: which of several tables it is
            models = [one for one in models if part in _kinds([one])]
            continue
        written.append(str(part))
        if isinstance(part, str):
            known = [name for one in models for name, field in one.model_fields.items() if not field.exclude]
            models = [inner for field in fields for inner in _models(field.annotation)]
    return ".".join(written), known


def _models(annotation: Any) -> list[type[BaseModel]]:
    """The tables that a key of this type may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in _models(part)]


def _kinds(models: Sequence[type[BaseModel]]) -> set[Any]:
    """What ``kind`` may say in these tables."""
    return {
        word
        for one in models
        if "kind" in one.model_fields
        for word in get_args(one.model_fields["kind"].annotation)
    }
