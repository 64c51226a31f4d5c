"""A Textual app that keeps to what its terminal can show: few colours or none, no Unicode, no movement."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import App
from textual.filter import LineFilter

from agent_tui.commands.shortcuts import draw_arrows
from agent_tui.keys_in_turn import KeysInTurn
from agent_tui.text.terminal import TerminalUse
from agent_tui.widgets.plain import ASCII_SIGNS, few_colours

_FEW_COLOURS = ("standard", "windows")
"""What rich calls terminals of sixteen colours."""

_SHOW_CURSOR = "\x1b[?25h"


class PlainApp(App[None]):
    """Uses the terminal as ``use_terminal`` says; until then as Textual does."""

    _use = TerminalUse()
    _few_colours = False

    def __init__(self) -> None:
        super().__init__()
        self._in_turn = KeysInTurn(self, super().on_event)

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
