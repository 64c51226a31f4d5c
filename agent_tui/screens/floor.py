"""The floor, for trainers and supervisors: how every agent stands, who waits, and listening in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.line_entry import LineEntry
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.screens.views import floor as view
from agent_tui.session import select
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.cells import Page
from agent_tui.widgets.least_room import room_of
from agent_tui.widgets.sheet import Sheet
from hub.contract import LONGEST_COACH_NOTE, FloorAgent, ListenMode

EVERY: Final = 1.0
"""Seconds between two looks at the floor."""


class FloorScreen(Overlay[None]):
    """The whole screen, and the calls below. Keys act on the agent at the cursor; F8 ends one's own call."""

    PLACE = Place.FLOOR
    OPENED_BY = "floor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True),
        Binding("down", "move(1)", priority=True),
        *place_bindings(Place.FLOOR),
    ]

    def __init__(self, state: SessionState, press: Press, send: Callable[[do.Command], None]) -> None:
        super().__init__(state, press)
        self.id = "floor"
        self._send = send
        self._told = Sheet(id="floor-told", focusable=False)
        self._list = Sheet(id="floor-list")
        self._waiting = Sheet(id="floor-waiting", focusable=False)
        self._keys = Sheet(id="floor-keys", focusable=False)

    def compose(self) -> ComposeResult:
        """How it stands, the agents, who waits, what the keys do, and the calls."""
        with self.frame(_("The floor"), box="floor-box"):
            yield self._told
            yield self._list
            yield self._waiting
            yield self._keys
            yield self._calls

    def on_mount(self) -> None:
        """Look at once, and again each second."""
        self._list.focus()
        self._look()
        self.set_interval(EVERY, self._look)
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show what came."""
        super().paint(state)
        self._show()

    def action_leave(self) -> None:
        """Forget it: callers stand on a desk no longer than they are looked at."""
        if self.is_active:
            self._send(do.LeaveFloor())
        super().action_leave()

    def can(self, command: type[do.Command]) -> bool:
        """What is done there is about the chosen agent."""
        chosen = self._chosen
        if chosen is None:
            return False
        return (
            view.can_listen(self._state, chosen)
            if command is do.Listen
            else view.can_write(self._state, chosen)
        )

    def action_move(self, by: int) -> None:
        """Another agent; the keys are theirs from now on."""
        self._list.action_move(by)
        self._show()

    def action_listen(self, mode: str) -> None:
        """Hear the chosen agent, or be heard otherwise."""
        chosen = self._chosen
        if chosen is not None and self.can(do.Listen):
            self._send(do.Listen(chosen.agent, ListenMode(mode)))

    def action_write(self) -> None:
        """Ask for a line, and put it on the chosen agent's desk."""
        chosen = self._chosen
        if chosen is None or not self.can(do.WriteCoachNote):
            return

        def given(text: str | None) -> None:
            if text is not None:
                self._send(do.WriteCoachNote(chosen.agent, chosen.name, text))

        title = str(Phrase("A line to {who}", who=chosen.name))
        entry = LineEntry(title, LONGEST_COACH_NOTE, self._state, self._press, do.WriteCoachNote)
        self.app.push_screen(entry, given)

    @property
    def _chosen(self) -> FloorAgent | None:
        floor = self._state.floor
        agents = floor.view.agents if floor is not None and floor.view is not None else ()
        return next((one for one in agents if one.agent == self._list.cursor), None)

    def _look(self) -> None:
        if do.WatchFloor in select.possible(self._state):
            self._send(do.WatchFloor())

    def _show(self) -> None:
        state = self._state
        self._list.show(view.agents_page(state, room_of(self.app.size.width)))
        self._told.show(view.told(state))
        self._waiting.show(view.waiting_page(state))
        self._keys.show(Page((view.keys_line(state, self._chosen),)))
