"""What a command prints for people: rows in the width of the terminal, with Hebrew in order.

The rows are those that the desk's screens show. A terminal gets Hebrew as the desk would draw it there, from
the right (``text.terminal``); a file or a pipe gets text in logical order, as programs and editors want it.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TextIO

from agent_tui.text.bidi.display import left_to_terminal, visual_text
from agent_tui.text.catalogue import Told, right_to_left
from agent_tui.text.terminal import Bidi, drawn_in_order, manner, orders_itself
from agent_tui.widgets.cells import Cell, Row, Tone, lay_out

_COLOURS: Final = {Tone.GOOD: "32", Tone.WARN: "33", Tone.BAD: "31", Tone.DIM: "2", Tone.STRONG: "1"}
"""By SGR (ECMA-48 8.3.117): the colours that every terminal has."""


def help_rows(about: Sequence[tuple[str, Told]]) -> Iterator[Row]:
    """A row for each thing that can be typed, with what it is for."""
    widest = max(len(typed) for typed, _told in about)
    for typed, told in about:
        yield Row((Cell(typed, width=widest + 1), Cell(str(told), grow=True, wraps=True)), indent=2)


def asked(text: str, bidi: str = "") -> str:
    """A question as it is put before what is typed."""
    paper = Paper(sys.stdout, bidi)
    with left_to_terminal(not paper.orders):
        return visual_text(text)


class Paper:
    """Where a command prints. ``bidi`` is who orders Hebrew, as the settings say it."""

    def __init__(self, out: TextIO, bidi: str = "") -> None:
        self._out = out
        self._bidi = Bidi(bidi) if bidi in tuple(Bidi) else Bidi.AUTO
        self._terminal = out.isatty()
        self._coloured = self._terminal and not os.environ.get("NO_COLOR")

    @property
    def orders(self) -> bool:
        """Whether Hebrew is put in order here, for a terminal that does not."""
        return self._terminal and not orders_itself(self._bidi, manner(os.environ))

    @contextmanager
    def open(self) -> Iterator[None]:
        """Within it rows are printed; the terminal's own order of characters is put back afterwards."""
        with drawn_in_order(self._bidi, self._out) if self._terminal else left_to_terminal(True):
            yield

    def put(self, *rows: Row) -> None:
        """Print ``rows`` at once."""
        mirrored = right_to_left() and self.orders
        width = shutil.get_terminal_size().columns
        for row in rows:
            for line in lay_out(row, width, mirrored=mirrored):
                told = "".join(self._painted(text, tone) for text, tone in line)
                self._out.write(f"{told.rstrip()}\n")
        self._out.flush()

    def say(self, told: Told) -> None:
        """Print what is told, each line of it wrapped in a terminal; nothing that others wrote in it acts."""
        for text in str(told).split("\n"):
            line = "".join(char for char in text if unicodedata.category(char) != "Cc")
            if self._terminal:
                self.put(Row((Cell(line, grow=True, wraps=True),)))
            else:
                self._out.write(f"{visual_text(line)}\n")
        self._out.flush()

    def _painted(self, text: str, tone: Tone) -> str:
        colour = _COLOURS.get(tone)
        if colour is None or not self._coloured or not text.strip():
            return text
        return f"\x1b[{colour}m{text}\x1b[0m"
