"""Reading a scenario: what is wrong with one is told with its file and line, all of it at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bots.scenario import ActorKind, Scenario, Step, misfit
from centre.toml_file import nearest

_TABLE = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")

Place = tuple[int | str, ...]


class ScenarioError(Exception):
    """A scenario cannot be played. ``str(error)`` has a line for each thing that is wrong."""


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """A scenario, and the line of the file where each step begins."""

    path: Path
    scenario: Scenario
    lines: tuple[int, ...]


def read(path: Path) -> ScenarioFile:
    """The scenario in ``path``. Raises ``ScenarioError``."""
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: {error}") from None
    try:
        scenario = Scenario.model_validate(values)
    except ValidationError as error:
        raise ScenarioError("\n".join(_problems(path, error, text))) from None
    lines = tuple(line_of(("steps", number), text) for number in range(len(scenario.steps)))
    wrong = [
        f"{path}:{line}: {words}"
        for line, step in zip(lines, scenario.steps, strict=True)
        if (words := misfit(scenario, step))
    ]
    if wrong:
        raise ScenarioError("\n".join(wrong))
    return ScenarioFile(path, scenario, lines)


def line_of(place: Place, text: str) -> int:
    """The line where the key at ``place`` stands, or else its table; the first where neither does."""
    table, rows, number_of = "", -1, {str(place[0]): -1} if place else {}
    row = place[1] if len(place) > 1 and isinstance(place[1], int) else None
    keys = [part for part in place[1:] if isinstance(part, str)]
    found = 1
    for number, line in enumerate(text.splitlines(), 1):
        if head := _TABLE.match(line):
            table = head[1]
            number_of[table] = rows = number_of.get(table, -1) + 1
        here = bool(place) and table == place[0] and rows == row
        if here and (found == 1 or head):
            found = max(found, number)
        key = _KEY.match(line)
        if here and key and key[1] in keys:
            return number
        if row is None and not table and key and place and key[1] == place[0]:
            return number
    return found


def _problems(path: Path, error: ValidationError, text: str) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False):
        place = tuple(item["loc"])
        yield f"{path}:{line_of(place, text)}: {_words(place, item['type'], item['msg'])}"


def _words(place: Place, kind: str, message: str) -> str:
    key = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return f"no such key {key!r}{nearest(key, _keys_at(place))}"
    if kind == "missing":
        return f"{key!r} is needed"
    words = message.removeprefix("Value error, ")
    whole_table = not place or isinstance(place[-1], int) or key in _KINDS
    return words if whole_table else f"{key}: {words}"


def _keys_at(place: Place) -> Sequence[str]:
    """The keys that the table at ``place`` may hold."""
    model = next((_STEPS[part] for part in place if isinstance(part, str) and part in _STEPS), None)
    return list((model or Scenario).model_fields)


_STEPS = {kind.__name__: kind for kind in Step.__subclasses__()}
_KINDS = {*_STEPS, *ActorKind}
"""What pydantic puts into a place to say which of several tables it is."""
