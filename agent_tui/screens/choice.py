"""Ask for one of a few."""

from __future__ import annotations

from textual.app import ComposeResult

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Overlay, Press, hint
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Cell, Page, Row
from agent_tui.widgets.sheet import Sheet


class Choice(Overlay[str]):
    """Rows to choose from by arrows and Enter, or by mouse; gives the chosen row's key.

    ``holds`` is the key of what was chosen before, and is marked; without it nothing was.
    """

    def __init__(
        self,
        title: str,
        rows: tuple[tuple[str, str], ...],
        needs: type[do.Command],
        state: SessionState,
        press: Press,
        holds: str = "",
    ) -> None:
        super().__init__(state, press, needs)
        self._title = title
        self._page = Page(tuple(Row(_cells(key, label, holds), key=key) for key, label in rows))

    def compose(self) -> ComposeResult:
        """Title, rows, what the keys do, and the calls."""
        with self.frame(self._title):
            sheet = Sheet(id="choice")
            sheet.show(self._page)
            yield sheet
            yield hint(self.with_phone_keys(_("Enter goes on · Esc leaves")))
            yield self._calls

    def on_mount(self) -> None:
        """The arrows work at once."""
        self.query_one("#choice", Sheet).focus()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Give the chosen row."""
        event.stop()
        self.dismiss(event.key)


def _cells(key: str, label: str, holds: str) -> tuple[Cell, ...]:
    """The mark stands before the label in the language's direction, whatever that of the label is."""
    mark = (Cell("●" if key == holds else "○"),) if holds else ()
    return (*mark, Cell(label, grow=True))
