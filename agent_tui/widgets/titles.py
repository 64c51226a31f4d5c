"""The titles in a part's border."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from agent_tui.widgets.cells import cut, title_room


def entitle(part: Widget, title: str, subtitle: str) -> None:
    """Put ``title`` into the border of ``part`` and ``subtitle`` below, as much of each as has room.

    A part that has no place yet gets all of both. What stands there is left: Textual paints the whole part
    anew for each title that it is given.
    """
    width = part.outer_size.width
    above, below = (Content(cut(words, title_room(width)) if width else words) for words in (title, subtitle))
    if part.border_title != above.markup:
        part.border_title = above
    if part.border_subtitle != below.markup:
        part.border_subtitle = below
