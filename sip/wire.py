"""The phone's language on its socket: one JSON object a line, in both directions.

========== =============================================================
desk       ``{"id": 1, "command": "dial", "args": {"target": "1002"}}``
phone      ``{"id": 1, "ok": true, "result": "c1"}``
phone      ``{"id": 1, "error": {"code": "no_such_call", "words": "…"}}``
phone      ``{"event": "CallEstablished", "call": "c1"}``
phone      ``{"event": "CallHeld", "call": "c1", "age": 12.5}`` (seconds, ``Retold``)
phone      ``{"event": "EngineCapabilities", "declared": ["HOLD", "DTMF"]}``
========== =============================================================

Both ends are this package; what does not fit is refused whole, never guessed. So is a capability that is not
known: over an update a phone may outlive its desk and be the older of the two, and the older one names fewer.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from enum import Flag, StrEnum
from functools import reduce
from operator import or_
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

from sip import events as ev
from sip.account import Account
from sip.audio.devices import Device, Devices
from sip.audio.sound import Profile, SoundSettings
from sip.audio.treatment import Treatment
from sip.errors import BY_CODE, PhoneError

LONGEST_LINE = 65_536
"""Bytes of one line with its end; the socket's reader refuses more."""

ATTACH = "attach"
"""The command that a desk begins with: from then on the phone is this desk's."""

_Json: TypeAlias = dict[str, Any]


class WireError(Exception):
    """A line that is not of this language."""


@dataclass(frozen=True, slots=True)
class Request:
    """A command of the desk; ``id`` comes back with the answer."""

    id: int
    command: str
    args: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a command: a result (a call's id, or nothing), or why not."""

    id: int
    result: str | None = None
    error: PhoneError | None = None


_EVENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        *get_args(ev.PhoneEvent),
        ev.EngineCapabilities,
        ev.MissedCalls,
        ev.RingSilenced,
        ev.DevicesSeen,
        ev.SoundTried,
        ev.DialledCalls,
        ev.TakenAway,
        ev.TakenOver,
    )
}
_PARTS = (
    *(ev.Party, ev.Overall, ev.MissedCall, ev.DialledCall, ev.ChosenDevices),
    *(Account, SoundSettings, Profile, Treatment, Devices, Device),
)
_HINTS = {kind: get_type_hints(kind) for kind in (*_EVENTS.values(), *_PARTS)}


def encode(message: Request | Answer | ev.PhoneReport) -> bytes:
    """One line, ASCII whatever the text is. Raises ``WireError`` for what the other end would refuse."""
    text = json.dumps(_document(message), separators=(",", ":"), default=_names)
    line = text.encode("ascii") + b"\n"
    if len(line) > LONGEST_LINE:
        raise WireError("more than a line holds")
    return line


def _names(flags: Flag) -> list[str | None]:
    """What is set among ``flags``: the one thing in this language that JSON has no form for."""
    return [flag.name for flag in flags]


def _document(message: Request | Answer | ev.PhoneReport) -> _Json:
    match message:
        case Request():
            return {"id": message.id, "command": message.command, "args": message.args}
        case Answer(error=None):
            return {"id": message.id, "ok": True, "result": message.result}
        case Answer(error=PhoneError() as error):
            return {"id": message.id, "error": {"code": error.code, "words": str(error)}}
        case ev.Retold():
            return {**_document(message.event), "age": message.age}
        case _:
            return {"event": type(message).__name__, **dataclasses.asdict(message)}


def decode_request(line: bytes) -> Request:
    """A desk's line. Raises ``WireError``."""
    document = _object(line)
    match document:
        case {"id": int(number), "command": str(command), "args": dict(args)} if len(document) == 3:  # noqa: PLR2004
            return Request(number, command, args)
        case _:
            raise WireError("not a command")


def decode_message(line: bytes) -> Answer | ev.PhoneReport:
    """A phone's line. Raises ``WireError``."""
    match _object(line):
        case {"event": str(name), **fields}:
            return _event(name, fields)
        case {"id": int(number), "ok": True, "result": None | str() as result}:
            return Answer(number, result)
        case {"id": int(number), "error": {"code": str(code), "words": str(words)}}:
            return Answer(number, error=BY_CODE.get(code, PhoneError)(words))
        case _:
            raise WireError("neither an answer nor an event")


def _event(name: str, fields: _Json) -> ev.PhoneReport:
    age = fields.pop("age", None)
    if name not in _EVENTS:
        raise WireError("an event that is not known")
    event: Any = build(_EVENTS[name], fields)
    if age is None:
        told: ev.PhoneReport = event
        return told
    if not isinstance(event, ev.CallEvent) or isinstance(age, bool) or not isinstance(age, int | float):
        raise WireError("only what happened to a call has an age, and that is seconds")
    return ev.Retold(event, max(0.0, float(age)))


def account_document(account: Account) -> _Json:
    """An account as arguments of ``register``, password and all: for the private socket alone.

    What has its usual value is left out, so that a phone that is older than its desk takes it too.
    """
    fields = dataclasses.fields(account)
    told = {field.name: (getattr(account, field.name), field.default) for field in fields}
    return {name: value for name, (value, usual) in told.items() if value != usual}


def sound_text(settings: SoundSettings) -> str:
    """The devices an agent set up, as a phone takes them when it is started."""
    return json.dumps(dataclasses.asdict(settings))


def sound_settings(text: str) -> SoundSettings:
    """The devices in such a text. Raises ``WireError``."""
    settings: SoundSettings = build(SoundSettings, _object(text.encode()))
    if not settings.profiles:
        raise WireError("no devices")
    return settings


def text_of(args: _Json, name: str) -> str:
    """A command's argument that must be a text. Raises ``WireError``."""
    value = args.get(name)
    if not isinstance(value, str):
        raise WireError(f"{name} is a text")
    return value


def build(kind: type[Any], fields: object) -> Any:
    """A dataclass of this language from its JSON fields, each of its declared type. Raises ``WireError``."""
    if not isinstance(fields, dict) or set(fields) - set(_HINTS[kind]):
        raise WireError(f"not the fields of {kind.__name__}")
    try:
        return kind(**{name: _value(_HINTS[kind][name], value) for name, value in fields.items()})
    except TypeError:
        raise WireError(f"{kind.__name__} lacks a field") from None


def _value(hint: Any, value: object) -> object:
    """``value`` if it is what ``hint`` says, with enums, flags, parties and tuples made of JSON's."""
    if get_origin(hint) in (Union, type(int | None)):
        if value is None and type(None) in get_args(hint):
            return None
        (hint,) = (one for one in get_args(hint) if one is not type(None))
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise WireError("not a list")
        return tuple(_value(get_args(hint)[0], item) for item in value)
    if dataclasses.is_dataclass(hint):
        return build(hint, value)  # type: ignore[arg-type] # is_dataclass holds for instances too
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        try:
            return hint(str(value))
        except ValueError:
            raise WireError(f"no {hint.__name__}") from None
    if isinstance(hint, type) and issubclass(hint, Flag):
        return _flags(hint, value)
    return _plain(hint, value)


def _flags(kind: type[Flag], names: object) -> Flag:
    """All that is named, each known by its name."""
    if not isinstance(names, list):
        raise WireError("not a list")
    try:
        return reduce(or_, (kind[name] for name in names), kind(0))
    except (KeyError, TypeError):
        raise WireError(f"no {kind.__name__}") from None


def _plain(hint: Any, value: object) -> object:
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, bool) is not (hint is bool) or not isinstance(value, hint):
        raise WireError(f"not a {hint.__name__}")
    return value


def _object(line: bytes) -> _Json:
    if len(line) > LONGEST_LINE:
        raise WireError("a line that is too long")
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        raise WireError("not JSON") from None
    if not isinstance(document, dict):
        raise WireError("not an object")
    return document
