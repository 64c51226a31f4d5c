"""What is typed beside the note, while a list has the focus: it goes to the note, and so does the focus.

A list takes arrows, Enter and Space. A letter does nothing in it: who types one means the note, and would
find out only later that it stands nowhere.
"""

from __future__ import annotations

from textual import events

from agent_tui.screens.styled_once import StyledOnce
from agent_tui.widgets.note_pane import NotePane


class TypedBeside(StyledOnce[None]):
    """A screen with one ``note`` and lists around it. What reaches the screen no part took itself."""

    def __init__(self, note: NotePane) -> None:
        super().__init__()
        self._note = note

    def add_to_note(self, contact: str, text: str) -> bool:
        """Put what was typed elsewhere at the end of this contact's note; no, where another one is here."""
        return self._note.add(contact, text)

    def on_key(self, event: events.Key) -> None:
        """Letters of any language; Space chooses in a list."""
        if self._note.read_only or not event.is_printable or event.key == "space":
            return
        event.stop()
        event.prevent_default()
        self._note.focus()
        self._note.write(event.character or "")

    def on_paste(self, event: events.Paste) -> None:
        """The same of what is pasted."""
        if self._note.read_only:
            return
        event.stop()
        self._note.focus()
        self._note.write(self._note.cleaned(event.text))
