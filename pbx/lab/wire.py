"""Events and rows of ``hub.ports.pbx`` as JSON values, and back: what travels on the control socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, get_args, get_origin, get_type_hints

from hub.ports import pbx

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

LONGEST_LINE = 256 * 1024
"""Bytes of a line: a snapshot of full queues fits; more is not of this language."""

JsonObject: TypeAlias = dict[str, Any]

_EVENTS: dict[str, type[pbx.PbxEvent]] = {kind.__name__: kind for kind in get_args(pbx.PbxEvent)}


class WireError(Exception):
    """A line or a value that is not of the control socket's language."""


def line(message: Mapping[str, Any]) -> bytes:
    """One JSON object and its line end."""
    return json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def read_line(data: bytes) -> JsonObject:
    """The object in a line. Raises ``WireError``."""
    try:
        message = json.loads(data)
    except ValueError:
        raise WireError("not JSON") from None
    if not isinstance(message, dict):
        raise WireError("not a JSON object")
    return message


def event_to_json(event: pbx.PbxEvent) -> JsonObject:
    """An event with its name under ``event``."""
    return {"event": type(event).__name__, **_plain(event)}


def event_from_json(message: JsonObject) -> pbx.PbxEvent:
    """The event a message carries. Raises ``WireError``."""
    kind = _EVENTS.get(str(message.get("event")))
    if kind is None:
        raise WireError("no such event")
    made: pbx.PbxEvent = _made(kind, {name: value for name, value in message.items() if name != "event"})
    return made


def rows_to_json(rows: tuple[pbx.QueueRow, ...]) -> list[JsonObject]:
    """A snapshot of the queues."""
    return [_plain(row) for row in rows]


def rows_from_json(value: object) -> tuple[pbx.QueueRow, ...]:
    """The snapshot again. Raises ``WireError``."""
    rows: tuple[pbx.QueueRow, ...] = _made(tuple[pbx.QueueRow, ...], value)
    return rows


def _plain(instance: DataclassInstance) -> JsonObject:
    def factory(items: list[tuple[str, Any]]) -> JsonObject:
        return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in items}

    return asdict(instance, dict_factory=factory)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    """``value`` as ``kind``: a dataclass, a tuple of one kind, an enum, an aware datetime or a scalar."""
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise WireError("a list was expected")
        return tuple(_made(get_args(kind)[0], item) for item in value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    try:
        if kind is datetime:
            return _aware(value)
        if issubclass(kind, Enum):
            return kind(value)
    except (TypeError, ValueError):
        raise WireError(f"no {kind.__name__}") from None
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise WireError(f"a {kind.__name__} was expected")
    return value


def _dataclass(kind: Any, value: Any) -> Any:
    names = {item.name for item in fields(kind)}
    if not isinstance(value, dict) or value.keys() != names:
        raise WireError(f"not the fields of {kind.__name__}")
    return kind(**{name: _made(_hints(kind)[name], item) for name, item in value.items()})


def _aware(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment
