"""The note: a text area that belongs to the agent, and never to what arrives meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from textual import events
from textual.content import Content
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from agent_tui.widgets.bidi_text_area import BidiTextArea
from agent_tui.widgets.titles import entitle
from edge.text import clean

LONGEST = 10_000
"""Characters, as ``hub.contract.LONGEST_NOTE`` has it, which no widget knows."""


Typed: TypeAlias = Callable[[str, str], None]
"""Takes a contact, and the note for it as it now stands."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """The note of one contact; no contact, no note."""

    contact: str = ""
    text: str = ""
    writable: bool = False
    title: str = ""
    subtitle: str = ""
    hint: str = ""


class NotePane(BidiTextArea):
    """The note of the contact that the agent works on.

    While a contact stays the same, what stands here is what the agent typed: an answer from the hub never
    changes it. Only another contact, or a draft that arrives while nothing was typed, brings other text.
    """

    longest = LONGEST

    def __init__(self, *, id: str, typed: Typed) -> None:  # noqa: A002 - Textual's own name
        """``typed`` is called with each change before the next key is taken. A message would come only after
        all the keys that wait, and what they say would be lost with the desk.
        """
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", read_only=True)
        self.cursor_blink = False
        self._typed = typed
        self._view = NoteView()
        self._touched = False
        self._told = ""

    def show(self, view: NoteView) -> None:
        """Show this contact's note, or the same contact's note with its new standing."""
        before = self._view
        if view == before:
            return
        moved = view.contact != before.contact
        if moved:
            self.tell()
        self._view = view
        if moved or (view.text != self.text and not self._touched):
            self._load(view.text)
        self.read_only = not view.writable
        self.show_cursor = view.writable
        self._dress(before, view)

    def tell(self) -> None:
        """Tell what was typed and not yet told."""
        text = self.text[:LONGEST]
        if self._touched and self._view.contact and text != self._told:
            self._told = text
            self._typed(self._view.contact, text)

    def edit(self, edit: Edit) -> EditResult:
        """Every change by the agent's hand comes through here; a text that is loaded does not."""
        self._touched = True
        result = super().edit(edit)
        self.tell()
        return result

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Tell what stands here now: undoing and redoing is no edit."""
        event.stop()
        self.tell()

    def on_paste(self, event: events.Paste) -> None:
        """A pasted text comes from outside, so it passes the same gate as all others before it is taken."""
        event.stop()  # what reaches the desk no part took
        event.text = self.cleaned(event.text, instead=self.selected_text)

    def cleaned(self, pasted: str, *, instead: str = "") -> str:
        """As much of it as the note still holds, in place of what is selected."""
        room = self.room(instead)
        return clean(pasted, limit=room, multiline=True) if room else ""

    def write(self, text: str) -> None:
        """Put what was typed elsewhere where the cursor is. What is selected stays: nobody looks at it."""
        self.insert(text, maintain_selection_offset=False)

    def add(self, contact: str, text: str) -> bool:
        """Put ``text`` into lines of its own at the end, where the note is that of ``contact``."""
        if self.read_only or self._view.contact != contact:
            return False
        begun = self.text and not self.text.endswith("\n")
        self.insert(f"\n{text}" if begun else text, self.document.end, maintain_selection_offset=False)
        self.move_cursor(self.document.end)
        return True

    def _load(self, text: str) -> None:
        self._touched = False
        self._told = text
        self.load_text(text)
        self.move_cursor(self.document.end)

    def on_resize(self) -> None:
        """Cut the titles to the new width."""
        entitle(self, self._view.title, self._view.subtitle)

    def _dress(self, before: NoteView, view: NoteView) -> None:
        if (view.title, view.subtitle) != (before.title, before.subtitle):
            entitle(self, view.title, view.subtitle)
        if view.hint != before.hint:
            self.placeholder = Content(view.hint)
