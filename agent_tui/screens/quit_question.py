"""Ask before leaving while something would be missed."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button

from agent_tui.screens.accidents import HELD
from agent_tui.screens.overlay import Desk, Overlay, Press, hint, paragraph
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import _
from agent_tui.widgets.mirrored import SideBySide


def reasons_to_stay(state: SessionState) -> tuple[str, ...]:
    """What leaving now would mean, in words; empty when nothing holds the agent."""
    reasons: list[str] = []
    if state.calls:
        reasons.append(_("A call is open. It goes on in the phone; start moked again to get back to it."))
    if select.unsaved_contacts(state):
        reasons.append(_("Something you wrote is not saved yet. It would be lost."))
    return tuple(reasons)


class QuitQuestion(Overlay[bool]):
    """Stay, or leave all the same. The key that asked it, pressed again, leaves."""

    def __init__(self, state: SessionState, press: Press) -> None:
        super().__init__(state, press)
        self._reasons = reasons_to_stay(state)

    def compose(self) -> ComposeResult:
        """Why it asks, and two buttons."""
        with self.frame(_("Leave the desk?")):
            for reason in self._reasons:
                yield paragraph(reason)
            with SideBySide(id="answers"):
                yield Button(Content(visual_text(_("Stay"))), id="stay")
                yield Button(Content(visual_text(_("Leave"))), id="go")
            yield hint(self.with_phone_keys(_("Esc stays · Ctrl+Q again leaves")))
            yield self._calls

    def on_mount(self) -> None:
        """Enter stays."""
        self.query_one("#stay", Button).focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Take the answer."""
        event.stop()
        self.dismiss(event.button.id == "go")


class Leaving:
    """Leaves a desk, and asks first where something holds the agent."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._asked = 0.0

    async def leave(self, *, sure: bool) -> None:
        """Not ``sure``: ask in any case. Who is asked and says it once more leaves."""
        self._desk.tell_note()
        app, state = self._desk.app, self._store.state
        if any(isinstance(one, QuitQuestion) for one in app.screen_stack):
            # a key that is held down comes again by itself, and would leave a call alone
            if sure or self._store.seconds() - self._asked >= HELD:
                app.exit()
            return
        if sure and not reasons_to_stay(state):
            app.exit()
            return
        self._asked = self._store.seconds()

        def answered(leave: bool | None) -> None:
            if leave:
                app.exit()

        await app.push_screen(QuitQuestion(state, self._desk.press), answered)
