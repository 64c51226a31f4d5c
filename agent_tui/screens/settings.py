"""The settings that an agent changes on the desk: language, colours, ring volume, devices, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual import events
from textual._keyboard_protocol import MODIFIER_FUNCTIONAL_KEYS
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place, pressed
from agent_tui.preferences import Change, Preferences
from agent_tui.screens.device_choice import DeviceChoice
from agent_tui.screens.overlay import Overlay, Press
from agent_tui.screens.views import settings as view
from agent_tui.screens.views.sound import part_of
from agent_tui.session.select import possible
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import Told, _, language, right_to_left
from agent_tui.widgets.cells import Cell, Page, Row, Tone
from agent_tui.widgets.sheet import Sheet

_HELD: Final = MODIFIER_FUNCTIONAL_KEYS | {"caps_lock", "num_lock", "scroll_lock"}
"""Keys that terminals with the kitty protocol tell of by themselves."""
_LOOK_AGAIN: Final = 2.0
"""Seconds between two looks at what is plugged in."""


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
        with self.frame(_("Another key")):
            yield self._asked
            yield self._calls

    @property
    def at_hand(self) -> str:
        """Every key is taken here."""
        return ""

    def on_key(self, event: events.Key) -> None:
        """Take it; what goes down before it, to be held with it, is not yet the key."""
        event.stop()
        event.prevent_default()
        if event.key in _HELD:
            return
        self.dismiss(None if event.key == "escape" else pressed(event.key))


class SettingsScreen(Overlay[None]):
    """A row for each: the arrows choose and change, Enter tries a device or asks for a key. What is changed
    holds and is written at once. ``preferences`` are those that hold now; ``send`` takes what is for the
    phone.
    """

    PLACE = Place.SETTINGS
    OPENED_BY = "settings"
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

    def __init__(
        self,
        state: SessionState,
        press: Press,
        preferences: Callable[[], Preferences],
        send: Callable[[do.Command], None],
    ) -> None:
        super().__init__(state, press)
        self._preferences = preferences
        self._devices = DeviceChoice(send)
        self._words: Told = ""
        self._box = self.frame(_("Settings"), classes="-wide-box")
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
        self._devices.look(self._state)
        self.set_interval(_LOOK_AGAIN, self._look_again)

    def on_unmount(self) -> None:
        """Nobody sees or hears a trial any more."""
        self._devices.leave(self._state)

    def paint(self, state: SessionState) -> None:
        """The language that was just chosen here is spoken here, too."""
        self._language = language()
        self._devices.follow(self._state, state)
        super().paint(state)
        self._show()

    def action_step(self, by: int) -> None:
        """To the value before or behind, in the direction of reading."""
        self._step(-by if right_to_left() else by)

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """The next value; for an act another key. The doctor lies over the settings, and Esc leads back."""
        event.stop()
        part = part_of(event.key)
        if part is not None:
            self.tell(self._devices.try_out(self._state, part))
            return
        if event.key == view.DOCTOR:
            self._press(view.DOCTOR)
            return
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
        part = part_of(self._list.cursor)
        if part is not None:
            change = self._devices.step(self._state, part, by)
        else:
            change = view.stepped(self._preferences(), self._list.cursor, by)
        if change is not None:
            self._change(change)

    def _look_again(self) -> None:
        """A headset that is plugged in while its row is looked at is there a moment later."""
        if part_of(self._list.cursor) is not None:
            self._devices.look(self._state)

    def _change(self, change: Change | Told) -> None:
        if isinstance(change, Change):
            self._devices.take(self._state, change)
            self.post_message(self.Changed(change, self.tell))
        else:
            self.tell(change)

    def _show(self) -> None:
        self._box.say(_("Settings"), self.at_hand)
        rows = self._devices.rows(self._state)
        rings = not self._state.talks_elsewhere
        self._list.show(view.settings_page(self._preferences(), rows, rings_here=rings))
        self._told.show(view.told_row(self._words))
        told = _("↑ ↓ choose · ← → change · Enter another key · Esc leaves")
        if do.TrySound in possible(self._state):
            told = _("↑ ↓ choose · ← → change · Enter tries a device, asks for a key · Esc leaves")
        hint = self.with_phone_keys(told)
        self._hint.show(Page((Row((Cell(hint, Tone.DIM, grow=True, wraps=True),)),)))
