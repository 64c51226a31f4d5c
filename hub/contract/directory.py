"""The directory: colleagues as they stand, and the other numbers of the centre."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from hub.contract.agents import Presence
from hub.contract.base import Model

Line: TypeAlias = Literal["free", "ringing", "busy", "wrap_up", "paused", "unreachable", "unknown"]
"""How a colleague's telephone stands. ``paused``: they are ready, and calls are kept away for another reason
than a wrap-up. ``unknown``: the exchange tells nothing of them.
"""

MOST_COLLEAGUES = 500
"""In one event; of a larger centre the others follow in events of their own."""


class Colleague(Model):
    """An agent as their colleagues may see them: whether they can take a call, never whose call they have.

    ``number`` is what is dialled. ``reason`` of being away is one that the centre's file offers, else empty:
    free words, and what a supervisor wrote, are the agent's own. ``since`` is when the later of presence and
    line became what it is; None where nobody knows.
    """

    agent: str
    name: str
    number: str
    queues: tuple[str, ...] = ()
    presence: Presence
    reason: str = ""
    line: Line
    since: datetime | None = None


class DirectoryEntry(Model):
    """A number of the centre's file, named for a desk in its language."""

    name: str
    number: str
    kind: Literal["external", "department", "queue"]


class DirectoryEvent(Model):
    """Colleagues who stand otherwise than was told, latest wins, never replayed.

    A stream begins with all of them: ``whole`` replaces what the desk knew, and only then ``entries`` count.
    """

    kind: Literal["directory"] = "directory"
    whole: bool = False
    colleagues: Annotated[tuple[Colleague, ...], Field(max_length=MOST_COLLEAGUES)] = ()
    entries: tuple[DirectoryEntry, ...] = ()
