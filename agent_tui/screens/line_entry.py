"""Ask for one line of words, in either direction."""

from __future__ import annotations

from textual.app import ComposeResult

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.bidi_line import BidiLine


class LineEntry(Typing[str]):
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
            yield self._obstacle
            yield self._calls

    @property
    def typed(self) -> str:
        """The words so far."""
        return self._line.line

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """Give the line; one that is not possible now waits."""
        event.stop()
        if self.typed and not self.why_not:
            self.dismiss(self.typed)
