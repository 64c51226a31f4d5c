"""Questions to the terminal, answered by the terminal itself: where the cursor is, whether a mode is known.

Sources: ECMA-48 8.3.14 (CPR), XTerm Control Sequences (DECRQM, "Request ANSI mode").
"""

from __future__ import annotations

import os
import re
import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_WITHIN = 0.5
_LONGEST_ANSWER = 200
_POSITION = re.compile(rb"\x1b\[(\d+);(\d+)R")
_MODE = re.compile(rb"\x1b\[(\d+);(\d)\$y")

REORDERING: Final = 8
"""BDSM of ECMA-48: whether the terminal reorders Hebrew by itself."""


class Dialogue:
    """An open terminal that answers; made by ``dialogue``. A terminal that keeps silent is asked no more."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._silent = False

    def width(self, text: str) -> int | None:
        """How many cells the terminal takes for ``text``; None when it does not say."""
        found = self._ask(b"\r" + text.encode() + b"\x1b[6n", _POSITION)
        os.write(self._writing, b"\r\x1b[K")
        return int(found[2]) - 1 if found else None

    def mode(self, number: int) -> int | None:
        """An ANSI mode: 0 not known, 1 set, 2 reset, 3 always set, 4 always reset; None: no answer."""
        found = self._ask(b"\x1b[%d$p" % number, _MODE)
        return int(found[2]) if found and int(found[1]) == number else None

    def _ask(self, question: bytes, answer: re.Pattern[bytes]) -> re.Match[bytes] | None:
        if self._silent:
            return None
        os.write(self._writing, question)
        heard, until = b"", time.monotonic() + _WITHIN
        while (left := until - time.monotonic()) > 0 and len(heard) < _LONGEST_ANSWER:
            if not select.select([self._reading], [], [], left)[0]:
                break
            heard += os.read(self._reading, 64)
            if found := answer.search(heard):
                return found
        self._silent = True
        return None


@contextmanager
def dialogue() -> Iterator[Dialogue | None]:
    """A dialogue with the terminal we run in, its line discipline put back afterwards; None without one."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield None
        return
    sys.stdout.flush()
    reading, writing = sys.stdin.fileno(), sys.stdout.fileno()
    before = termios.tcgetattr(reading)
    tty.setcbreak(reading, termios.TCSANOW)
    try:
        yield Dialogue(reading, writing)
    finally:
        termios.tcsetattr(reading, termios.TCSAFLUSH, before)
