"""The settings that an agent changes on the desk: language, colours, ring volume, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message

from agent_tui.commands.shortcuts import pressed
from agent_tui.preferences import Change, Preferences
from agent_tui.screens.overlay import LONGEST_TITLE, Overlay, Press
from agent_tui.screens.views import settings as view
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Told, _, language, right_to_left
from agent_tui.widgets.cells import Cell, Page, Row, Tone, cut
from agent_tui.widgets.sheet import Sheet


class KeyQuestion(Overlay[str], inherit_bindings=False):
    """Gives the next key that is pressed, whatever it does elsewhere; Esc gives none.

    It is here for one press. Whoever presses F2 because somebody rings is told whose key that is, and the
    next F2 answers.
    """

    def __init__(self, act: str, state: SessionState, press: Press) -> None:
        super().__init__(state, press)
        self._act = act
        self._asked = Sheet(id="settings-asked", classes="overlay-text", focusable=False)

    def compose(self) -> ComposeResult:
        """Which act it is for, and the calls."""
        self._asked.show(
            Page(
                (
                    Row((Cell(str(view.asked_for(self._act)), Tone.STRONG, grow=True, wraps=True),)),
                    Row((Cell(_("Esc leaves it as it is"), Tone.DIM, grow=True, wraps=True),)),
                )
            )
        )
        with Vertical(id="overlay-box") as box:
            box.border_title = Content(cut(_("Another key"), LONGEST_TITLE))
            yield self._asked
            yield self._calls

    def on_key(self, event: events.Key) -> None:
        """Take it."""
        event.stop()
        event.prevent_default()
        self.dismiss(None if event.key == "escape" else pressed(event.key))


class SettingsScreen(Overlay[None]):
    """A row for each: the arrows choose and change, Enter asks for a key. What is changed holds and is
    written at once. ``preferences`` are those that hold now.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", priority=True, show=False),
        Binding("right", "step(1)", priority=True, show=False),
    ]

    class Changed(Message):
        """The agent changed something. ``tell`` is told what became of it."""

        def __init__(self, change: Change, tell: Callable[[Told], None] | None = None) -> None:
            super().__init__()
            self.change = change
            self.tell = tell

    def __init__(self, state: SessionState, press: Press, preferences: Callable[[], Preferences]) -> None:
        super().__init__(state, press)
        self._preferences = preferences
        self._words: Told = ""
        self._box = Vertical(id="overlay-box", classes="-wide-box")
        self._list = Sheet(id="settings")
        self._told = Sheet(id="settings-told", classes="overlay-text", focusable=False)
        self._hint = Sheet(id="settings-keys", classes="overlay-text", focusable=False)

    def compose(self) -> ComposeResult:
        """The rows, what became of the last change, what the keys do, and the calls."""
        with self._box:
            yield self._list
            yield self._told
            yield self._hint
            yield self._calls

    def on_mount(self) -> None:
        """The arrows work at once."""
        self._show()
        self._list.focus()

    def paint(self, state: SessionState) -> None:
        """The language that was just chosen here is spoken here, too."""
        self._language = language()
        super().paint(state)
        self._show()

    def action_step(self, by: int) -> None:
        """To the value before or behind, in the direction of reading."""
        self._step(-by if right_to_left() else by)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """The next value; for an act another key."""
        event.stop()
        act = event.key.removeprefix(view.KEY)
        if act == event.key:
            self._step(1)
            return

        def taken(key: str | None) -> None:
            if key is not None:
                self._change(view.given(act, key))

        self.app.push_screen(KeyQuestion(act, self._state, self._press), taken)

    def tell(self, words: Told) -> None:
        """What became of the last change."""
        self._words = words
        self._show()

    def _step(self, by: int) -> None:
        change = view.stepped(self._preferences(), self._list.cursor, by)
        if change is not None:
            self._change(change)

    def _change(self, change: Change | Told) -> None:
        if isinstance(change, Change):
            self.post_message(self.Changed(change, self.tell))
        else:
            self.tell(change)

    def _show(self) -> None:
        self._box.border_title = Content(cut(_("Settings"), LONGEST_TITLE))
        self._list.show(view.settings_page(self._preferences(), rings_here=not self._state.talks_elsewhere))
        self._told.show(view.told_row(self._words))
        hint = self.with_phone_keys(_("↑ ↓ choose · ← → change · Enter another key · Esc leaves"))
        self._hint.show(Page((Row((Cell(hint, Tone.DIM, grow=True, wraps=True),)),)))
