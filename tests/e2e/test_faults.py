"""Faults of ours in a real terminal with a call up: the desk goes on, the talk does, and no value is told."""

from __future__ import annotations

import re
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from tests.e2e.acts import DANA, NAME, RUTH, talk
from tests.e2e.centre import AGENTS_TONE, Centre, Desk, Home
from tests.e2e.faulty_desk import SECRET
from tests.e2e.sound import Recording
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

NOTE = "Wants the bill by post."
LEFT_SCREEN = b"\x1b[?1049l"


def faulty(home: Home, *faults: str) -> Terminal:
    command = [sys.executable, "-m", "tests.e2e.faulty_desk", "--config", str(home.config)]
    return Terminal(command, env={**home.env, "FAULTS": ",".join(faults)})


def logged(home: Home) -> str:
    """The desk's log, wherever the system has it."""
    return "".join(path.read_text("utf-8") for path in Path(home.env["HOME"]).rglob("desk.log"))


def test_faults_are_told_by_a_reference_and_end_neither_desk_nor_talk(
    centre: Centre, console: Console
) -> None:
    home = centre.prepare(DANA)
    try:
        with faulty(home, "painting", "pump", "handler", "key", "screen") as terminal:
            desk = Desk(terminal, home)
            desk.ready()
            customer = talk(console, desk)
            terminal.wait_for("This cannot be shown: fault", "Something in moked failed")
            terminal.type(NOTE)
            terminal.wait_for(NOTE, "✔ saved")
            terminal.press("f3", "f4")
            terminal.wait_for("MUTED")
            terminal.press("f4")
            terminal.wait_without("MUTED")
            begun = len(terminal.painted)
            terminal.press("ctrl+down")
            terminal.type(" Soon")
            terminal.wait_for(f"{NOTE} Soon", "✔ saved")
            assert LEFT_SCREEN not in terminal.painted[begun:]
            terminal.press("f11")
            terminal.wait(lambda _shown: LEFT_SCREEN in terminal.painted[begun:], what="the screen's end")
            terminal.wait_for("TALKING", NAME, NOTE, "Something in moked failed")
            Recording(desk.heard, 440).wait_heard(0.5)
            Recording(customer.heard, AGENTS_TONE).wait_heard(0.5)
            terminal.press("f8")
            terminal.wait_for("WRAP-UP")
            terminal.wait_without("TALKING")  # an open call is asked about
            customer.wait_gone()
            terminal.press("ctrl+q")
            assert terminal.wait_ended() == 0
            terminal.wait_read()
            painted = terminal.painted.decode()
    finally:
        home.end_phone()
    log = logged(home)
    for place in ("painting card", "ToggleHold", "the key next_step", "the screen", "Outbox.run"):
        assert f" in {place}" in log
    assert len(set(re.findall(r"fault ([2-9A-Z]{5})", log))) >= 4
    for text in (painted, log):
        assert SECRET not in text
        assert "no such thing as t" not in text
    assert "Traceback" not in painted


AGAIN = "start moked again"
"""Where the line breaks is told by the log's path before it."""


def test_a_desk_that_cannot_go_on_gives_the_terminal_back_and_says_what_to_do(centre: Centre) -> None:
    home = centre.prepare(DANA)
    try:
        with faulty(home, "hopeless") as terminal:
            terminal.wait(lambda shown: AGAIN in " ".join(shown.split()), what=AGAIN)
            assert terminal.wait_ended() == 1
            assert terminal.modes == terminal.modes_before
            terminal.wait_read()
            painted = terminal.painted.decode()
    finally:
        home.end_phone()
    reference = re.findall(r"fault ([2-9A-Z]{5})", painted)[-1]
    assert f"fault {reference} in the screen" in logged(home)
    assert painted.rindex("\x1b[?1049l") < painted.rindex("moked failed and has ended")
    assert painted.rindex("\x1b[23;2t") > painted.rindex("\x1b[22;2t")
    assert SECRET not in painted
    assert "Traceback" not in painted


def wait_written(terminal: Terminal, begun: int, *sequences: bytes) -> None:
    """Wait until the desk has sent these after its first ``begun`` bytes: what it shows comes before."""
    terminal.wait(
        lambda _shown: all(one in terminal.painted[begun:] for one in sequences), what=f"{sequences!r}"
    )


def test_a_ring_in_a_terminal_that_is_not_looked_at(centre: Centre, console: Console) -> None:
    home = centre.prepare(DANA)
    try:
        with Terminal(home.command, env={**home.env, "KITTY_WINDOW_ID": "1"}) as terminal:
            desk = Desk(terminal, home)
            desk.ready()
            terminal.type("\x1b[O")
            begun = len(terminal.painted)
            customer = console.customer("support", number=RUTH)
            terminal.wait_for("RINGING", NAME)
            notice = b"\x1b]99;i=moked:d=0:e=1:p=title;" + b64encode(f"☎ {NAME}".encode()) + b"\x1b\\"
            title = f"\x1b]2;☎ {NAME} – Support – moked\x1b\\".encode()
            wait_written(terminal, begun, notice, title, b"\x07")
            rung = terminal.painted[begun:]
            assert rung.index(NAME.encode()) < rung.index(b"\x1b]99;")
            terminal.type("\x1b[I")
            terminal.press("ctrl+g")
            terminal.wait_for("no ring sound")
            begun = len(terminal.painted)
            terminal.press("f2")
            terminal.wait_for("TALKING", NAME)
            wait_written(terminal, begun, b"\x1b]2;moked\x1b\\")
            wait_written(terminal, 0, b"p=close;")
            assert customer.present
            assert b"\x07" not in terminal.painted[begun:]
            customer.hang_up()
            terminal.wait_for("WRAP-UP")
            terminal.wait_without("TALKING")
            terminal.press("ctrl+q")
            terminal.wait_ended()
            terminal.wait_read()
            painted = terminal.painted
    finally:
        home.end_phone()
    assert painted.endswith(b"\x1b]2;\x1b\\\x1b[23;2t\x1b[8h")
