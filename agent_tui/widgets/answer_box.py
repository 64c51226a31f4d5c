"""The box for an answer: several lines, which Enter sends. The text belongs to one conversation."""

from __future__ import annotations

from textual import events
from textual.message import Message

from agent_tui.widgets.note_pane import NotePane


class AnswerBox(NotePane):
    """A note pane that Enter sends; a line break comes with what is pasted."""

    class Submitted(Message):
        """The agent pressed Enter."""

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Submitted())
            return
        await super()._on_key(event)

    def begin_anew(self, text: str = "") -> None:
        """What stood here was sent, or stands here again."""
        self._load(text)
