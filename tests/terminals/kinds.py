"""The terminals that are looked at: how each is started with a program, in one font that has Hebrew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

COLUMNS, LINES = 100, 40
FONT, POINTS = "FreeMono", 11

TMUX = "moked-terminals"
"""The name of a tmux server of its own, in a home with ``TMUX_SETTINGS``."""
TMUX_SETTINGS = """
set -g allow-passthrough on
set -g status off
set -g default-terminal tmux-256color
set -as terminal-features ",*:RGB"
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """One terminal. ``reorders``: whether it puts Hebrew in order by itself until it is told not to."""

    name: str
    command: Callable[[Sequence[str]], list[str]]
    reorders: bool
    in_tmux: bool = False


def _xterm(program: Sequence[str]) -> list[str]:
    return ["xterm", "-fa", FONT, "-fs", str(POINTS), "-geometry", f"{COLUMNS}x{LINES}", "-e", *program]


def _vte(program: Sequence[str]) -> list[str]:
    size = ["-c", str(COLUMNS), "-r", str(LINES), "-f", f"{FONT} {POINTS}"]
    return ["sakura", *size, "-x", " ".join(program)]


def _konsole(program: Sequence[str]) -> list[str]:
    look = [f"Font={FONT},{POINTS}", f"TerminalColumns={COLUMNS}", f"TerminalRows={LINES}"]
    options = [part for one in look for part in ("-p", one)]
    return ["konsole", "--separate", "--nofork", "--hide-menubar", *options, "-e", *program]


def _kitty(program: Sequence[str]) -> list[str]:
    options = {
        "font_family": FONT,
        "font_size": str(POINTS),
        "force_ltr": "yes",
        "linux_display_server": "x11",
        "remember_window_size": "no",
        "initial_window_width": f"{COLUMNS}c",
        "initial_window_height": f"{LINES}c",
        "update_check_interval": "0",
    }
    chosen = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ["kitty", "--config", "NONE", *chosen, *program]


def _in_tmux(program: Sequence[str]) -> list[str]:
    return ["tmux", "-L", TMUX, "new-session", *program]


KINDS = (
    Kind("xterm", _xterm, reorders=False),
    Kind("vte", _vte, reorders=True),
    Kind("konsole", _konsole, reorders=True),
    Kind("kitty", _kitty, reorders=False),
    Kind("tmux-in-vte", lambda program: _vte(_in_tmux(program)), reorders=True, in_tmux=True),
    Kind("tmux-in-xterm", lambda program: _xterm(_in_tmux(program)), reorders=False, in_tmux=True),
)
