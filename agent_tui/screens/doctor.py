"""The phone doctor on the desk: what a call needs here, looked at while the desk goes on."""

from __future__ import annotations

from contextlib import aclosing
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from agent_tui.commands.shortcuts import Place
from agent_tui.ports import DoctorGone, DoctorPort
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.screens.views import doctor as view
from agent_tui.session.findings import Finding
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.sheet import Sheet


class DoctorScreen(Overlay[None]):
    """The whole screen, and the calls below. Each finding is shown as it comes; leaving ends the look.

    The sound is looked at only while there is no call: the first that rings gets the headset. Without a
    ``doctor`` it tells what the desk and its phone know by themselves.
    """

    PLACE = Place.DOCTOR
    OPENED_BY = "doctor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True),
        Binding("down", "move(1)", priority=True),
        Binding("pageup", "turn(-1)", priority=True),
        Binding("pagedown", "turn(1)", priority=True),
        *place_bindings(Place.DOCTOR),
    ]

    def __init__(self, state: SessionState, press: Press, doctor: DoctorPort | None) -> None:
        super().__init__(state, press)
        self.id = "doctor"
        self._doctor = doctor
        self._look = view.Look()
        self._sounds = False
        self._told = Sheet(id="doctor-told", focusable=False)
        self._list = Sheet(id="doctor-list")
        self._keys = Sheet(id="doctor-keys", focusable=False)

    def compose(self) -> ComposeResult:
        """How it stands, the findings, what the keys do, and the calls."""
        with self.frame(_("Phone doctor"), box="doctor-box"):
            yield self._told
            yield self._list
            yield self._keys
            yield self._calls

    def on_mount(self) -> None:
        """Look at once."""
        self._list.focus()
        self.action_again()

    def paint(self, state: SessionState) -> None:
        """Show how the phone stands now; a call that comes has the headset."""
        super().paint(state)
        if self._sounds and state.calls:
            self.action_again()
        self._show()

    def action_again(self) -> None:
        """Look at everything anew."""
        self._sounds = self._doctor is not None and not self._state.calls
        self._look = view.Look(going=self._doctor is not None)
        self._show()
        if self._doctor is not None:
            self.run_worker(self._examine(self._doctor), exclusive=True)

    def action_move(self, by: int) -> None:
        """Read on."""
        self._list.action_move(by)

    def action_turn(self, pages: int) -> None:
        """Read on by a page."""
        self._list.action_move(pages * max(1, self._list.size.height - 1))

    async def _examine(self, doctor: DoctorPort) -> None:
        try:
            size = self.app.size
            told = doctor.examine(sound=self._sounds, size=(size.width, size.height))
            async with aclosing(told):
                async for one in told:
                    self._look = self._look.found(one) if isinstance(one, Finding) else self._look.asks(one)
                    self._show()
        except DoctorGone as error:
            self._look = self._look.broke(error.parts[0])
        self._look, self._sounds = self._look.ended(), False
        self._show()

    def _show(self) -> None:
        state = self._state
        self._told.show(view.told_page(state, self._look))
        self._list.show(view.findings_page(state, self._look))
        hint = self.with_phone_keys(_("F11 looks again · ↑ ↓ read on · Esc leaves"))
        self._keys.show(view.keys_page(hint))
