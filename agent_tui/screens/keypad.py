"""The keypad: each key goes out at once (RFC 4733), typed or clicked."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content
from textual.widgets import Button

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import Place
from agent_tui.screens.overlay import Press, Typing, hint
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _

_KEYS = "123456789*0#"
_NAMES = {"*": "star", "#": "hash"}


class Keypad(Typing[None]):
    """Twelve keys for the active call. Once it is over they go nowhere, and above all not into a note."""

    PLACE = Place.KEYPAD

    def __init__(self, state: SessionState, press: Press, send: Callable[[str], None]) -> None:
        super().__init__(state, press, do.SendKeys, state.active)
        self._send = send

    def compose(self) -> ComposeResult:
        """The keys as on a phone, what was sent, and the calls."""
        with self.frame(_("Keys")):
            with Grid(id="pad"):
                for key in _KEYS:
                    button = Button(Content(key), id=f"pad-{_NAMES.get(key, key)}", name=key)
                    button.can_focus = False
                    yield button
            yield hint(self.with_phone_keys(_("0-9 * # go at once; Esc closes")))
            yield self._obstacle
            yield self._calls

    def on_key(self, event: events.Key) -> None:
        """A key that a phone has."""
        if event.character is not None and event.character in _KEYS:
            event.stop()
            self._go(event.character)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same by mouse."""
        event.stop()
        self._go(event.button.name or "")

    def _go(self, key: str) -> None:
        if not self.why_not:
            self._send(key)
