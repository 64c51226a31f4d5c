"""The least room that the desk needs, and what it says where a window has less of it."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from textual.geometry import Size

from agent_tui.text.catalogue import Phrase

LEAST_ROOM: Final = Size(60, 20)
"""In cells. In less, something of the desk or of what lies over it falls out of the window."""

_MORE: Final = (80, 110)
"""Columns from which lists have more room."""


class Room(IntEnum):
    """How much of a line a list has for its columns."""

    LEAST = 0
    SOME = 1
    ENOUGH = 2


def room_of(width: int) -> Room:
    """The room of a window so many cells wide."""
    return Room(sum(width >= least for least in _MORE))


def too_small(window: Size) -> Phrase | None:
    """What is to be said of a window of this size; None where it is large enough."""
    if window.width >= LEAST_ROOM.width and window.height >= LEAST_ROOM.height:
        return None
    return Phrase(
        "Window too small: {size}, needed {least}",
        size=f"{window.width}×{window.height}",
        least=f"{LEAST_ROOM.width}×{LEAST_ROOM.height}",
    )
