"""The desk killed at 200 seeded instants over every state of a call and of a wrap-up. ``make soak``.

``MOKED_SOAK_KILLS`` is how many (200 unless told), ``MOKED_SOAK_SEED`` which, ``MOKED_SOAK_STATES`` in which
states (all unless some are named, apart by spaces).
"""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest

from tests.e2e.centre import Centre
from tests.e2e.kills.run import shift_of
from tests.e2e.kills.states import STATES
from tests.pbx.console import Console

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(3600)]

_KILLS = int(os.environ.get("MOKED_SOAK_KILLS", "200"))
_SEED = int(os.environ.get("MOKED_SOAK_SEED", "2026"))
_STATES = os.environ.get("MOKED_SOAK_STATES", "").split() or list(STATES)
"""Taken when the run begins, before the test gets surroundings of its own."""


def test_a_desk_may_be_killed_at_any_of_many_instants(centre: Centre, console: Console) -> None:
    began = time.monotonic()
    kills = shift_of(centre, console, _KILLS, _SEED, _STATES)
    took = time.monotonic() - began
    assert len(kills) == _KILLS
    for line in _table(Counter((kill.name, kill.steady) for kill in kills)):
        print(line)  # noqa: T201 - the soak's output
    print(f"{_KILLS} kills with seed {_SEED}, in {took:.0f} s: every talk went on, every desk was right")  # noqa: T201


def _table(counted: Counter[tuple[str, bool]]) -> list[str]:
    """How often in each state: under way, and once all had happened."""
    rows = [(name, counted[name, False], counted[name, True]) for name in _STATES]
    return [
        "",
        "| state | under way | reached |",
        "|---|---|---|",
        *(f"| {a} | {b} | {c} |" for a, b, c in rows),
    ]
