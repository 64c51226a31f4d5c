"""Ask before leaving while something would be missed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from agent_tui.screens.overlay import Overlay, Press, hint, paragraph
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import _
from agent_tui.widgets.mirrored import SideBySide


def reasons_to_stay(state: SessionState) -> tuple[str, ...]:
    """What leaving now would mean, in words; empty when nothing holds the agent."""
    reasons: list[str] = []
    if state.calls:
        reasons.append(_("A call is open. It goes on in the phone; start moked again to get back to it."))
    if select.unsaved_contacts(state):
        reasons.append(_("Something you wrote is not saved yet. It would be lost."))
    return tuple(reasons)


class QuitQuestion(Overlay[bool]):
    """Stay, or leave all the same. The key that asked it, pressed again, leaves."""

    def __init__(self, state: SessionState, press: Press) -> None:
        super().__init__(state, press)
        self._reasons = reasons_to_stay(state)

    def compose(self) -> ComposeResult:
        """Why it asks, and two buttons."""
        with self.frame(_("Leave the desk?")):
            for reason in self._reasons:
                yield paragraph(reason)
            with SideBySide(id="answers"):
                yield Button(Content(visual_text(_("Stay"))), id="stay")
                yield Button(Content(visual_text(_("Leave"))), id="go")
            yield hint(self.with_phone_keys(_("Esc stays · Ctrl+Q again leaves")))
            yield self._calls

    def on_mount(self) -> None:
        """Enter stays."""
        self.query_one("#stay", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        event.stop()
        self.dismiss(event.button.id == "go")
