"""What goes through GNU screen: a ring's signs, which it makes something else of, and who orders Hebrew."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.attention import Signals, Told
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.skipif(
    not os.environ.get("CI") and shutil.which("screen") is None, reason="no GNU screen (Debian: screen)"
)

RINGS = """
import sys, time
from agent_tui.adapters.terminal_signals import TerminalSignals, Wanted
from agent_tui.attention import Signals, Told
heading = sys.argv[1]
signs = Signals(heading, told=Told("call-1", heading, "תמיכה", silent=True))
TerminalSignals(Wanted()).show(signs, 0.0, sys.stdout.write)
print("shown", flush=True)
sys.stdin.read()
"""
DRAWS = """
import sys
from agent_tui.text.terminal import drawn_in_order
with drawn_in_order():
    print("shown", flush=True)
    sys.stdin.read()
"""
HOSTILE = "Ruth Л]52;c;eA==ЇЛ[2J"
"""The low eight bits of Л are ESC, of Ї BEL."""


def rings_in_screen(place: Path, heading: str, around: Mapping[str, str]) -> bytes:
    """All that the terminal around is sent of a ring."""
    return in_screen(place, around, RINGS, heading)


def in_screen(place: Path, around: Mapping[str, str], *program: str) -> bytes:
    """All that the terminal around is sent of a program until it ends."""
    (place / "sockets").mkdir(mode=0o700)
    settings = {"SCREENDIR": str(place / "sockets"), "LC_ALL": "C.UTF-8", **around}
    command = ["screen", "-U", "-c", os.devnull, sys.executable, "-c", *program]
    with Terminal(command, env={**os.environ, **settings}) as terminal:
        terminal.wait_for("shown")
        terminal.type("\x04")
        terminal.wait_ended()
        terminal.wait_read()
        return terminal.painted


def test_a_hostile_name_reaches_the_terminal_around_as_no_sequence_of_its_own(tmp_path: Path) -> None:
    sent = rings_in_screen(tmp_path, HOSTILE, {"WEZTERM_PANE": "1"})
    assert b"\x1b]52" not in sent
    left = re.escape(HOSTILE.replace("Л", "").replace("Ї", "").encode())
    assert re.search(rb"\x1b\]2;" + left + rb"\x1b\\", sent)
    assert re.search(rb"\x1b\]777;notify;" + left.replace(b";", b",") + rb";moked\x07", sent)


def test_kittys_notice_comes_through_with_all_its_letters(tmp_path: Path) -> None:
    told = Told("call-1", "☎ דנה לוי" + "א" * 120, "תמיכה", silent=True)
    whole: list[str] = []
    TerminalSignals(Wanted(title=False), {"TERM": "xterm-kitty"}).show(
        Signals("", told=told), 0, whole.append
    )
    sent = rings_in_screen(tmp_path, told.heading, {"KITTY_WINDOW_ID": "1"})
    assert whole[0].replace("\x1b\\", "\x07").encode() in sent


@pytest.mark.parametrize(
    ("around", "off", "on"),
    [
        ({"VTE_VERSION": "7006"}, b"\x1b[8l", b"\x1b[8h"),
        (
            {"KONSOLE_VERSION": "230800"},
            b"]50;BidiRenderingEnabled=false\x07",
            b"BidiRenderingEnabled=true\x07",
        ),
    ],
    ids=["vte", "konsole"],
)
def test_the_order_of_hebrew_is_left_to_the_desk_and_given_back(
    tmp_path: Path, around: Mapping[str, str], off: bytes, on: bytes
) -> None:
    sent = in_screen(tmp_path, around, DRAWS)
    assert 0 <= sent.find(off) < sent.find(b"shown") < sent.find(on)
    assert b"\x07" not in sent.replace(off, b"").replace(on, b""), "nothing rings"
