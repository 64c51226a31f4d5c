"""Ask for a number or a name: to dial, or to transfer to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, TypeAlias

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from agent_tui.commands import model as do
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.screens.views import directory as view
from agent_tui.session.directory import Contact, contacts, found, kept_in_order, names_somebody
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.cells import Page
from agent_tui.widgets.least_room import room_of
from agent_tui.widgets.sheet import Sheet

Needs: TypeAlias = type[do.Transfer | do.Dial]

_LONGEST = 400
"""Characters. More than any target has, so that what is cut here is none (``commands.targets``)."""


class NumberEntry(Typing[str]):
    """One line for a number, an extension, a ``sip:`` address or a name, and the directory below.

    What has no letters is dialled as it was typed, unless a row is chosen by the arrows; letters choose the
    first row. The rows keep their order until something else is typed. Enter gives the number, Esc none.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
    ]

    def __init__(
        self, title: str, state: SessionState, press: Press, needs: Needs, clock: Callable[[], datetime]
    ) -> None:
        super().__init__(state, press, needs, state.active if needs is do.Transfer else None)
        self._title = title
        self._for = needs
        self._clock = clock
        self._listed = contacts(state)
        self._chosen = ""
        self._line = BidiLine(_LONGEST, id="number")
        self._hint = Sheet(id="number-hint", classes="overlay-text overlay-hint", focusable=False)
        self._list = Sheet(id="directory", focusable=False, led=True)
        self._told = Sheet(id="number-told", focusable=False)

    def compose(self) -> ComposeResult:
        """Title, line, who is found, what Enter does, what the keys do, and the calls."""
        with self.frame(self._title, classes="-wide-box"):
            yield self._line
            yield self._hint
            yield self._list
            yield self._told
            yield hint(_("↑ ↓ choose · Enter goes on · Esc leaves · F2 answers, F8 hangs up"))
            yield self._obstacle
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show who stands otherwise, each in their place."""
        super().paint(state)
        self._listed = kept_in_order(self._listed, found(contacts(state), self._line.line))
        self._show()

    @property
    def typed(self) -> str:
        """The number or name so far."""
        return self._line.line

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Look for what is typed now."""
        event.stop()
        typed = self._line.line
        self._listed = found(contacts(self.state), typed)
        self._chosen = self._listed[0].key if self._listed and names_somebody(typed) else ""
        self._show()
        self._list.scroll_home(animate=False)

    def action_move(self, by: int) -> None:
        """Choose the next row; above the first one none, and what was typed counts again."""
        keys = ["", *(one.key for one in self._listed[: view.MOST_ROWS])]
        place = keys.index(self._chosen) if self._chosen in keys else 0
        self._chosen = keys[max(0, min(len(keys) - 1, place + by))]
        self._show()

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """Give the chosen one's number, else what was typed; nothing, or what is not possible now, waits."""
        event.stop()
        chosen = self._choice
        number = chosen.number if chosen is not None else self._line.line
        if number and not self.why_not:
            self.dismiss(number)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """The same by mouse."""
        event.stop()
        chosen = next((one for one in self._listed if one.key == event.key), None)
        if chosen is not None and not self.why_not:
            self.dismiss(chosen.number)

    @property
    def _choice(self) -> Contact | None:
        return next((one for one in self._listed if one.key == self._chosen), None)

    def _show(self) -> None:
        room = room_of(self.app.size.width)
        page = view.list_page(self.state, self._listed, self._chosen, self._clock(), room)
        self._list.show(page)
        self._list.point_at(self._chosen)
        self._hint.show(Page((view.hint_row(self.state),)))
        self._told.show(view.told_page(self._line.line, self._choice, self._for))
