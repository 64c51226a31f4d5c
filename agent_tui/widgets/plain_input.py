"""One line of what has no Hebrew in it: an address, a name at the hub, a secret."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widgets import Input

from agent_tui.widgets.editing_keys import INPUT_KEYS
from edge.text import clean

LONGEST = 250


class PlainInput(Input, inherit_bindings=False):
    """Written from the left in every language. A ``secret`` is never shown; one with ``shown_here``
    while it is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = INPUT_KEYS

    def __init__(
        self,
        value: str = "",
        placeholder: str = "",
        *,
        id: str,  # noqa: A002 - Textual's own name
        secret: bool = False,
        shown_here: bool = False,
    ) -> None:
        hidden = secret or shown_here
        super().__init__(value or None, placeholder, id=id, max_length=LONGEST, compact=True, password=hidden)
        self.cursor_blink = False
        self._shown_here = shown_here

    def on_focus(self) -> None:
        """A long code is typed from a letter: whoever types it sees it."""
        if self._shown_here:
            self.password = False

    def on_blur(self) -> None:
        """Nobody else does."""
        if self._shown_here:
            self.password = True

    def on_paste(self, event: events.Paste) -> None:
        """A pasted text comes from outside: one clean line of it."""
        event.text = clean(event.text, limit=LONGEST)
