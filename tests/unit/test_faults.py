"""A fault of ours: a reference, a place in the log, none of the values that led to it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from agent_tui.faults import Faults, logged_to

SECRET = "Ruth Ben-Ami, +972505550121"


def fails(note: str) -> None:
    raise ValueError(f"cannot read {note}")


def test_a_fault_is_logged_by_its_place_and_without_a_value(tmp_path: Path) -> None:
    log = tmp_path / "desk.log"
    faults = logged_to(log)
    with faults.surviving("painting the card"):
        fails(SECRET)
    told = log.read_text()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{5}", faults.last)
    assert f"fault {faults.last} in painting the card: builtins.ValueError" in told
    assert "in fails" in told
    assert SECRET not in told
    assert "cannot read R" not in told
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_same_fault_again_is_the_same_and_another_is_not() -> None:
    logged: list[str] = []
    told: list[str] = []
    faults = Faults(logged.append)
    faults.tell_to(told.append)
    for _ in range(100):
        with faults.surviving("painting"):
            fails("x")
    first = faults.last
    with faults.surviving("the hub"):
        fails("x")
    assert faults.last != first
    assert told == [first, faults.last]
    assert len(logged) == 2


def test_who_comes_to_listen_late_is_told_of_what_nobody_was_told() -> None:
    faults = Faults(lambda _text: None)
    with faults.surviving("the screen"):
        fails("x")
    told: list[str] = []
    faults.tell_to(told.append)
    assert told == [faults.last]
    faults.tell_to(told.append)
    assert told == [faults.last]


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_an_end_that_is_meant_is_no_fault(kind: type[BaseException]) -> None:
    with pytest.raises(kind), Faults(lambda _text: None).surviving("anything"):
        raise kind


def test_without_a_log_nothing_is_survived() -> None:
    with pytest.raises(ValueError, match="cannot read"), Faults().surviving("anything"):
        fails("x")
