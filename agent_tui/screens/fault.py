"""What takes the place of a screen that failed: words, a reference, and the way back to the desk."""

from __future__ import annotations

from textual._context import active_message_pump
from textual.app import ComposeResult
from textual.dom import NoScreen
from textual.screen import Screen
from textual.widget import Widget

from agent_tui.screens.overlay import Overlay, Press, hint, paragraph
from agent_tui.session.reduce_notices import FAULT
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _


def failed_part() -> Widget | None:
    """The one in which the exception that Textual handles now was raised; None where it was in none."""
    pump = active_message_pump.get(None)
    return pump if isinstance(pump, Widget) else None


def screen_of(part: Widget | None) -> Screen[object] | None:
    """Where ``part`` is; None where it is on none."""
    try:
        return part.screen if part is not None else None
    except NoScreen:
        return None


class FaultScreen(Overlay[None]):
    """The words of a fault. The phone stays at hand, and the desk goes on under it."""

    def __init__(self, reference: str, state: SessionState, press: Press) -> None:
        super().__init__(state, press)
        self._reference = reference

    def compose(self) -> ComposeResult:
        """What happened, and what to do."""
        with self.frame(_("This screen cannot be shown")):
            yield paragraph(str(Phrase.of(FAULT, reference=self._reference)))
            yield hint(self.with_phone_keys(_("Esc goes back to the desk")))
            yield self._calls
