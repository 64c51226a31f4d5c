"""A Textual app that keeps to what its terminal can show: few colours or none, no Unicode, no movement."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver
from textual.filter import LineFilter

from agent_tui.adapters.terminal_driver import TerminalDriver
from agent_tui.commands.shortcuts import draw_arrows
from agent_tui.keys_in_turn import KeysInTurn
from agent_tui.screens.theme import DARK, THEMES
from agent_tui.terminal_gone import gone, let_go
from agent_tui.text.terminal import TerminalUse
from agent_tui.widgets.plain import ASCII_SIGNS, few_colours
from edge.endings import HUNG_UP

_FEW_COLOURS = ("standard", "windows")
"""What rich calls terminals of sixteen colours."""

_SHOW_CURSOR = "\x1b[?25h"
_LOOKS = 1.0
"""Seconds between two looks whether the terminal is there: where its signal is ignored nothing else tells."""


class PlainApp(App[None]):
    """Uses the terminal as ``use_terminal`` says; until then as Textual does."""

    _use = TerminalUse()
    _few_colours = False

    def __init__(self) -> None:
        super().__init__()
        self._in_turn = KeysInTurn(self, super().on_event)
        self.before_end: Callable[[], None] = lambda: None
        """What is still to be done when the app ends by a fault, or because the system says so."""
        for one in THEMES.values():
            self.register_theme(one)
        self.wear(DARK)

    def get_driver_class(self) -> type[Driver]:
        """Ours in place of Textual's own for terminals; what the surroundings name stays."""
        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    async def on_event(self, event: events.Event) -> None:
        """Keys act in their order; what comes back from a part is no new one."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._in_turn.take(event)
        else:
            await super().on_event(event)

    def use_terminal(self, use: TerminalUse) -> None:
        """Use the terminal so; before the app runs."""
        self._use = use
        draw_arrows(use.symbols)
        self._few_colours = self.no_color or self.console.color_system in _FEW_COLOURS
        if not use.animation:
            self.animation_level = "none"

    def wear(self, theme: str) -> None:
        """Put on the colours of this name.

        Before the app runs no style sheet is read: Textual's own way would have all of them read twice then.
        """
        if self.is_running:
            self.theme = theme
            return
        self.set_reactive(App.theme, theme)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What makes of each painted line what the terminal can show."""
        filters = super().get_line_filters()
        if self._few_colours:
            filters = [few_colours(self.current_theme.background or "black", letters=not self.no_color)]
        return filters if self._use.symbols else [*filters, ASCII_SIGNS]

    def write_beside(self, sequence: str) -> None:
        """Write what is no picture, among the frames; nowhere where there is no terminal."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def on_ready(self) -> None:
        """Textual hides the terminal's own cursor, and moves it all the same to where is typed."""
        if self._use.cursor and self._driver is not None:
            self._driver.write(_SHOW_CURSOR)
        if isinstance(self._driver, TerminalDriver):
            self.set_interval(_LOOKS, self._look_for_terminal)

    def end(self, status: int) -> None:
        """End with ``status``, after what it is doing: the system says so. For the handlers of signals."""
        let_go()
        self.call_later(self._end, status)

    def _end(self, status: int) -> None:
        try:
            self.before_end()
        finally:
            self.exit(return_code=status)

    def _look_for_terminal(self) -> None:
        if gone():
            self.end(HUNG_UP)
