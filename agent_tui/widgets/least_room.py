"""The least room that the desk needs, and what it says where a window has less of it."""

from __future__ import annotations

from typing import Final

from textual.geometry import Size

from agent_tui.text.catalogue import Phrase

LEAST_ROOM: Final = Size(60, 20)
"""In cells. In less, something of the desk or of what lies over it falls out of the window."""


def too_small(window: Size) -> Phrase | None:
    """What is to be said of a window of this size; None where it is large enough."""
    if window.width >= LEAST_ROOM.width and window.height >= LEAST_ROOM.height:
        return None
    return Phrase(
        "Window too small: {size}, needed {least}",
        size=f"{window.width}×{window.height}",
        least=f"{LEAST_ROOM.width}×{LEAST_ROOM.height}",
    )
