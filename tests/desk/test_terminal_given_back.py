"""The command ``moked`` in a real terminal: however the desk ends, the terminal is as it was before."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.desk.in_a_terminal import FOR_EVER, desk
from tests.e2e.terminal import IN_A_SESSION


def test_the_terminals_own_order_is_off_before_the_first_frame(tmp_path: Path) -> None:
    with desk(tmp_path) as terminal:
        terminal.wait_for("No call")
        painted = terminal.painted
        assert painted.count(b"\x1b[8l") == 1
        assert painted.index(b"\x1b[8l") < painted.rindex(b"No call")
        assert b"\x1b[8h" not in painted


SIGNALS = {"sigterm": signal.SIGTERM, "sighup": signal.SIGHUP, "sigint": signal.SIGINT}


@pytest.mark.parametrize("ending", ["quit", *SIGNALS, "crash"])
def test_the_terminal_is_given_back(tmp_path: Path, ending: str) -> None:
    crash = "await asyncio.sleep(0); raise RuntimeError('broken')"
    with desk(tmp_path, crash if ending == "crash" else FOR_EVER) as terminal:
        if ending != "crash":
            terminal.wait_for("No call")
        if ending == "quit":
            terminal.press("ctrl+q")
        elif ending in SIGNALS:
            terminal.process.send_signal(SIGNALS[ending])
        status = terminal.wait_ended()
        assert status == {"quit": 0, "crash": 1}.get(ending, 128 + SIGNALS.get(ending, 0))
        assert terminal.modes == terminal.modes_before
        terminal.wait_read()
        painted = terminal.painted
    for off, on in ((b"\x1b[8l", b"\x1b[8h"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1049h", b"\x1b[?1049l")):
        assert painted.rindex(on) > painted.rindex(off)


DEAF = ("sh", "-c", "trap '' HUP; exec \"$@\"", "sh")


@pytest.mark.parametrize("before", [IN_A_SESSION, (*DEAF, *IN_A_SESSION)], ids=["told", "signal ignored"])
def test_a_desk_whose_terminal_is_closed_ends_in_good_order(tmp_path: Path, before: Sequence[str]) -> None:
    with desk(tmp_path, before=before) as terminal:
        terminal.wait_for("No call")
        terminal.hang_up()
        assert terminal.wait_ended() == 128 + signal.SIGHUP
    assert (tmp_path / "config.toml").read_text() == "told"
    assert [log.read_text() for log in tmp_path.rglob("*.log")] == [""]


def test_pictures_that_nobody_can_see_any_more_do_not_hold_up_the_desk(tmp_path: Path) -> None:
    """More of them than Textual's writer takes before it makes the desk wait."""
    paints = "from textual import _context; d = _context.active_app.get()._driver; await asyncio.sleep(0)"
    paints += "; import os; [(d.write('.'), await asyncio.sleep(0)) for _ in iter(lambda: 1, 0)]"
    with desk(tmp_path, paints) as terminal:
        terminal.wait_for("....")
        terminal.hang_up()
        assert terminal.wait_ended() == 128 + signal.SIGHUP


@pytest.mark.parametrize("ending", ["sighup", "sigterm"])
def test_a_desk_that_is_still_loading_gives_the_terminal_back(tmp_path: Path, ending: str) -> None:
    with desk(tmp_path) as terminal:
        terminal.wait_for("starting")
        terminal.process.send_signal(SIGNALS[ending])
        assert terminal.wait_ended() == 128 + SIGNALS[ending]
        assert terminal.modes == terminal.modes_before
        terminal.wait_read()
        assert terminal.painted.rindex(b"\x1b[?1049l") > terminal.painted.rindex(b"\x1b[?1049h")
