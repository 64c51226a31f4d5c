"""The command ``moked`` in a real terminal: however the desk ends, the terminal is as it was before."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal

PROGRAM = """
import asyncio, sys
from agent_tui import cli, wiring
from agent_tui.app import MokedApp
from agent_tui.session.store import Store

async def service():
    {service}

wiring.build = lambda path, faults: MokedApp(Store(lambda: 0.0), lambda command: None, [service])
sys.exit(cli.main(["--config", sys.argv[1]]))
"""
FOR_EVER = "await asyncio.Event().wait()"


def desk(tmp_path: Path, service: str = FOR_EVER) -> Terminal:
    """The command with a desk that knows nothing and asks nobody."""
    config = tmp_path / "config.toml"
    config.touch()
    argv = [sys.executable, "-c", PROGRAM.format(service=service), str(config)]
    return Terminal(argv, env=os.environ)


def test_the_terminals_own_order_is_off_before_the_first_frame(tmp_path: Path) -> None:
    with desk(tmp_path) as terminal:
        terminal.wait_for("No call")
        painted = terminal.painted
        assert painted.count(b"\x1b[8l") == 1
        assert painted.index(b"\x1b[8l") < painted.rindex(b"No call")
        assert b"\x1b[8h" not in painted


@pytest.mark.parametrize("ending", ["quit", "sigterm", "crash"])
def test_the_terminal_is_given_back(tmp_path: Path, ending: str) -> None:
    crash = "await asyncio.sleep(0); raise RuntimeError('broken')"
    with desk(tmp_path, crash if ending == "crash" else FOR_EVER) as terminal:
        if ending != "crash":
            terminal.wait_for("No call")
        if ending == "quit":
            terminal.press("ctrl+q")
        elif ending == "sigterm":
            terminal.process.send_signal(signal.SIGTERM)
        status = terminal.wait_ended()
        assert status == {"quit": 0, "sigterm": 128 + signal.SIGTERM, "crash": 1}[ending]
        assert terminal.modes == terminal.modes_before
        terminal.wait_read()
        painted = terminal.painted
    for off, on in ((b"\x1b[8l", b"\x1b[8h"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?1049h", b"\x1b[?1049l")):
        assert painted.rindex(on) > painted.rindex(off)
