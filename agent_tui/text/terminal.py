"""The terminal's own reordering, turned off while the desk draws: text that both reorder reads backwards.

Sources: ECMA-48 8.2.4 and 8.3.26 (BDSM, mode 8: reset is *explicit*, the program orders), kept by VTE and
others as "BiDi in Terminal Emulators" describes; Konsole's manual, "Changing profile options".
Terminals that know neither ignore both, and do not reorder. xterm takes OSC 50 for a font's name, so
that goes to Konsole alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import NamedTuple, TextIO


class Reordering(NamedTuple):
    """What to send to a terminal so that it leaves the order of characters alone, and does not any more."""

    off: str
    on: str


def reordering(environ: Mapping[str, str]) -> Reordering:
    """The sequences for the terminal that ``environ`` describes."""
    if environ.get("KONSOLE_VERSION"):
        konsole = "\x1b]50;BidiRenderingEnabled={}\x07"
        return Reordering(off=konsole.format("false"), on=konsole.format("true"))
    return Reordering(off="\x1b[8l", on="\x1b[8h")


@contextmanager
def drawn_in_our_order(
    stream: TextIO | None = None, environ: Mapping[str, str] = os.environ
) -> Iterator[None]:
    """Within it, the terminal draws what it gets from left to right. Undone at exit, by an error too.

    ``stream`` is standard output unless given. Nothing is sent where that is no terminal.
    """
    stream = sys.stdout if stream is None else stream
    if not stream.isatty():
        yield
        return
    told = reordering(environ)
    _send(stream, told.off)
    try:
        yield
    finally:
        with suppress(OSError):  # the terminal may be gone, and its settings with it
            _send(stream, told.on)


def _send(stream: TextIO, sequence: str) -> None:
    stream.write(sequence)
    stream.flush()
