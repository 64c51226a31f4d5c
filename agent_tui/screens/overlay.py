"""What lies over the desk for a moment: modal, Esc leaves, and the phone stays at hand meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, TypeAlias, TypeVar

from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from agent_tui.commands import model as do
from agent_tui.screens.keyboard import overlay_bindings
from agent_tui.screens.views.calls import calls_page
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _, language, line
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.sheet import Sheet
from sip.events import CallId

Result = TypeVar("Result")
Press: TypeAlias = Callable[[str], None]
"""Press a key of the call bar, by its name."""


LONGEST_TITLE = 200
"""More cells than a title gets: Textual cuts it to the border, with ``…``."""


def paragraph(text: str, classes: str = "") -> Sheet:
    """What is to be read, wrapped, from the side at which the language begins."""
    sheet = Sheet(classes=f"overlay-text {classes}".rstrip(), focusable=False)
    sheet.show(Page((Row((Cell(text, Tone.DIM if classes else Tone.PLAIN, grow=True, wraps=True),)),)))
    return sheet


def hint(text: str) -> Sheet:
    """What the keys do here."""
    return paragraph(text, classes="overlay-hint")


class Overlay(ModalScreen[Result]):
    """A question over the desk. The keys that answer and hang up act as on it; calls are shown on, so a ring
    is seen.

    ``needs`` is the command it asks for: when that is not possible any more, or its call has gone, the
    overlay closes, so that what was meant for one call never reaches another. So it does when the desk
    goes over to another language, in which the question was not asked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *overlay_bindings(),
        Binding("escape", "leave", priority=True),
    ]

    def __init__(
        self,
        state: SessionState,
        press: Press,
        needs: type[do.Command] | None = None,
        call: CallId | None = None,
    ) -> None:
        super().__init__()
        self._state = state
        self._press = press
        self._needs = needs
        self._call = call
        self._language = language()
        self._calls = Sheet(id="overlay-calls", focusable=False)
        self._calls.show(calls_page(state))

    def paint(self, state: SessionState) -> None:
        """Show the calls as they are now; close when there is nothing left to ask for."""
        self._state = state
        gone = self._call is not None and state.active != self._call
        if (
            gone
            or self._language != language()
            or (self._needs is not None and self._needs not in possible(state))
        ):
            self.action_leave()
            return
        self._calls.show(calls_page(state))

    @property
    def state(self) -> SessionState:
        """The desk as it was painted last."""
        return self._state

    def with_phone_keys(self, told: str) -> str:
        """What the keys do here, and those of the phone where it is ours."""
        return line(told, "" if self._state.talks_elsewhere else _("F2 answers, F8 hangs up"))

    def action_press(self, name: str) -> None:
        """The phone is at hand here too."""
        self._press(name)

    def action_leave(self) -> None:
        """Close without an answer."""
        if self.is_active:
            self.dismiss(None)
