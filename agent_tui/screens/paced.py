"""When a screen is drawn: at once after a while of quiet, and then in frames."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from textual.screen import Screen, ScreenResultType
from textual.timer import Timer

FRAME: Final = 1 / 240
"""Seconds between two frames at least. A key's effect waits no longer behind the frame of the key before."""


class Frames(Timer):
    """In place of the timer by which Textual draws a screen.

    Textual's keeps to a grid of 60 a second: who comes behind a frame that fell between two of its lines
    waits past the next line too, up to 33 ms. Here the next frame is due ``FRAME`` after the one before.
    """

    def __init__(self, screen: Screen[ScreenResultType], draw: Callable[[], None]) -> None:
        super().__init__(screen, FRAME, name="frames", pause=True)
        self._next, self._draw = screen.call_next, draw
        self._due: asyncio.TimerHandle | None = None
        self._earliest = 0.0

    def resume(self) -> None:
        """Something is to be drawn."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_at(max(self._earliest, loop.time()), self._come)

    def pause(self) -> None:
        """It is drawn."""
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _come(self) -> None:
        """Behind all that has been told to the screen by now, and where the app sees what fails."""
        self._next(self._frame)

    def _frame(self) -> None:
        if self._due is not None:
            self.pause()
            self._earliest = asyncio.get_running_loop().time() + FRAME
            self._draw()


class Paced(Screen[ScreenResultType]):
    """A screen that is drawn by ``Frames``."""

    _frames: Frames | None = None

    @property
    def _update_timer(self) -> Timer:
        if self._frames is None:
            self._frames = Frames(self, self._on_timer_update)
        return self._frames
