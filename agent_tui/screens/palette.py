"""The palette: type some words of what you want, in either language; Enter does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from time import monotonic
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from agent_tui.screens.accidents import UNREAD
from agent_tui.screens.overlay import LookedUp, Overlay, Press, hint
from agent_tui.screens.views.palette import Beneath, palette_page
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _, line
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.sheet import Sheet

_LONGEST = 80


class Palette(LookedUp[str]):
    """Gives the id of the chosen line. It is about no call, so nothing that rings or ends closes it; but the
    line that was marked may go with a call, and what comes to stand there be the end of another.

    ``over`` is what lies between it and the desk, the uppermost last. ``now`` counts seconds.
    """

    OPENED_BY = "palette"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True, show=False),
        Binding("down", "move(1)", priority=True, show=False),
    ]

    def __init__(
        self,
        state: SessionState,
        press: Press,
        theme: Callable[[], str],
        over: Sequence[Overlay[Any]] = (),
        now: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(state, press)
        self._now = now
        self._read_from = -inf
        self._over = over
        self._theme = theme
        self._line = BidiLine(_LONGEST, id="palette-line")
        self._found = Sheet(id="palette-found", focusable=False, led=True)

    def compose(self) -> ComposeResult:
        """The line, what is found by it, what the keys do, and the calls."""
        self._show()
        told = self.with_phone_keys(_("↑ ↓ choose · Enter does it · Esc leaves"))
        with self.frame(_("What do you want to do?"), classes="-wide-box"):
            yield self._line
            yield self._found
            yield hint(told)
            yield self._calls

    def on_mount(self) -> None:
        """Type at once."""
        self._line.focus()

    @property
    def at_hand(self) -> str:
        """Its own key leaves it."""
        return line(_("Ctrl+P leaves"), _("F1 keys"))

    def paint(self, state: SessionState) -> None:
        """What acts now may be other than a moment ago."""
        super().paint(state)
        marked = self._found.cursor
        self._show()
        if marked and self._found.cursor != marked:
            self._read_from = self._now() + UNREAD

    @property
    def typed(self) -> str:
        """The words so far."""
        return self._line.line

    def action_move(self, by: int) -> None:
        """The line keeps the focus."""
        self._read_from = -inf
        self._found.action_move(by)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._read_from = -inf
        self._show()
        self._found.start_over()

    def on_bidi_line_submitted(self, event: BidiLine.Submitted) -> None:
        """Do what the cursor stands at."""
        event.stop()
        self._choose(self._found.cursor)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """The same by mouse."""
        event.stop()
        self._choose(event.key)

    def _choose(self, offer: str) -> None:
        """Nobody has read yet what came there by itself; a key that is held down comes again."""
        if self._now() < self._read_from:
            self._read_from = self._now() + UNREAD
        elif offer:
            self.dismiss(offer)

    def _show(self) -> None:
        self._found.show(palette_page(self._state, self._line.line, self._theme(), _beneath(self._over)))


def _beneath(over: Sequence[Overlay[Any]]) -> Beneath | None:
    """What of it the palette has to know; None over the desk alone."""
    if not over:
        return None
    opened = {one.OPENED_BY for one in over} | {one.needs for one in over}
    return Beneath(over[-1].PLACE, over[-1].here(), frozenset(one for one in opened if one))
