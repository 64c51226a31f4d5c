"""One line to write in, in both directions: a few words, not a note."""

from __future__ import annotations

from textual import events
from textual.message import Message

from agent_tui.widgets.bidi_text_area import BidiTextArea
from edge.text import clean


class BidiLine(BidiTextArea):
    """As much as ``longest`` characters; what is more is not read. Enter gives it, and breaks no line."""

    class Submitted(Message):
        """The agent pressed Enter."""

    def __init__(self, longest: int, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", compact=True)
        self.cursor_blink = False
        self._longest = longest

    @property
    def line(self) -> str:
        """What is written, clean."""
        return clean(self.text, limit=self._longest).strip()

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
            return
        await super()._on_key(event)

    def on_paste(self, event: events.Paste) -> None:
        """A pasted text comes from outside, so it passes the same gate as all others before it is taken."""
        event.text = clean(event.text, limit=self._longest)
