"""What ``moked doctor`` tells an open desk: a JSON line for each finding, in the desk's own messages.

Phrases go over as messages with their values, so the desk says them in its language, also after it went over
to another. Values are cleaned as they come: they are what servers, certificates and devices said.
"""

from __future__ import annotations

import json
import string
from typing import Any

from agent_tui.session.findings import Finding, Verdict
from agent_tui.text.catalogue import Phrase, Told, Value
from edge.text import clean

_LONGEST = 2_000
_DEEPEST = 4
"""Phrases within phrases."""


def written(told: Finding | Told) -> str:
    """A finding, or what the agent is asked for meanwhile, as one line."""
    if not isinstance(told, Finding):
        return json.dumps({"asked": _plain(told)})
    found = {"check": told.check, "verdict": told.verdict.value}
    return json.dumps({**found, "found": _plain(told.found), "cure": _plain(told.cure)})


def read(line: bytes) -> Finding | Told:
    """The same at the desk. Raises ``ValueError`` for what is no such line."""
    try:
        told = json.loads(line)
        if "asked" in told:
            return _told(told["asked"])
        verdict = Verdict(told["verdict"])
        return Finding(clean(str(told["check"])), verdict, _told(told["found"]), _told(told["cure"]))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from None


def _plain(told: Value) -> Any:
    if not isinstance(told, Phrase):
        return told
    values = {name: _plain(value) for name, value in told.values}
    return {
        "text": told.text,
        "many": told.many,
        "count": told.count,
        "context": told.context,
        "values": values,
    }


def _told(plain: Any) -> Told:
    value = _value(plain, _DEEPEST)
    return value if isinstance(value, Phrase) else str(value)


def _value(plain: Any, deeper: int) -> Value:
    if isinstance(plain, (int, float)):
        return plain
    if isinstance(plain, str):
        return clean(plain, limit=_LONGEST)
    if not deeper:
        raise ValueError("too deep")
    values = {str(name): _value(value, deeper - 1) for name, value in plain["values"].items()}
    message = Phrase.read(
        str(plain["text"]), str(plain["many"]), int(plain["count"]), str(plain["context"]), values
    )
    for text in (message.text, message.many):
        if not {name for _, name, _, _ in string.Formatter().parse(text) if name} <= {*values, "count"}:
            raise ValueError("a value is missing")
    return message
