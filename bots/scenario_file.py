"""Reading a scenario: all that is wrong with one is told at once, with file and line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from bots.scenario import ActorKind, Scenario, Step
from bots.scenario_fit import misfits, rows_of
from centre.toml_file import nearest, place_of
from centre.toml_lines import Place, line_at, lines_of, unread, unreadable


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
        raise ScenarioError(unread(path, error)) from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(unreadable(path, text, error)) from None
    found = lines_of(text)
    try:
        scenario, wrong = Scenario.model_validate(values), []
    except ValidationError as error:
        scenario, wrong = None, list(_problems(error))
    wrong += misfits(rows_of(values))
    if scenario is None or wrong:
        placed = sorted((line_at(place, found) or 1, words) for place, words in wrong)
        raise ScenarioError("\n".join(f"{path}:{line}: {words}" for line, words in placed))
    lines = tuple(line_at(("steps", number), found) or 1 for number in range(len(scenario.steps)))
    return ScenarioFile(path, scenario, lines)


def _problems(error: ValidationError) -> Iterator[tuple[Place, str]]:
    """What each row or key is wrong by itself, and where."""
    found = error.errors(include_url=False, include_input=False)
    broken = {item["loc"][:1] for item in found if len(item["loc"]) > 1}
    for item in found:
        if item["type"] == "too_short" and item["loc"] in broken:
            continue  # there are some, and none of them is right
        place, tag = place_of(item), item.get("ctx", {}).get("tag")
        if item["type"] == "union_tag_invalid":
            place = (*place, "kind")
        yield place, _no_kind(str(tag)) if tag is not None else _words(item["loc"], item["type"], item["msg"])


def _no_kind(told: str) -> str:
    known = [kind.value for kind in ActorKind]
    return f"kind = {told!r} is not known{nearest(told, known) or '; there are ' + ', '.join(known)}"


def _words(place: Place, kind: str, message: str) -> str:
    key = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        return f"no such key {key!r}{nearest(key, _keys_at(place))}"
    if kind == "union_tag_not_found":
        return "'kind' is needed"
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
