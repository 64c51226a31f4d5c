"""The floor: how every agent stands and whose call they have, and who waits; for trainers and supervisors."""

from __future__ import annotations

from datetime import datetime

from hub.contract.agents import Presence
from hub.contract.base import Model
from hub.contract.directory import Line
from hub.contract.listening import Coach


class FloorCall(Model):
    """A caller who rings, talks or waits. ``since`` is when that began; ``held``: on hold now."""

    contact: str
    queue_title: str
    number: str
    name: str
    since: datetime
    held: bool = False


class FloorAgent(Model):
    """An agent. ``call`` is the talk they are in, else the ring at them; ``owes``: a wrap-up, since when."""

    agent: str
    name: str
    presence: Presence
    reason: str = ""
    line: Line
    since: datetime | None = None
    desk: bool
    call: FloorCall | None = None
    rings: bool = False
    owes: datetime | None = None
    coaches: tuple[Coach, ...] = ()


class FloorView(Model):
    """All of it at one moment, ``at``. Who waits longest comes first."""

    at: datetime
    agents: tuple[FloorAgent, ...]
    waiting: tuple[FloorCall, ...]
