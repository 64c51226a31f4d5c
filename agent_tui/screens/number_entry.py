"""Ask for a number: to dial, or to transfer to."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from agent_tui.commands import model as do
from agent_tui.screens import words
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.session.state import SessionState
from agent_tui.widgets.bidi_input import BidiInput

_LONGEST = 120


class NumberEntry(Overlay[str]):
    """One line for a number, an extension or a ``sip:`` address. Enter gives it, Esc gives none."""

    def __init__(self, title: str, state: SessionState, press: Press, needs: type[do.Command]) -> None:
        super().__init__(state, press, needs, state.active if needs is do.Transfer else None)
        self._title = title

    def compose(self) -> ComposeResult:
        """Title, line, what the keys do, and the calls."""
        with Vertical(id="overlay-box") as box:
            box.border_title = Content(self._title)
            yield BidiInput(max_length=_LONGEST, id="number")
            yield Static(Content(words.NUMBER_HINT), classes="overlay-hint", markup=False)
            yield Static(Content(words.ENTER_LEAVES), classes="overlay-hint", markup=False)
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#number", BidiInput).focus()

    def on_input_submitted(self, event: BidiInput.Submitted) -> None:
        """Give the number; an empty line is no answer."""
        number = event.value.strip()
        if number:
            self.dismiss(number)
