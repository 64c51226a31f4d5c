"""Who puts Hebrew in order, the desk or the terminal: text that both reorder reads backwards.

The desk does, with the terminal's own reordering turned off meanwhile. A terminal whose reordering nothing
turns off gets the text as it is and orders it itself: then columns and cursor are only as right as it is.

Sources: ECMA-48 8.2.4 and 8.3.26 (BDSM, mode 8: reset is *explicit*, the program orders), kept by VTE,
mintty and others as "BiDi in Terminal Emulators" describes; its "Prior work: Terminal emulators" for those
that know no such mode (Apple's Terminal, mlterm); Konsole's manual, "Changing profile options"; DECRQM for
the mode's number: XTerm Control Sequences. Terminals that know neither ignore both, and do not reorder
(xterm, foot, Alacritty; Windows Terminal since 1.19, microsoft/terminal#18659). kitty draws the letters of
each Hebrew word from right to left, which only its own settings turn off (``force_ltr``, kitty.conf(5)).
xterm takes OSC 50 for a font's name, so that goes to Konsole alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import NamedTuple, TextIO

from agent_tui.text.bidi.display import left_to_terminal
from agent_tui.text.signals import in_screen, through_screen, through_tmux


class Bidi(StrEnum):
    """Who puts Hebrew in order, as the settings have it (``[terminal] bidi``)."""

    AUTO = "auto"
    MOKED = "moked"
    TERMINAL = "terminal"


class Symbols(StrEnum):
    """What lines and signs are drawn with (``[terminal] symbols``)."""

    AUTO = "auto"
    UNICODE = "unicode"
    ASCII = "ascii"


_NO_SYMBOLS = ("linux", "vt100", "vt102", "vt220", "vt320", "ansi", "cons25")
"""``TERM`` of terminals whose fonts or character sets lack the desk's signs."""


def draws_symbols(wanted: Symbols, environ: Mapping[str, str]) -> bool:
    """Whether the terminal is trusted with signs and lines. Python itself sets ``LC_CTYPE`` to C.UTF-8 where
    the locale is C (PEP 538), so an explicit C or POSIX in ``LANG`` counts beside that.
    """
    if wanted is not Symbols.AUTO:
        return wanted is Symbols.UNICODE
    if environ.get("TERM", "") in _NO_SYMBOLS:
        return False
    kind = environ.get("LC_CTYPE", "")
    locale = environ.get("LC_ALL") or ("" if kind == "C.UTF-8" else kind) or environ.get("LANG", "")
    return not locale or locale.upper().replace("-", "").partition("@")[0].endswith("UTF8")


class Manner(StrEnum):
    """What a terminal does with the order of characters."""

    LEAVES = "leaves"
    """It draws what it gets from left to right."""
    SWITCHES = "switches"
    """It reorders until BDSM is reset; or nothing is known of it, and resetting that costs nothing."""
    KONSOLE = "konsole"
    """It reorders until its profile's option is changed."""
    WORDS = "words"
    """It turns each word round, unless its own settings say otherwise; it tells nobody which."""
    ALWAYS = "always"
    """It reorders whatever it is told."""


class TerminalUse(NamedTuple):
    """What the desk does with its terminal, as the settings have it."""

    symbols: bool = True
    """Signs and lines beyond ASCII."""
    animation: bool = True
    cursor: bool = False
    """The terminal's own cursor stands where is typed: for magnifiers and Braille displays."""


class Reordering(NamedTuple):
    """What to send to a terminal so that it leaves the order of characters alone, and does not any more."""

    off: str
    on: str


_BDSM = Reordering(off="\x1b[8l", on="\x1b[8h")
_KONSOLE = Reordering(
    off="\x1b]50;BidiRenderingEnabled=false\x07", on="\x1b]50;BidiRenderingEnabled=true\x07"
)
_NOTHING = Reordering("", "")

_TO_THE_TOP, _BACK = "\x1b7\x1b[H", "\x1b8"
"""VTE keeps the mode with each line that the cursor enters; tmux paints the first without that."""

_BY_MODE = {0: Manner.LEAVES, 1: Manner.SWITCHES, 2: Manner.SWITCHES, 3: Manner.ALWAYS, 4: Manner.LEAVES}
"""What DECRQM answers: not known, set, reset, always set, always reset."""


def manner(environ: Mapping[str, str], mode: int | None = None) -> Manner:
    """The manner of the terminal that ``environ`` describes, and that answered ``mode`` when asked for 8.

    The doctor asks; the desk goes by ``environ`` alone, for an answer that comes late over a slow line would
    be read as keys, and stand in the note.
    """
    if environ.get("KONSOLE_VERSION"):
        return Manner.KONSOLE
    if environ.get("KITTY_WINDOW_ID"):
        return Manner.WORDS
    if mode is not None:
        return _BY_MODE.get(mode, Manner.SWITCHES)
    if environ.get("TERM_PROGRAM") == "Apple_Terminal" or environ.get("MLTERM"):
        return Manner.ALWAYS
    return Manner.SWITCHES


def orders_itself(bidi: Bidi, found: Manner) -> bool:
    """Whether the order is left to a terminal of this manner."""
    return bidi is Bidi.TERMINAL or (bidi is Bidi.AUTO and found is Manner.ALWAYS)


def reordering(environ: Mapping[str, str]) -> Reordering:
    """The sequences for the terminal that ``environ`` describes; screen passes them on, tmux where it may."""
    told = _KONSOLE if manner(environ) is Manner.KONSOLE else _BDSM
    through = through_tmux if environ.get("TMUX") else through_screen if in_screen(environ) else None
    return told if through is None else _handed_on(told, through)


def _handed_on(told: Reordering, through: Callable[[str], str]) -> Reordering:
    return Reordering(through(f"{_TO_THE_TOP}{told.off}{_BACK}"), through(told.on))


@contextmanager
def drawn_in_order(
    bidi: Bidi = Bidi.AUTO, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ
) -> Iterator[None]:
    """Within it Hebrew is put in order once, by desk or terminal. Undone at exit, by an error too.

    ``stream`` is standard output unless given. Nothing is sent where that is no terminal, or one of lines.
    """
    stream = sys.stdout if stream is None else stream
    by_terminal = orders_itself(bidi, manner(environ))
    told = reordering(environ) if stream.isatty() and not shows_no_screen(environ) else _NOTHING
    with left_to_terminal(by_terminal):
        _send(stream, told.on if by_terminal else told.off)
        try:
            yield
        finally:
            with suppress(OSError):  # the terminal may be gone, and its settings with it
                _send(stream, told.on)


def shows_no_screen(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether it is a terminal of lines alone, such as a shell within Emacs."""
    return environ.get("TERM") == "dumb"


def somebody_looks(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a desk would be seen and hear keys: Textual paints through standard error.

    Where the surroundings name another driver it is painted there (a browser's page), on no terminal.
    """
    if environ.get("TEXTUAL_DRIVER"):
        return True
    if shows_no_screen(environ):
        return False
    return all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))


def _send(stream: TextIO, sequence: str) -> None:
    if sequence:
        stream.write(sequence)
        stream.flush()
