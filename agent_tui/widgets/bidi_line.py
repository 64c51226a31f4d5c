"""One line to write in, in both directions: a few words, not a note."""

from __future__ import annotations

from textual import events
from textual.message import Message

from agent_tui.widgets.bidi_text_area import BidiTextArea
from edge.text import clean


class BidiLine(BidiTextArea):
    """It takes ``longest`` characters. Enter gives it, and breaks no line."""

    class Submitted(Message):
        """The agent pressed Enter."""

    def __init__(self, longest: int, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", compact=True)
        self.cursor_blink = False
        self.longest: int = longest

    @property
    def line(self) -> str:
        """What is written, clean."""
        return clean(self.text, limit=self.longest).strip()

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
            return
        await super()._on_key(event)

    def on_paste(self, event: events.Paste) -> None:
        """A pasted text comes from outside, so it passes the same gate as all others before it is taken."""
        event.stop()  # what reaches the screen no part took
        event.text = self._fitting(event.text)

    def action_paste(self) -> None:
        """The same for what was copied on the desk, which may be several lines of a note."""
        result = self._replace_via_keyboard(self._fitting(self.app.clipboard), *self.selection)
        if result is not None:
            self.move_cursor(result.end_location)

    def _fitting(self, text: str) -> str:
        room = self.room(self.selected_text)
        return clean(text, limit=room) if room else ""
