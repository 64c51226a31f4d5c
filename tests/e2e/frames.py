"""Whole frames: a terminal with synchronized output (mode 2026) shows none that is still being written.

Kitty, Konsole, VTE, WezTerm and Windows Terminal do; so no test reads, or acts on, half a picture.
Source: https://gist.github.com/christianparpart/d8a62cc1ab659194337d73e399004036
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

ASKED: Final = b"\x1b[?2026$p"
"""DECRQM: does the terminal know the mode?"""
KNOWN: Final = b"\x1b[?2026;2$y"
"""DECRPM: it does, and no frame is being written."""
BEGIN: Final = b"\x1b[?2026h"
END: Final = b"\x1b[?2026l"


class Frames:
    """Hands what a program writes to ``show``, each frame at its end, and replies to it to ``answer``."""

    def __init__(self, show: Callable[[bytes], None], answer: Callable[[bytes], object]) -> None:
        self._show = show
        self._answer = answer
        self._held = b""

    def feed(self, data: bytes) -> None:
        """What the program wrote next, however it is cut."""
        self._held += data
        whole = self._whole()
        shown, self._held = self._held[:whole], self._held[whole:]
        for _ in range(shown.count(ASKED)):
            self._answer(KNOWN)
        self._show(shown)

    def flush(self) -> None:
        """The program ended: what it left is shown as it is."""
        self._show(self._held)
        self._held = b""

    def _whole(self) -> int:
        """How much may be seen: not a frame without its end, nor the first letters of a mark."""
        begun = self._held.rfind(BEGIN)
        if begun > self._held.rfind(END):
            return begun
        for start in range(max(0, len(self._held) - len(ASKED)), len(self._held)):
            if _begins_a_mark(self._held[start:]):
                return start
        return len(self._held)


def _begins_a_mark(data: bytes) -> bool:
    return any(mark.startswith(data) and mark != data for mark in (ASKED, BEGIN, END))
