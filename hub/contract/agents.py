"""Who the agent is, what they chose, and how the exchange sees them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model


class Presence(StrEnum):
    """What the agent chose to be."""

    READY = "ready"
    AWAY = "away"
    OFFLINE = "offline"


class MemberView(Model):
    """How the exchange sees this agent in one queue: the truth beside the agent's intent."""

    queue: str
    state: Literal["free", "ringing", "busy", "on_hold", "unavailable"]
    paused: bool
    reason: str = ""


class PresenceChange(Model):
    """What the agent chooses now; ``reason`` is one of ``Me.pause_reasons`` or free words, while AWAY."""

    presence: Presence
    reason: Annotated[str, Field(max_length=80)] = ""


class Disposition(Model):
    """One way a contact can end, chosen at wrap-up. ``code`` is stored, ``label`` is shown."""

    code: str
    label: str


class Me(Model):
    """Who the token belongs to, what they chose, and how the exchange sees them."""

    agent: str
    name: str
    extension: str
    language: Literal["en", "he"] = "en"
    presence: Presence
    reason: str = ""
    presence_since: datetime | None = None
    """When presence or reason was last changed; None before the first choice."""
    queues: tuple[str, ...]
    members: tuple[MemberView, ...] = ()
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: tuple[str, ...] = ()
