"""A box that says in its border what it is, and which keys are at hand."""

from __future__ import annotations

from textual.containers import Vertical

from agent_tui.widgets.least_room import too_small
from agent_tui.widgets.titles import entitle


class Frame(Vertical):
    """``box`` is its id. Title and keys are plain text in logical order, cut to the border before they are in
    visual order: a name that is too long loses its end, never the beginning that stands at the right.
    """

    def __init__(self, title: str, keys: str, *, box: str, classes: str = "") -> None:
        super().__init__(id=box, classes=classes)
        self._says = (title, keys)

    def say(self, title: str, keys: str) -> None:
        """Other words, as in another language."""
        if self._says != (title, keys):
            self._says = (title, keys)
            self._entitle()

    def on_resize(self) -> None:
        """Cut them to the new width."""
        self._entitle()

    def _entitle(self) -> None:
        title, keys = self._says
        lacks_room = too_small(self.app.size) if self.outer_size == self.app.size else None
        title = title if lacks_room is None else f"▲ {lacks_room}"  # what else would say so lies below
        entitle(self, title, keys)
