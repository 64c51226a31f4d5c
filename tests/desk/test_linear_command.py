"""The command ``moked --linear``, in a real terminal and from a pipe."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent_tui.linear.pasted import MARK, MARK_NO_MORE
from tests.e2e.terminal import IN_A_SESSION, Terminal

PROGRAM = """
import asyncio, sys
from agent_tui import cli
from agent_tui.linear import opening
from agent_tui.linear.desk import LinearDesk
from agent_tui.session.store import Store

async def service():
    {service}

store = Store(lambda: 0.0)
opening.build = lambda path, faults: LinearDesk(store, lambda command: None, service, language="en")
sys.exit(cli.main(["--config", sys.argv[1], "--linear"]))
"""
FOR_EVER = "await asyncio.Event().wait()"
CRASH = "await asyncio.sleep(0); raise RuntimeError('broken')"


def command(tmp_path: Path, service: str = FOR_EVER) -> list[str]:
    """The command with a desk that knows nothing and asks nobody."""
    config = tmp_path / "config.toml"
    config.touch()
    return [sys.executable, "-c", PROGRAM.format(service=service), str(config)]


@pytest.mark.parametrize("ending", ["quit", "sigterm", "sigint", "sighup", "crash"])
def test_the_terminal_is_given_back_and_was_never_painted(tmp_path: Path, ending: str) -> None:
    with Terminal(command(tmp_path, CRASH if ending == "crash" else FOR_EVER), env=os.environ) as terminal:
        if ending != "crash":
            terminal.wait_for("Type help for all words.")
        if ending == "quit":
            terminal.type("quit\r")
        elif ending != "crash":
            terminal.process.send_signal(signal.Signals[ending.upper()])
        assert terminal.wait_ended() == (1 if ending == "crash" else 0)
        assert terminal.modes == terminal.modes_before
        terminal.wait_read()
        said = terminal.painted.partition(b"Traceback")[0].strip()
        assert said.startswith(MARK.encode())
        assert said.endswith(MARK_NO_MORE.encode())
        assert said.count(b"\x1b") == 2


@pytest.mark.parametrize("before", [IN_A_SESSION, ()], ids=["told", "untold"])
def test_a_closed_terminal_ends_the_desk_in_good_order(tmp_path: Path, before: Sequence[str]) -> None:
    ends = f"try: {FOR_EVER}\n    finally: open(sys.argv[1], 'w').write('ended')"
    with Terminal([*before, *command(tmp_path, ends)], env=os.environ) as terminal:
        terminal.wait_for("Type help for all words.")
        terminal.hang_up()
        assert terminal.wait_ended() == 0
    assert (tmp_path / "config.toml").read_text() == "ended"


def test_words_may_come_from_a_pipe_as_well(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path), input="status\nquit\n", capture_output=True, text=True, timeout=30, check=True
    )
    assert "Not registered" in done.stdout


def test_a_terminal_without_unicode_is_read_and_written_in_its_own_letters(tmp_path: Path) -> None:
    done = subprocess.run(
        command(tmp_path),
        input="אבגד ₪–x\nfoo…\nquit\n".encode("iso8859-8", "replace"),
        capture_output=True,
        timeout=30,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "iso8859-8"},
    )
    heard = done.stdout.decode("iso8859-8")
    assert "There is no word אבגד" in heard
    assert "There is no word foo" in heard
    assert b"Error" not in done.stderr


def test_without_settings_it_says_what_to_do(tmp_path: Path) -> None:
    argv = [sys.executable, "-m", "agent_tui", "--linear", "--config", str(tmp_path / "none.toml")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, "moked enroll" in done.stderr) == (2, True)
