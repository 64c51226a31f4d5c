"""What is done to an agent's presence by others: the act, how the desk hears of it, and who looks it up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.agents import Presence
from hub.contract.base import Model


class PresenceOrder(Model):
    """A supervisor pauses an agent or logs them out; ``words`` are what the agent reads."""

    presence: Literal[Presence.AWAY, Presence.OFFLINE]
    words: Annotated[str, Field(min_length=1, max_length=80)]


class PresenceSetEvent(Model):
    """The agent's presence is another now, by no choice of theirs. ``by``: whose act; "" for a rule."""

    kind: Literal["presence_set"] = "presence_set"
    by: str = ""
    presence: Presence
    words: str


class AuditEntry(Model):
    """One act on another's presence, or with a password. ``who`` did ``what`` to ``whom``: agents' ids, or in
    brackets the command line.
    """

    serial: int
    who: str
    what: str
    whom: str
    words: str
    at: datetime
