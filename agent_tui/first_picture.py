"""What is on the screen a moment after the key, while the desk itself is still being loaded.

Plain ANSI (ECMA-48) in the desk's own colours, in the alternate screen that the desk then takes over, and
only where somebody looks: never into a file, a pipe or a terminal that knows no such things.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TextIO

_ALTERNATE, _BACK = "\x1b[?1049h", "\x1b[?1049l"
_HIDE_CURSOR, _SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_DESK = "\x1b[48;2;14;19;26m\x1b[38;2;214;222;235m"
_BAR = "\x1b[48;2;26;36;48m"
_PLAIN = "\x1b[0m"


class FirstPicture:
    """The picture: ``paint`` it, and ``clear`` it away if no desk comes after all."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._painted = False

    def paint(self) -> None:
        """Show it, where there is a terminal to show it in."""
        if not self._out.isatty() or os.environ.get("TERM", "dumb") == "dumb":
            return
        size = shutil.get_terminal_size()
        self._painted = True  # a signal that ends the desk may come while it is written
        self._write(_ALTERNATE + _HIDE_CURSOR + picture(size.columns, size.lines))

    def clear(self) -> None:
        """Leave the terminal as it was before."""
        if self._painted:
            with suppress(OSError):  # the terminal may be gone, and the picture with it
                self._write(_PLAIN + _SHOW_CURSOR + _BACK)
            self._painted = False

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def picture(columns: int, lines: int) -> str:
    """The desk's empty frame: the bar at the top, the bar at the bottom, a word between them."""
    desk, bar = (_DESK, _BAR) if _coloured(os.environ) else ("", "")
    rows = [desk + " " * columns] * max(0, lines)
    if lines >= 3:  # noqa: PLR2004 - two bars and a row between them
        rows[0] = desk + bar + _fitted(" moked", columns)
        rows[1] = desk + _fitted(" starting …", columns)
        rows[-1] = desk + bar + " " * columns
    return "\x1b[H" + "\r\n".join(rows) + "\x1b[H"


def _coloured(environ: Mapping[str, str]) -> bool:
    """Whether the desk will come in these colours: not with NO_COLOR, and not where there are sixteen."""
    many = environ.get("COLORTERM") or "256color" in environ.get("TERM", "")
    return bool(many) and "NO_COLOR" not in environ


def _fitted(text: str, columns: int) -> str:
    return text[:columns].ljust(columns)
