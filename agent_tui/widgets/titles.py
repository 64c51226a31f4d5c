"""The titles in a part's border."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from agent_tui.widgets.cells import cut, title_room

_NO_PLACE_YET = 10_000
"""Cells: more than any title takes."""


def entitle(part: Widget, title: str, subtitle: str) -> None:
    """Put ``title`` into the border of ``part`` and ``subtitle`` below, as much of each as has room.

    A part that has no place yet gets all of both. What stands there is left: Textual paints the whole part
    anew for each title that it is given.
    """
    room = title_room(part.outer_size.width or _NO_PLACE_YET)
    above, below = cut(title, room), cut(subtitle, room)
    if part.border_title != Content(above).markup:
        part.border_title = Content(above)
    if part.border_subtitle != Content(below).markup:
        part.border_subtitle = Content(below)
