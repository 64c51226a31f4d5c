"""The order of a run's files: long ones first, and those that wait for calls among those that compute."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from tests import order


def items(name: str, count: int, *fixtures: str) -> list[pytest.Item]:
    """Tests of one file, which ask for these fixtures."""
    path = Path(order.__file__).parent / name
    made = [
        SimpleNamespace(path=path, name=f"{name}::{number}", fixturenames=fixtures) for number in range(count)
    ]
    return cast("list[pytest.Item]", made)


def files(tests: list[pytest.Item]) -> list[str]:
    """The files, as they are begun; one twice that is not in one piece."""
    names = [test.path.name for test in tests]
    return [name for before, name in zip(["", *names], names, strict=False) if name != before]


def test_a_file_stays_together_in_its_own_order() -> None:
    ours = items("unit/test_a.py", 3)
    theirs = items("unit/test_b.py", 2)
    mixed = [ours[0], theirs[0], ours[1], theirs[1], ours[2]]
    assert order.in_order(mixed) == [*ours, *theirs]


def test_a_file_of_more_tests_and_a_long_one_of_few_begin_sooner() -> None:
    few, many = items("unit/test_few.py", 1), items("unit/test_many.py", 5)
    long = items(next(name for name in order.LONG if name.startswith("unit/")), 1)
    assert order.in_order([*few, *many, *long]) == [*long, *many, *few]


def test_files_that_wait_are_spread_among_those_that_compute_and_none_is_the_last() -> None:
    computing = [test for number in range(8) for test in items(f"unit/test_{number}.py", 2)]
    calls = [test for number in range(4) for test in items(f"pbx/test_call_{number}.py", 1, "asterisk")]
    begun = files(order.in_order([*computing, *calls]))
    places = [begun.index(name) for name in begun if "call" in name]
    assert len(places) == 4
    assert all(later - sooner > 1 for sooner, later in pairwise(places))
    assert places[-1] < len(begun) - 1


@pytest.mark.parametrize("folder", ["browser", "e2e", "sound", "terminals"])
def test_who_waits_for_processes_of_their_own_is_spread_as_well(folder: str) -> None:
    computing = [test for number in range(4) for test in items(f"unit/test_{number}.py", 1)]
    waiting = [test for number in range(2) for test in items(f"{folder}/test_waits_{number}.py", 1)]
    begun = files(order.in_order([*computing, *waiting]))
    assert "waits" in begun[0] or "waits" in begun[1]
    assert "waits" not in begun[-1]


@pytest.mark.parametrize("name", order.LONG)
def test_each_file_that_is_called_long_is_there(name: str) -> None:
    assert (Path(order.__file__).parent / name).is_file()
