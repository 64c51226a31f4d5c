"""What is pasted is text, whatever it says: of its lines none is taken for a word that was typed.

It stands behind what is typed and waits for Enter. Sources: XTerm Control Sequences, "Bracketed Paste Mode";
a terminal of which that is not known, such as the console of Linux or a Braille terminal, sends all of it in
one go, which nobody types.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

MARK: Final = "\x1b[?2004h"
MARK_NO_MORE: Final = "\x1b[?2004l"
BEGINS: Final = "\x1b[200~"
ENDS: Final = "\x1b[201~"

_PLAIN: Final = ("dumb", "linux", "")
"""``TERM`` of terminals that mark nothing, or would show what they do not read."""
_LINE_ENDS: Final = ("\r", "\n")


class Told(Enum):
    """How a paste is told from what is typed."""

    MARKED = auto()
    AT_ONCE = auto()
    NOT = auto()
    """No terminal: lines of a program are words each."""


def told(reading: int, environ: Mapping[str, str]) -> Told:
    """How it is told in what is read from ``reading``, a terminal as ``environ`` describes it or none."""
    if not os.isatty(reading):
        return Told.NOT
    return Told.AT_ONCE if environ.get("TERM", "") in _PLAIN else Told.MARKED


def came_at_once(text: str) -> bool:
    """Whether something stands behind a line end in what came in one go."""
    inside = text.rstrip("".join(_LINE_ENDS))
    return any(end in inside for end in _LINE_ENDS)


def text_of(paste: str) -> str:
    """The lines of ``paste``, without what acts and without empty ones around them."""
    lines = paste.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(char for char in lines if char.isprintable() or char == "\n").strip("\n")
