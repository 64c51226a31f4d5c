"""What a terminal is sent so that it calls somebody who looks elsewhere: title, notification, bell.

Sources: XTerm Control Sequences (OSC 2; CSI 22 ; 2 t and CSI 23 ; 2 t, the title stack); OSC 9 of iTerm2
("Proprietary Escape Codes"); OSC 99 of kitty ("Desktop notifications"); OSC 777 of rxvt-unicode, as foot,
WezTerm, Ghostty and others took it over; tmux(1), ``allow-passthrough``; screen(1), "Virtual Terminal". All
end by ST, which tmux's passthrough doubles where BEL would ring.

A text in them comes from outside. It is cleaned here once more and bounded, whoever gave it: what ended
the sequence early would be read as another one, and the rest painted over the desk.
"""

from __future__ import annotations

import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from enum import StrEnum

from agent_tui.text.signs import IN_ASCII
from edge.text import clean

BELL = "\x07"

_ESC = "\x1b"
_ST = _ESC + "\\"
_LONGEST = 120
"""Characters of one text: more than desktops and tabs show."""

SAVE_TITLE = f"{_ESC}[22;2t"
RESTORE_TITLE = f"{_ESC}]2;{_ST}{_ESC}[23;2t"
"""Cleared first: a terminal without a title stack would keep the name of whoever called last."""


class Notify(StrEnum):
    """How the desktop is told."""

    AUTO = "auto"
    OSC9 = "osc9"
    OSC99 = "osc99"
    OSC777 = "osc777"
    OFF = "off"


_NAMES = (
    ("kitty", Notify.OSC99),
    ("iterm", Notify.OSC9),
    ("foot", Notify.OSC777),
    ("wezterm", Notify.OSC777),
    ("ghostty", Notify.OSC777),
    ("rxvt-unicode", Notify.OSC777),
)
"""Terminals by what they call themselves."""

_TELLS = (
    ("KITTY_WINDOW_ID", Notify.OSC99),
    ("ITERM_SESSION_ID", Notify.OSC9),
    ("WEZTERM_PANE", Notify.OSC777),
    ("GHOSTTY_RESOURCES_DIR", Notify.OSC777),
    ("VTE_VERSION", Notify.OSC777),
    ("KONSOLE_VERSION", Notify.OSC777),
)
"""Variables that one terminal sets, for where its name is not told. VTE and Konsole ignore OSC 777 where they
were built without it.
"""


def spoken_by(environ: Mapping[str, str]) -> Notify:
    """What the terminal that ``environ`` describes reads; off where that is not known."""
    names = (environ.get(name, "") for name in ("TERM_PROGRAM", "LC_TERMINAL", "TERM"))
    by_name = next((how for name in names if (how := named(name)) is not Notify.OFF), Notify.OFF)
    if by_name is not Notify.OFF:
        return by_name
    return next((how for name, how in _TELLS if environ.get(name)), Notify.OFF)


def named(name: str) -> Notify:
    """What a terminal of this name reads: ``xterm-kitty``, ``iTerm.app``, ``foot(1.16)``."""
    return next((how for part, how in _NAMES if part in name.lower()), Notify.OFF)


def title(text: str) -> str:
    """The window's title."""
    return f"{_ESC}]2;{clean(text, limit=_LONGEST)}{_ST}"


def notification(how: Notify, heading: str, text: str, *, silent: bool) -> str:
    """The desktop is told of the call that rings. ``silent``: without a sound, where that can be said."""
    heading, text = _field(heading), _field(text)
    if how is Notify.OSC9:
        return f"{_ESC}]9;{heading} – {text}{_ST}"
    if how is Notify.OSC777:
        return f"{_ESC}]777;notify;{heading};{text}{_ST}"
    if how is Notify.OSC99:
        sound = f":s={_base64('silent')}" if silent else ""
        first = f"{_ESC}]99;i=moked:d=0:e=1:p=title{sound};{_base64(heading)}{_ST}"
        return f"{first}{_ESC}]99;i=moked:d=1:e=1:p=body;{_base64(text)}{_ST}"
    return ""


def withdrawal(how: Notify) -> str:
    """Nobody rings any more: take the notification away, where the terminal can do that."""
    return f"{_ESC}]99;i=moked:p=close;{_ST}" if how is Notify.OSC99 else ""


def through_tmux(sequence: str) -> str:
    """``sequence`` for the terminal around tmux; tmux reads the rest itself."""
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_ST}" if sequence else ""


def in_screen(environ: Mapping[str, str]) -> bool:
    """Whether GNU screen is around the program, or within what is: by its name alone where it runs on
    another machine; tmux's is that of screen, too.
    """
    return bool(environ.get("STY")) or (
        not environ.get("TMUX") and environ.get("TERM", "").startswith("screen")
    )


def through_screen(sequence: str) -> str:
    """``sequence`` for the terminal around GNU screen, which hands on what a device control string holds.

    That is at most 767 characters, so each control that ends by ST has a string of its own; BEL ends it, for
    ST would end the string. What is not ASCII is left out: see ``in_ascii``.
    """
    *controls, rest = sequence.encode("ascii", "ignore").decode().split(_ST)
    parts = (*(f"{control}{BELL}" for control in controls), rest)
    return "".join(f"{_ESC}P{part}{_ST}" for part in parts if part)


def in_ascii(text: str) -> str:
    """What is left of ``text`` for GNU screen (4.9, ``StringChar`` in its ``ansi.c``).

    Of each character in a control it keeps the low eight bits: a ``Л`` is ESC to the terminal around it, and
    what follows a sequence of its own.
    """
    parts = (unicodedata.normalize("NFKD", part.translate(IN_ASCII)) for part in text.split(" – "))
    left = (" ".join(part.encode("ascii", "ignore").decode().split()) for part in parts)
    return " - ".join(part for part in left if part)


def _field(text: str) -> str:
    """One field of a sequence, in which ``;`` would begin the next."""
    return clean(text, limit=_LONGEST).replace(";", ",")


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()
