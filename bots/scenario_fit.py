"""What of a scenario fits together: each row is looked at also where others are wrong by themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bots.scenario import (
    ACTS,
    EXPECTATIONS,
    PLAIN,
    Actor,
    ActorKind,
    Agent,
    AtDesk,
    CallExpected,
    Coach,
    Customer,
    Listen,
    Name,
    OneStep,
    Step,
    WhatsAppCustomer,
    Write,
)
from centre.toml_file import nearest
from centre.toml_lines import Place
from hub.contract import ListenMode

_CALLERS = frozenset({"call", "press", "say", "hang_up", "answer", "hold", "resume", "wait"})
_AGENTS = frozenset({*ACTS, *PLAIN}) - {"say", "read", "coach", *ListenMode}
_AT_DESKS = frozenset(EXPECTATIONS) - {"key", "message"}
_ABLE: dict[ActorKind, frozenset[str]] = {
    ActorKind.CUSTOMER: _CALLERS,
    ActorKind.AGENT: _AGENTS,
    ActorKind.TRAINER: _AGENTS | {"coach", *ListenMode},
    ActorKind.WHATSAPP_CUSTOMER: frozenset({"write", "read", "wait"}),
}
_SEE: dict[ActorKind, frozenset[str]] = {
    ActorKind.CUSTOMER: frozenset({"call", "key", "sound"}),
    ActorKind.AGENT: _AT_DESKS,
    ActorKind.TRAINER: _AT_DESKS,
    ActorKind.WHATSAPP_CUSTOMER: frozenset({"message"}),
}

_ACTOR: TypeAdapter[Actor] = TypeAdapter(Actor)
_STEP: TypeAdapter[Step] = TypeAdapter(OneStep)
_NAME: TypeAdapter[str] = TypeAdapter(Name)


@dataclass(frozen=True, slots=True)
class Rows:
    """Of a file, by their places there: the actors and steps that are right by themselves, and who acts.

    ``doubtful`` are the names of the other actors, None for one that has none: nothing is known of them.
    """

    actors: Mapping[int, Actor]
    steps: Mapping[int, Step]
    acting: Mapping[int, str]
    doubtful: frozenset[str | None]


def rows_of(values: Mapping[str, Any]) -> Rows:
    """The rows of a file that holds ``values``."""
    actors, steps = _tables(values, "actors"), _tables(values, "steps")
    right = {row: one for row, told in actors.items() if (one := _read(_ACTOR, told)) is not None}
    return Rows(
        right,
        {row: one for row, told in steps.items() if (one := _read(_STEP, told)) is not None},
        {row: one for row, told in steps.items() if (one := _read(_NAME, told.get("actor"))) is not None},
        frozenset(_name(told) for row, told in actors.items() if row not in right),
    )


def misfits(rows: Rows) -> Iterator[tuple[Place, str]]:
    """What does not fit to another row, and where."""
    yield from _twins(rows.actors)
    names = {one.name: one for one in rows.actors.values()}
    for row, actor in rows.acting.items():
        step = rows.steps.get(row)
        if actor in names:
            words = (
                _misfit(step, names) if step is not None and not _doubted(step, names, rows.doubtful) else ""
            )
        else:
            words = _nobody(actor, names, rows.doubtful)
        if words:
            yield ("steps", row), words


def _tables(values: Mapping[str, Any], key: str) -> dict[int, dict[str, Any]]:
    """What stands there as tables, by their places."""
    told = values.get(key)
    return {
        row: one for row, one in enumerate(told if isinstance(told, list) else ()) if isinstance(one, dict)
    }


def _read(adapter: TypeAdapter[Any], told: object) -> Any:
    """One value by itself; None when it is wrong."""
    try:
        return adapter.validate_python(told)
    except ValidationError:
        return None


def _name(told: Mapping[str, Any]) -> str | None:
    name = told.get("name")
    return name if isinstance(name, str) else None


def _twins(actors: Mapping[int, Actor]) -> Iterator[tuple[Place, str]]:
    """Actors of whom there can be one alone."""
    names: set[str] = set()
    ringing = [row for row, one in actors.items() if isinstance(one, Customer) and one.rings]
    for row, one in actors.items():
        if one.name in names:
            yield ("actors", row, "name"), f"actors: name {one.name!r} is there twice"
        if row in ringing[1:]:
            yield ("actors", row, "rings"), "the centre's calls can ring at one customer alone"
        names.add(one.name)


def _nobody(actor: str, names: Mapping[str, Actor], doubtful: frozenset[str | None]) -> str:
    """That nobody of this name acts; empty where it may be one who is wrong."""
    if not doubtful.isdisjoint({actor, None}):
        return ""
    return f"there is no actor {actor!r}{nearest(actor, list(names))}"


def _doubted(step: Step, names: Mapping[str, Actor], doubtful: frozenset[str | None]) -> bool:
    """Whether the step names beside its actor one of whom nothing is known."""
    other = getattr(step, "agent", None) or getattr(step, "to", None)
    return other is not None and other not in names and not doubtful.isdisjoint({other, None})


def _misfit(step: Step, names: Mapping[str, Actor]) -> str:
    """Why this step is not one of its actor's; empty when it is."""
    actor = names[step.actor]
    word, acts = getattr(step, "do", None) or getattr(step, "expect", ""), hasattr(step, "do")
    if word not in (_ABLE if acts else _SEE)[actor.kind]:
        kind = "do" if acts else "expect"
        return f"{kind} = {word!r} is nothing for an actor of kind {actor.kind.value!r}"
    return _misnamed(step, actor, names)


def _misnamed(step: Step, actor: Actor, names: Mapping[str, Actor]) -> str:
    """What is wrong with whom the step names beside its actor, or with what such an actor is not told."""
    at_desk = isinstance(actor, AtDesk)
    match step:
        case CallExpected() if at_desk and (step.reason or step.status):
            return "reason and status are told of a customer's calls alone"
        case Listen() | Coach() if not isinstance(names.get(step.agent), Agent):
            return f"there is no agent {step.agent!r}"
        case Write() if at_desk and not isinstance(names.get(step.to or ""), WhatsAppCustomer):
            return "an agent writes to an actor of kind 'whatsapp_customer': say which"
        case Write() if not at_desk and step.to is not None:
            return "a customer writes to the centre: leave out to"
    return ""
