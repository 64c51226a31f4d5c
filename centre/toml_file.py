"""A settings file in TOML: read into a model, and what is wrong with it told in words.

An error names the file, the key as written and the nearest key there is, so that a slip of the pen is found
without reading any code.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError


class SettingsError(Exception):
    """A file cannot be used. ``str(error)`` is for the administrator: file, key, what is wrong."""


class Section(BaseModel):
    """A table of a file; a key it does not know is an error, not a silent nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySection = TypeVar("AnySection", bound=Section)


def read(path: Path, model: type[AnySection]) -> AnySection:
    """What ``path`` holds, as a ``model``. Raises ``SettingsError``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read: {error}") from None
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise SettingsError(f"{path}: " + "; ".join(_words(error, model))) from None


def nearest(word: str, known: Sequence[str]) -> str:
    """``; did you mean …?`` with the known word that is most like ``word``; empty when none is like it."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def unique(section: str, key: str, values: Sequence[str]) -> None:
    """Raises ``ValueError`` when a value of ``key`` stands twice in ``section``."""
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{section}: {key} {value!r} is there twice")


def _words(error: ValidationError, model: type[BaseModel]) -> list[str]:
    return [
        _one(item["loc"], item["type"], item["msg"], model)
        for item in error.errors(include_url=False, include_input=False)
    ]


def _one(place: tuple[int | str, ...], kind: str, message: str, model: type[BaseModel]) -> str:
    key, known = _walk(place, model)
    if kind == "extra_forbidden":
        return f"{key}: no such key{nearest(str(place[-1]), known)}"
    if kind == "missing":
        return f"{key}: is needed"
    return f"{key}: {message.removeprefix('Value error, ')}".removeprefix(": ")


def _walk(place: tuple[int | str, ...], model: type[BaseModel]) -> tuple[str, list[str]]:
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
