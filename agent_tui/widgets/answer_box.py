"""The box for an answer: several lines, which Enter sends. The text belongs to one conversation."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from agent_tui.widgets.note_pane import NotePane, Typed


class AnswerBox(NotePane):
    """A note pane that Enter sends; a line break comes with what is pasted."""

    def __init__(self, *, id: str, typed: Typed, sends: Callable[[], None]) -> None:  # noqa: A002 - Textual's
        """``sends`` is called at Enter before the next key is taken: what follows is of another answer."""
        super().__init__(id=id, typed=typed)
        self._sends = sends

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._sends()
            return
        await super()._on_key(event)

    def begin_anew(self, text: str = "") -> None:
        """What stood here was sent, or stands here again."""
        self._load(text)
