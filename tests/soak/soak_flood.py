"""The desk under 1,000 updates a second, for an hour: it does not grow, and still takes keys. ``make soak``.

``MOKED_SOAK_FLOOD_MINUTES`` is how long (60 unless told).
"""

from __future__ import annotations

import os
import sys
import threading

import pytest

from bench.flooded_desk import SHOWN
from bench.key_to_paint import RATE, count
from bench.process import rss
from tests.e2e.processes import moked_env
from tests.e2e.terminal import Terminal

_MINUTES = max(2, int(os.environ.get("MOKED_SOAK_FLOOD_MINUTES", "60")))
"""Taken when the run begins, before the test gets surroundings of its own."""

pytestmark = pytest.mark.timeout(60 * _MINUTES + 300)

_MINUTE = 60.0
_WARM_UP = 0.25
"""The part of the time after which everything has been loaded, imported and cached once."""
_GROWTH = 1.05
"""The most that the desk may weigh at the end, beside what it weighed once warm."""
_LEAST = 0.25
"""Of the updates asked for in a minute, how many must have come: a flood that dried up proves nothing.
What is late on a loaded machine the flood leaves out.
"""
_FIRST_LETTER = 0x100
"""Letters of Latin Extended-A, one a minute: each is seen when it comes, and by nothing else."""


def test_an_hour_of_flood_and_the_desk_does_not_grow(tmp_path_factory: pytest.TempPathFactory) -> None:
    env = moked_env(tmp_path_factory.mktemp("flood"))
    weights: list[float] = []
    updates = 0
    with Terminal([sys.executable, "-m", "bench.flooded_desk", str(RATE)], env=env) as terminal:
        terminal.wait_for("○ Solved")
        for minute in range(_MINUTES):
            before = count(terminal)
            threading.Event().wait(_MINUTE)
            came = (count(terminal) - before) % SHOWN
            assert came > _MINUTE * RATE * _LEAST
            updates += came
            letter = chr(_FIRST_LETTER + minute % 128)
            terminal.type(letter)
            terminal.wait_for(letter)
            weights.append(rss(terminal.process.pid))
    warm, end = weights[int(_MINUTES * _WARM_UP)], weights[-1]
    told = " ".join(f"{weight:.1f}" for weight in weights)
    print(  # noqa: T201 - the soak's output
        f"\n{_MINUTES} minutes, {updates} updates; RSS {warm:.1f} → {end:.1f} MB × {end / warm:.3f}; {told}"
    )
    assert end <= warm * _GROWTH
