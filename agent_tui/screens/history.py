"""Look through one's own contacts of before."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea

from agent_tui.commands import model as do
from agent_tui.commands.history import LONGEST_SEARCH
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.keyboard import place_bindings
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.screens.views import history as view
from agent_tui.session import select
from agent_tui.session.agenda import Whom
from agent_tui.session.past import Past, past_calls, whom
from agent_tui.session.state import Link, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import _
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.cells import Page
from agent_tui.widgets.least_room import room_of
from agent_tui.widgets.mirrored import SideBySide
from agent_tui.widgets.sheet import Sheet

PAUSE = 0.15
"""Seconds without a key after which what is typed is searched for: each letter need not be asked."""


class HistoryScreen(Overlay[None]):
    """The whole screen, and the calls below. Typing searches, the arrows choose, wherever the focus is.

    What is searched for anew when the agent's calls change is only the first page: whoever has turned
    pages keeps their place.
    """

    PLACE = Place.HISTORY
    OPENED_BY = "history"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", priority=True),
        Binding("down", "move(1)", priority=True),
        Binding("pageup", "turn(-1)", priority=True),
        Binding("pagedown", "turn(1)", priority=True),
        *place_bindings(Place.HISTORY),
    ]

    def __init__(
        self,
        state: SessionState,
        press: Press,
        clock: Callable[[], datetime],
        send: Callable[[do.Command], None],
        promise: Callable[[Whom], None],
    ) -> None:
        super().__init__(state, press)
        self.id = "history"
        self._clock = clock
        self._send = send
        self._promise = promise
        self._past: tuple[Past, ...] = ()
        self._asked_of = _standing(state)
        self._typing: Timer | None = None
        self._line = BidiLine(LONGEST_SEARCH, id="history-words")
        self._told = Sheet(id="history-told", focusable=False)
        self._list = Sheet(id="history-list")
        self._details = Sheet(id="history-details")
        self._keys = Sheet(id="history-keys", focusable=False)

    def compose(self) -> ComposeResult:
        """What to search for, how the search stands, the list, one of it, and the calls."""
        with self.frame(_("Your calls"), box="history-box"):
            label = Static(Content(visual_text(_("Search"))), id="history-label", markup=False)
            yield SideBySide(label, self._line, id="history-search")
            yield self._told
            yield self._list
            yield self._details
            yield self._keys
            yield self._calls

    def on_mount(self) -> None:
        """Type at once; the newest are there without a word."""
        self._line.focus()
        self._search()
        self._show()

    def paint(self, state: SessionState) -> None:
        """Show what came; ask anew when the hub is back, or another call is over."""
        super().paint(state)
        standing = _standing(state)
        if standing != self._asked_of:
            self._asked_of = standing
            if state.history is None or not self._turned:
                self._search()
        self._show()

    @property
    def typed(self) -> str:
        """What is searched for."""
        return self._line.line

    def action_leave(self) -> None:
        """Forget what was found: customers' names stay no longer on a desk than they are looked at."""
        if self.is_active:
            self._send(do.LeaveHistory())
        super().action_leave()

    def can(self, command: type[do.Command]) -> bool:
        """Most is about the chosen one."""
        return super().can(command) and (command is do.ClearMissed or self._is_about_one(command))

    def action_move(self, by: int) -> None:
        """The note of one call scrolls while it is read; else another call is chosen."""
        if self._details.has_focus:
            self._details.action_move(by)
        else:
            self._list.action_move(by)
            self._show()

    def action_turn(self, pages: int) -> None:
        """A page of the list."""
        self.action_move(pages * max(1, self._list.size.height - 1))

    def action_call_back(self) -> None:
        """Call the chosen one; the desk shows the call."""
        past = self._chosen
        if past is not None and self.can(do.Dial):
            self.action_leave()
            self._send(do.Dial(past.number))

    def action_seen(self) -> None:
        """The agent has seen the missed calls: they leave the desk, and stay in the history."""
        if self.can(do.ClearMissed):
            self._send(do.ClearMissed())

    def action_promise_callback(self) -> None:
        """Have the chosen one called back later."""
        past = self._chosen
        if past is not None and self.can(do.PromiseCallback):
            self._promise(whom(past, self._state))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Search once the agent has stopped typing for a moment."""
        event.stop()
        if self._typing is not None:
            self._typing.stop()
        self._typing = self.set_timer(PAUSE, self._search)
        self._show()

    def on_bidi_line_submitted(self, _event: BidiLine.Submitted) -> None:
        """Enter does what it does in the list."""
        self._list.action_choose()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Read on to older ones, or the note of the chosen one."""
        event.stop()
        if event.key == view.OLDER:
            self._send(do.OlderHistory())
        else:
            self._details.focus()
        self._show()

    @property
    def _chosen(self) -> Past | None:
        return next((one for one in self._past if one.key == self._list.cursor), None)

    def _is_about_one(self, command: type[do.Command]) -> bool:
        past = self._chosen
        return past is not None and (bool(past.number) or command is not do.Dial)

    @property
    def _turned(self) -> bool:
        """Whether more than the first page is shown."""
        history = self._state.history
        return history is not None and history.pages > 1

    def _search(self) -> None:
        """Asked for while the hub is away it would only be refused: it is asked when the hub is back."""
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        if do.SearchHistory in select.possible(self._state):
            self._send(do.SearchHistory(self._line.line, uuid.uuid4().hex))

    def _show(self) -> None:
        state, clock = self._state, self._clock()
        self._past = past_calls(state, self._line.line)
        keys = [one.key for one in self._past]
        chosen = self._list.cursor
        if chosen not in (*keys, view.OLDER):
            chosen = next(iter(keys), "")
        room = room_of(self.app.size.width)
        self._list.show(view.list_page(state, self._past, chosen, clock, room))
        past = self._chosen
        self._told.show(Page((view.told(state, self._past),)))
        self._details.show(view.details_page(state, past, clock))
        self._keys.show(Page((view.keys_line(state, past),)))


def _standing(state: SessionState) -> tuple[object, ...]:
    """What an answer depends on: whether the hub is there, and which contacts are still open."""
    return state.hub is Link.UP, state.missed, tuple((one.contact, one.phase) for one in state.work)
