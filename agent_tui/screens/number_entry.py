"""Ask for a number: to dial, or to transfer to."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from agent_tui.commands import model as do
from agent_tui.screens.overlay import LONGEST_TITLE, Overlay, Press, hint
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.cells import cut

_LONGEST = 120


class NumberEntry(Overlay[str]):
    """One line for a number, an extension or a ``sip:`` address. Enter gives it, Esc gives none."""

    def __init__(self, title: str, state: SessionState, press: Press, needs: type[do.Command]) -> None:
        super().__init__(state, press, needs, state.active if needs is do.Transfer else None)
        self._title = title

    def compose(self) -> ComposeResult:
        """Title, line, what the keys do, and the calls."""
        with Vertical(id="overlay-box") as box:
            box.border_title = Content(cut(self._title, LONGEST_TITLE))
            yield BidiInput(max_length=_LONGEST, id="number")
            yield hint(_("number, extension or sip: address"))
            yield hint(_("Enter goes on · Esc leaves · F2 answers, F8 hangs up"))
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one("#number", BidiInput).focus()

    def on_input_submitted(self, event: BidiInput.Submitted) -> None:
        """Give the number; an empty line is no answer."""
        number = event.value.strip()
        if number:
            self.dismiss(number)
