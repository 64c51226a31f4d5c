"""``moked demo`` as a person starts it: in a terminal, with nothing set up, no root, no network, no sound."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from bots.customers import COLLEAGUE_PERSON
from bots.people import callers, sample_customers
from tests.e2e.processes import moked_env
from tests.e2e.terminal import Terminal

SEED = 3
FIRST = callers(sample_customers(), 4, SEED)[0].name


def terminal(home: Path) -> Terminal:
    temporary = home / "tmp"
    temporary.mkdir()
    env = {**moked_env(home, TMPDIR=str(temporary)), "MOKED_RUNTIME_DIR": str(home / "not-this-one")}
    argv = [sys.executable, "-m", "agent_tui", "demo", "--seed", str(SEED)]
    return Terminal(argv, env=env, columns=130, lines=42)


def processes_of(home: Path) -> list[str]:
    """Command lines of this machine's processes that work in ``home``."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            told = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
        except OSError:
            continue
        if str(home).encode() in told:
            found.append(told.replace(b"\0", b" ").decode(errors="replace"))
    return found


def test_the_first_call_is_answered_and_nothing_is_left_behind(surroundings: Path) -> None:
    with terminal(surroundings) as demo:
        demo.wait_for(FIRST, "Answer", within=60)
        demo.press("f2")
        demo.wait_for("TALKING", "encrypted", FIRST)
        assert len(processes_of(surroundings)) >= 4
        demo.press("f8")
        demo.wait_for("WRAP-UP", FIRST)
        demo.wait_without("TALKING")  # hub and phone tell in any order, and an open call is asked about
        demo.press("ctrl+q")
        assert demo.wait_ended(40) == 0
        assert demo.modes == demo.modes_before
    assert processes_of(surroundings) == []
    assert list((surroundings / "tmp").iterdir()) == []
    assert not (surroundings / "not-this-one").exists()


def test_a_customer_is_connected_with_the_colleague_who_was_asked(surroundings: Path) -> None:
    with terminal(surroundings) as demo:
        demo.wait_for(FIRST, "Answer", within=60)
        demo.press("f2")
        demo.wait_for("TALKING", FIRST)
        demo.press("f7")
        demo.wait_for("number, extension")
        demo.type(COLLEAGUE_PERSON.number)
        demo.press("enter")
        demo.wait_for("ON HOLD", f"asked about {FIRST}", "Connect")
        demo.press("f5")
        demo.wait_for("WRAP-UP", FIRST)
        demo.wait_without("ON HOLD")
        assert "Not connected" not in demo.text
        demo.press("ctrl+q", "ctrl+q")
        demo.wait_ended(40)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_a_closed_terminal_ends_the_centre(surroundings: Path, how: signal.Signals) -> None:
    with terminal(surroundings) as demo:
        demo.wait_for("Registered", within=60)
        os.kill(demo.process.pid, how)
        demo.wait_ended(40)
    assert processes_of(surroundings) == []
    assert list((surroundings / "tmp").iterdir()) == []
