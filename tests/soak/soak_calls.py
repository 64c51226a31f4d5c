"""Call after call through one desk, its phone and the hub: none of them may grow. ``make soak``.

``MOKED_SOAK_MINUTES`` is how long (8 unless told, at most 10).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from bench.process import rss, serving
from tests.e2e.centre import Centre, Desk
from tests.pbx.console import Console

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(900)]

_MINUTES = min(10.0, float(os.environ.get("MOKED_SOAK_MINUTES", "8")))
"""Taken when the run begins, before the test gets surroundings of its own."""
_WARM_UP = 0.25
"""The part of the time after which everything has been loaded, imported and cached once."""
_GROWTH = 1.10
"""The most that a process may weigh at the end, beside what it weighed once warm."""

_AGENT = "1101"
_NOTICES = 3
"""More than one call leaves behind."""
_NUMBER, _NAME = "0505550121", "Ruth Ben-Ami"


def test_call_after_call_nothing_grows(centre: Centre, console: Console) -> None:
    with centre.desk(_AGENT) as desk:
        desk.ready()
        pids = _processes(centre, desk)
        begin = time.monotonic()
        calls = _work_until(begin + 60 * _MINUTES * _WARM_UP, desk, console)
        warm = {name: rss(pid) for name, pid in pids.items()}
        more = _work_until(begin + 60 * _MINUTES, desk, console)
        end = {name: rss(pid) for name, pid in pids.items()}
        assert _processes(centre, desk) == pids, "each is the process it was"
    told = [f"{name} {warm[name]:.1f} → {end[name]:.1f} MB × {end[name] / warm[name]:.3f}" for name in pids]
    print(f"\n{calls} calls to get warm, {more} more; RSS: {', '.join(told)}")  # noqa: T201 - the soak's output
    assert calls
    assert more
    assert all(end[name] <= warm[name] * _GROWTH for name in pids), (warm, end)


def _processes(centre: Centre, desk: Desk) -> dict[str, int]:
    phone = serving(Path(desk.home.env["MOKED_RUNTIME_DIR"]) / "phone.sock")
    return {"desk": desk.terminal.process.pid, "phone": phone, "hub": centre.hub_pid}


def _work_until(moment: float, desk: Desk, console: Console) -> int:
    """Calls until ``moment`` (seconds, monotonic); how many there were."""
    calls = 0
    while time.monotonic() < moment:
        _call(desk, console, f"Call {calls} noted.")
        calls += 1
    return calls


def _call(desk: Desk, console: Console, note: str) -> None:
    """A customer calls, is talked to, held, noted, and wrapped up."""
    screen = desk.terminal
    console.wait_free(_AGENT)
    customer = console.customer("support", number=_NUMBER)
    screen.wait_for("RINGING", _NAME)
    screen.press("f2")
    screen.wait_for("TALKING")
    screen.type(note)
    screen.press("f3")
    screen.wait_for("ON HOLD")
    screen.press("f3")
    screen.wait_for("TALKING")
    customer.hang_up()
    screen.wait_for("WRAP-UP")
    screen.wait_without("TALKING")
    screen.move_to("tab", "○ Solved")
    screen.press("enter")
    screen.wait_for("◉ Solved")
    screen.press("f12")
    screen.wait_without("WRAP-UP")
    screen.press(*["escape"] * _NOTICES, "escape")  # notices go, then the focus goes back to the note
