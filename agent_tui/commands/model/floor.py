"""What a trainer or supervisor can do with the agents of the floor."""

from __future__ import annotations

from typing import TypeAlias

from edge.message import message
from hub.contract import ListenMode


@message
class WatchFloor:
    """Ask how the floor stands now."""


@message
class LeaveFloor:
    """Nothing of it is needed any more."""


@message
class Listen:
    """Hear an agent's talk, and be heard as ``mode`` says; who hears them already goes on otherwise."""

    agent: str
    mode: ListenMode


@message
class WriteCoachNote:
    """Put a line on the desk of an agent, whose name is ``name``."""

    agent: str
    name: str
    text: str


OfFloor: TypeAlias = WatchFloor | LeaveFloor | Listen | WriteCoachNote
