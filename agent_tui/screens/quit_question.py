"""Ask before leaving while something would be missed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from agent_tui.screens import words
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.session import select
from agent_tui.session.state import SessionState


def reasons_to_stay(state: SessionState) -> tuple[str, ...]:
    """What leaving now would mean, in words; empty when nothing holds the agent."""
    reasons: list[str] = []
    if state.calls:
        reasons.append(words.QUIT_CALL)
    if select.unsaved_contacts(state):
        reasons.append(words.QUIT_NOTE)
    return tuple(reasons)


class QuitQuestion(Overlay[bool]):
    """Stay, or leave all the same. The key that asked it, pressed again, leaves."""

    def __init__(self, state: SessionState, press: Press) -> None:
        super().__init__(state, press)
        self._reasons = reasons_to_stay(state)

    def compose(self) -> ComposeResult:
        """Why it asks, and two buttons."""
        with Vertical(id="overlay-box") as box:
            box.border_title = Content(words.QUIT)
            for reason in self._reasons:
                yield Static(Content(reason), markup=False)
            with Horizontal(id="answers"):
                yield Button(Content(words.STAY), id="stay")
                yield Button(Content(words.LEAVE), id="go")
            yield Static(Content(words.QUIT_KEYS), classes="overlay-hint", markup=False)
            yield self._calls

    def on_mount(self) -> None:
        """Enter stays."""
        self.query_one("#stay", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        event.stop()
        self.dismiss(event.button.id == "go")
