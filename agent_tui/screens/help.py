"""The help: every key, by where it acts."""

from __future__ import annotations

from textual.app import ComposeResult

from agent_tui.commands.shortcuts import Place
from agent_tui.screens.overlay import LookedUp, Press, hint
from agent_tui.screens.views.help import help_page
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _, line
from agent_tui.widgets.sheet import Sheet


class Help(LookedUp[None]):
    """Scrolled by arrows and pages; Esc or its own key leaves. ``first``: whose keys it begins with."""

    OPENED_BY = "help"

    def __init__(self, state: SessionState, press: Press, first: Place | None = None) -> None:
        super().__init__(state, press)
        self._first = first
        self._page = Sheet(id="help")

    def compose(self) -> ComposeResult:
        """The keys, how to leave, and the calls."""
        self._page.show(help_page(self._state, self._first))
        told = self.with_phone_keys(_("↑ ↓ PgUp PgDn scroll · Esc leaves"))
        with self.frame(_("All keys"), classes="-wide-box"):
            yield self._page
            yield hint(told)
            yield self._calls

    @property
    def at_hand(self) -> str:
        """Its own key leaves it."""
        return line(_("Ctrl+P commands"), _("F1 leaves"))

    def on_mount(self) -> None:
        """The arrows work at once."""
        self._page.focus()
