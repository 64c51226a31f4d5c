"""Script files: guidance for one queue in one language, written in TOML, read into a ``Script``.

    queue = "support"
    language = "en"
    title = "Technical support"

    [[steps]]
    id = "close"
    title = "Close, {first_name}"
    answers = ["yes", "no"]
    when = [{ answer = "fault", operator = "is", values = ["line"] }]

Nothing in a script is evaluated: conditions are data, ``{fact}`` is a plain name. Errors name file, line and
step.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from edge.text import clean
from hub.contract import Condition, Script, Step

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLACE = re.compile(r"\{[a-z][a-z0-9_]*\}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")
_STEP_HEADER = re.compile(r"^\s*\[\[\s*steps\s*\]\]", re.MULTILINE)
_MOST_STEPS = 200
_TOP_KEYS = frozenset({"queue", "language", "title", "steps"})
_TITLE = 120
_TEXT = 2000


class ScriptError(Exception):
    """A script file cannot be used. ``str(error)`` names file, line, step and what is wrong."""


@dataclass(frozen=True, slots=True)
class QueueScript:
    """A script and the queue it serves."""

    queue: str
    script: Script


def parse_script(name: str, data: bytes) -> QueueScript:
    """The script in ``data``, the content of the file ``name`` (its stem is the script's id).

    Raises ``ScriptError``.
    """
    try:
        text = data.decode()
        values = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ScriptError(f"{name}: {error}") from None
    unknown = sorted(values.keys() - _TOP_KEYS)
    if unknown:
        raise ScriptError(f"{name}: no such key: {unknown[0]}")
    steps = _steps(name, text, values.get("steps", []))
    queue = values.get("queue")
    if not isinstance(queue, str) or not queue:
        raise ScriptError(f"{name}: queue: the queue's name is missing")
    try:
        script = Script(
            id=name.removesuffix(".toml"),
            title=_cleaned(values.get("title"), _TITLE),
            language=values.get("language", ""),
            revision=hashlib.sha256(data).hexdigest()[:12],
            steps=steps,
        )
    except ValidationError as error:
        raise ScriptError(f"{name}: {_words(error)}") from None
    return QueueScript(queue, script)


def _steps(name: str, text: str, rows: object) -> tuple[Step, ...]:
    if not isinstance(rows, list) or not rows or len(rows) > _MOST_STEPS:
        raise ScriptError(f"{name}: steps: between 1 and {_MOST_STEPS} [[steps]] are needed")
    lines = [text.count("\n", 0, match.end()) + 1 for match in _STEP_HEADER.finditer(text)]
    earlier: dict[str, Step] = {}
    for number, row in enumerate(rows):
        place = f"{name}: line {lines[number]}" if number < len(lines) else name
        try:
            step = _step(row)
            _check(step, earlier)
        except ValidationError as error:
            raise ScriptError(f"{place}: {_label(row, number)}: {_words(error)}") from None
        except ValueError as error:
            raise ScriptError(f"{place}: {_label(row, number)}: {error}") from None
        earlier[step.id] = step
    return tuple(earlier.values())


def _step(row: object) -> Step:
    if not isinstance(row, Mapping):
        raise ValueError("a step is a table")  # noqa: TRY004 - told with the other faults of a file
    values: dict[str, Any] = dict(row)
    for key, limit in (("title", _TITLE), ("text", _TEXT)):
        if key in values:
            values[key] = _cleaned(values[key], limit, multiline=key == "text")
    if isinstance(values.get("answers"), list):
        values["answers"] = [_cleaned(answer, _TITLE) for answer in values["answers"]]
    return Step.model_validate(values)


def _check(step: Step, earlier: Mapping[str, Step]) -> None:
    if not _NAME.fullmatch(step.id):
        raise ValueError("id: small letters, digits and _ only")
    if step.id in earlier:
        raise ValueError("id: there is an earlier step of this name")
    for braces in _BRACES.findall(step.title + step.text):
        if not _PLACE.fullmatch(braces):
            raise ValueError(f"{braces}: between braces stands the plain name of a fact")
    for condition in step.when:
        _check_condition(condition, earlier)


def _check_condition(condition: Condition, earlier: Mapping[str, Step]) -> None:
    if (condition.fact is None) == (condition.answer is None):
        raise ValueError("when: a condition asks for one of fact and answer")
    if condition.operator in {"is", "is_not"} and not condition.values:
        raise ValueError(f"when: {condition.operator!r} needs values")
    if condition.fact is not None and not _NAME.fullmatch(condition.fact):
        raise ValueError(f"when: {condition.fact!r} is no plain name of a fact")
    if condition.answer is None:
        return
    asked = earlier.get(condition.answer)
    if asked is None or not asked.answers:
        raise ValueError(f"when: no earlier step {condition.answer!r} has answers")
    for value in condition.values:
        if value not in asked.answers:
            raise ValueError(f"when: {value!r} is no answer of step {condition.answer!r}")


def _cleaned(value: object, limit: int, *, multiline: bool = False) -> Any:
    """Text made safe to show; anything else stays, for the model to refuse."""
    return clean(value, limit=limit, multiline=multiline) if isinstance(value, str) else value


def _label(row: object, number: int) -> str:
    named = row.get("id") if isinstance(row, Mapping) else None
    return f"step {named!r}" if named else f"step {number + 1}"


def _words(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    return f"{key}: {'no such key' if first['type'] == 'extra_forbidden' else first['msg']}"
