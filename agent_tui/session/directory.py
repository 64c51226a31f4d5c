"""Whom the agent can call or hand on to: found by what is typed, those who can take a call first. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Final, Literal

from agent_tui.session.pauses import told_to
from agent_tui.session.state import Link, SessionState
from agent_tui.text.catalogue import Told
from hub.contract import Colleague, DirectoryEntry, Line, Me, Presence


class Standing(Enum):
    """How somebody stands, in the order in which they are listed."""

    FREE = auto()
    PLACE = auto()
    """A number of the centre's: nobody knows who is there, and somebody answers."""
    UNKNOWN = auto()
    AWAY = auto()
    PAUSED = auto()
    WRAP_UP = auto()
    RINGING = auto()
    TALKING = auto()
    OFFLINE = auto()
    """Chosen by them. The exchange has them in no queue then, and tells nothing of their telephone."""
    UNREACHABLE = auto()


REFUSED = frozenset({Standing.RINGING, Standing.TALKING, Standing.UNREACHABLE})
"""The telephone is not free, so the exchange refuses a transfer to it: there is no such extension then in
``[transfers]`` of ``pbx/templates/extensions.conf``.
"""
HARDLY = frozenset({Standing.AWAY, Standing.PAUSED, Standing.WRAP_UP, Standing.OFFLINE})
"""The telephone may be free and ring; whether somebody answers is another matter."""

_TAKEN: Final[Mapping[Line, Standing]] = {
    "busy": Standing.TALKING,
    "ringing": Standing.RINGING,
    "unreachable": Standing.UNREACHABLE,
}
_READY: Final[Mapping[Line, Standing]] = {
    "free": Standing.FREE,
    "wrap_up": Standing.WRAP_UP,
    "paused": Standing.PAUSED,
}


@dataclass(frozen=True, slots=True)
class Contact:
    """A line of the directory. ``since`` is when they came to stand so, where anybody knows.

    ``also`` is another name by which they are found, which is not shown.
    """

    key: str
    name: str
    number: str
    standing: Standing
    reason: Told = ""
    since: datetime | None = None
    kind: Literal["colleague", "external", "department", "queue"] = "colleague"
    also: str = ""


def contacts(state: SessionState) -> tuple[Contact, ...]:
    """All but the agent, those who can take a call first, else in the centre's order."""
    own = state.me.agent if state.me is not None else ""
    live = state.hub is Link.UP and state.pbx is Link.UP
    listed = state.directory
    everybody = (
        *(_colleague(one, state.me, live) for one in listed.colleagues if one.agent != own),
        *(_place(one) for one in listed.entries),
    )
    return tuple(sorted(everybody, key=lambda one: one.standing.value))


def found(everybody: tuple[Contact, ...], typed: str) -> tuple[Contact, ...]:
    """Those in whose name or number each typed word stands."""
    words = typed.casefold().split()
    return tuple(one for one in everybody if all(_fits(one, word) for word in words))


def kept_in_order(before: tuple[Contact, ...], now: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """``now`` in the order of ``before``, whoever is new at the end: no row moves under the finger."""
    left = {one.key: one for one in now}
    return (*(left.pop(one.key) for one in before if one.key in left), *left.values())


def names_somebody(typed: str) -> bool:
    """Whether it can only be a name: what has no letter is dialled as it was typed."""
    return any(one.isalpha() for one in typed)


def _fits(one: Contact, word: str) -> bool:
    if word in f"{one.name} {one.also}".casefold():
        return True
    digits = "" if names_somebody(word) else _digits(word).lstrip("0")
    return bool(digits) and digits in _digits(one.number)


def _digits(text: str) -> str:
    return "".join(one for one in text if one.isdecimal())


def _colleague(one: Colleague, me: Me | None, live: bool) -> Contact:
    standing = _standing(one) if live else Standing.UNKNOWN
    away = standing is Standing.AWAY
    return Contact(
        key=f"colleague {one.agent}",
        name=one.name,
        number=one.number,
        standing=standing,
        reason=told_to(me, one.reason) if away else "",
        since=one.since if live else None,
        also=one.agent,
    )


def _standing(one: Colleague) -> Standing:
    """A telephone that is not free counts before what was chosen; what was chosen before what is owed."""
    taken = _TAKEN.get(one.line)
    if taken is not None or one.presence is Presence.OFFLINE:
        return taken or Standing.OFFLINE
    if one.presence is Presence.AWAY and one.line != "unknown":
        return Standing.AWAY
    return _READY.get(one.line, Standing.UNKNOWN)


def _place(one: DirectoryEntry) -> Contact:
    return Contact(f"place {one.number}", one.name, one.number, Standing.PLACE, kind=one.kind)
