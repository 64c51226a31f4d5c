"""Ask for one line of words, in either direction."""

from __future__ import annotations

from textual.app import ComposeResult

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Overlay, Press, hint
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.bidi_line import BidiLine


class LineEntry(Overlay[str]):
    """Enter gives the line, Esc none; of an empty one nothing comes."""

    def __init__(
        self, title: str, longest: int, state: SessionState, press: Press, needs: type[do.Command]
    ) -> None:
        super().__init__(state, press, needs)
        self._title = title
        self._line = BidiLine(longest, id="line")

    def compose(self) -> ComposeResult:
        """Title, line, what the keys do, and the calls."""
        with self.frame(self._title):
            yield self._line
            yield hint(self.with_phone_keys(_("Enter goes on · Esc leaves")))
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """Give the line."""
        event.stop()
        if self._line.line.strip():
            self.dismiss(self._line.line)
