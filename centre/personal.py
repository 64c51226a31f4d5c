"""One agent before the whole team: the customer's own, who talked with them last, or whose number it was.

A caller waits for that agent in a queue of the exchange that has no other member. Its name holds a sign that
no queue of a centre can have.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

First: TypeAlias = Literal["none", "personal", "last"]
FirstSeconds: TypeAlias = Annotated[int, Field(ge=1, le=3600)]
AwaySeconds: TypeAlias = Annotated[int, Field(ge=0, le=3600)]
Days: TypeAlias = Annotated[int, Field(ge=1, le=3650)]

_BETWEEN = "."


def personal_queue(queue: str, extension: str) -> str:
    """Where callers of ``queue`` wait for the agent at ``extension`` alone."""
    return f"{queue}{_BETWEEN}{extension}"


def team_of(name: str) -> str | None:
    """The queue whose callers wait in the personal queue ``name``; None where it is none."""
    team, between, extension = name.rpartition(_BETWEEN)
    return team if between and team and extension else None
