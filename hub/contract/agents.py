"""Who the agent is, what they chose, and how the exchange sees them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from hub.contract.base import Model
from hub.contract.segments import SegmentTitle


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


class MemberWish(Model):
    """How the hub wants the exchange to have this agent, in each of their queues."""

    member: bool
    paused: bool = False


class PresenceChange(Model):
    """What the agent chooses now; ``reason`` is one of ``Me.pause_reasons`` or free words, while AWAY."""

    presence: Presence
    reason: Annotated[str, Field(max_length=80)] = ""


class Disposition(Model):
    """One way a contact can end, chosen at wrap-up. ``code`` is stored, ``label`` is shown."""

    code: str
    label: str


class PauseTitle(Model):
    """A reason for being away as it was chosen in another language, and what it is called in one's own."""

    said: str
    title: str


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
    wish: MemberWish | None = None
    """How the hub last asked the exchange to have ``members``, its own pauses included; None: it did not."""
    dispositions: tuple[Disposition, ...] = ()
    pause_reasons: tuple[str, ...] = ()
    pause_titles: tuple[PauseTitle, ...] = ()
    """The centre's reasons in its other language, so that those of colleagues are read in one's own."""
    segments: tuple[SegmentTitle, ...] = ()
    """How cards name segments, where the centre does not leave it to the CRM."""
    writes: bool = False
    """Whether this centre's customers are written with by WhatsApp, and what they answer is heard here."""
    calls_back: bool = False
    """Whether this centre calls customers back: where it does not, no callback can be promised."""
    creates_customers: bool = False
    """Whether agents may put customers into this centre's CRM."""
    sees_floor: bool = False
    """Whether their role may see the floor and write to agents."""
    listens: bool = False
    """Whether they may listen in, too, which a centre without ``[listening]`` has for nobody."""
