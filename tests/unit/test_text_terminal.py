"""The terminal's own reordering is off while the desk draws, and on again after it, however it ended."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from agent_tui.text.bidi import reads_rtl, visual_text
from agent_tui.text.terminal import Bidi, Manner, drawn_in_order, manner, orders_itself, reordering
from tests.e2e.terminal import Terminal

DESK = """
import sys
from agent_tui.text.terminal import drawn_in_order
with drawn_in_order():
    print("desk", file=sys.stderr)
    {inside}
print("after", file=sys.stderr)
"""
"""Textual draws on standard error; the order holds over both streams."""
SURROUNDINGS = {"PATH": os.environ["PATH"], "PYTHON_COLORS": "0"}
"""No PYTHONUNBUFFERED among it: a sequence that waits in a buffer comes after the picture. A traceback has no
colours of its own, as Python 3.13 would give it.
"""
IN_TMUX = b"\x1bPtmux;\x1b\x1b7\x1b\x1b[H\x1b\x1b[8l\x1b\x1b8\x1b\\"
KONSOLE = {"KONSOLE_VERSION": "230800"}


def painted(inside: str, last: str, environ: Mapping[str, str] | None = None) -> bytes:
    """What the program writes to a terminal until the word ``last`` is seen there."""
    argv = [sys.executable, "-c", DESK.format(inside=inside)]
    with Terminal(argv, env={**SURROUNDINGS, **(environ or {})}) as terminal:
        terminal.wait_for(last)
        return terminal.painted


@pytest.mark.parametrize(
    ("environ", "off", "on"),
    [
        ({}, b"\x1b[8l", b"\x1b[8h"),
        (KONSOLE, b"\x1b]50;BidiRenderingEnabled=false\x07", b"\x1b]50;BidiRenderingEnabled=true\x07"),
        ({"TMUX": "tmux-1/default,1,0"}, IN_TMUX, b"\x1bPtmux;\x1b\x1b[8h\x1b\\"),
        ({"STY": "1.pts"}, b"\x1bP\x1b7\x1b[H\x1b[8l\x1b8\x1b\\", b"\x1bP\x1b[8h\x1b\\"),
    ],
    ids=["ecma-48", "konsole", "tmux", "screen"],
)
def test_off_before_the_first_picture_and_on_after_the_last(
    environ: Mapping[str, str], off: bytes, on: bytes
) -> None:
    assert painted("pass", "after", environ) == off + b"desk\r\n" + on + b"after\r\n"


@pytest.mark.parametrize("inside", ["raise RuntimeError", "raise SystemExit('RuntimeError')"])
def test_on_again_after_a_crash(inside: str) -> None:
    shown = painted(inside, "RuntimeError")
    assert shown.startswith(b"\x1b[8ldesk\r\n\x1b[8h")
    assert shown.count(b"\x1b") == 2


@pytest.mark.parametrize("environ", [{}, KONSOLE], ids=["ecma-48", "konsole"])
def test_nothing_is_sent_where_the_output_is_no_terminal(environ: Mapping[str, str]) -> None:
    argv = [sys.executable, "-c", DESK.format(inside="pass")]
    done = subprocess.run(argv, capture_output=True, timeout=30, check=True, env={**SURROUNDINGS, **environ})
    assert (done.stdout, done.stderr) == (b"", b"desk\nafter\n")


def test_a_terminal_that_is_gone_at_the_end_is_no_error() -> None:
    """``/dev/full`` takes no byte, as a closed terminal does."""
    gone = 'import os; os.dup2(os.open("/dev/full", os.O_WRONLY), 1)'
    with Terminal(
        [sys.executable, "-c", DESK.format(inside=gone) + "os._exit(0)"], env=os.environ
    ) as terminal:
        terminal.wait_for("after")
        assert terminal.wait_ended() == 0


def test_the_font_sequence_goes_to_konsole_alone() -> None:
    """xterm and others read OSC 50 as the name of a font."""
    for name in ("xterm-256color", "tmux-256color", "linux"):
        assert "]50" not in reordering({"TERM": name}).off


def test_on_again_after_sigterm() -> None:
    """As the command ``moked`` has it: the signal becomes an exception."""
    inside = (
        "import os, signal; from agent_tui import cli; "
        "signal.signal(signal.SIGTERM, cli._end); os.kill(os.getpid(), signal.SIGTERM)"
    )
    with Terminal([sys.executable, "-c", DESK.format(inside=inside)], env=SURROUNDINGS) as terminal:
        terminal.wait_for("desk")
        assert terminal.wait_ended() == 143
        terminal.wait_read()
        assert terminal.painted == b"\x1b[8ldesk\r\n\x1b[8h"


APPLE = {"TERM_PROGRAM": "Apple_Terminal"}


@pytest.mark.parametrize(
    ("environ", "mode", "found"),
    [
        ({"TERM": "xterm-256color"}, None, Manner.SWITCHES),
        ({"VTE_VERSION": "7200"}, 1, Manner.SWITCHES),
        ({"VTE_VERSION": "7200"}, 2, Manner.SWITCHES),
        ({"TERM": "xterm-kitty"}, 0, Manner.LEAVES),
        ({"TERM": "foot"}, 4, Manner.LEAVES),
        ({"TERM": "xterm"}, 3, Manner.ALWAYS),
        (APPLE, None, Manner.ALWAYS),
        ({"MLTERM": "3.9.3"}, None, Manner.ALWAYS),
        ({"MLTERM": "3.9.3"}, 1, Manner.SWITCHES),
        (KONSOLE, None, Manner.KONSOLE),
    ],
)
def test_a_terminals_manner_by_its_answer_and_else_by_its_surroundings(
    environ: Mapping[str, str], mode: int | None, found: Manner
) -> None:
    assert manner(environ, mode) is found


@pytest.mark.parametrize("found", Manner)
def test_the_settings_decide_who_orders_and_auto_by_the_manner(found: Manner) -> None:
    assert orders_itself(Bidi.TERMINAL, found)
    assert not orders_itself(Bidi.MOKED, found)
    assert orders_itself(Bidi.AUTO, found) is (found is Manner.ALWAYS)


@pytest.mark.parametrize(
    ("bidi", "environ", "shown", "sent"),
    [
        (Bidi.AUTO, {}, "abc םולש", "\x1b[8l\x1b[8h"),
        (Bidi.AUTO, APPLE, "abc שלום", "\x1b[8h\x1b[8h"),
        (Bidi.MOKED, APPLE, "abc םולש", "\x1b[8l\x1b[8h"),
        (Bidi.TERMINAL, {}, "abc שלום", "\x1b[8h\x1b[8h"),
    ],
)
def test_hebrew_is_put_in_order_once(bidi: Bidi, environ: Mapping[str, str], shown: str, sent: str) -> None:
    stream = Seen()
    with drawn_in_order(bidi, stream, environ):
        assert visual_text("abc שלום") == shown
        assert reads_rtl("שלום") is (bidi is not Bidi.TERMINAL and shown.endswith("םולש"))
    assert stream.getvalue() == sent
    assert visual_text("abc שלום") == "abc םולש"


def test_controls_are_not_shown_where_the_terminal_orders() -> None:
    with drawn_in_order(Bidi.TERMINAL, io.StringIO(), {}):
        assert visual_text("\u2066abc\u2069 \u200fשלום") == "abc שלום"


class Seen(io.StringIO):
    """A terminal that keeps what it was sent."""

    def isatty(self) -> bool:
        return True
