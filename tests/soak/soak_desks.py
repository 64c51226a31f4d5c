"""Desks at their streams under call after call, as in ``bench.desks``: the hub may not grow. ``make soak``.

``MOKED_SOAK_MINUTES`` is how long (10 unless told).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.desk_load import Size, measure

pytestmark = pytest.mark.timeout(1200)

_MINUTES = float(os.environ.get("MOKED_SOAK_MINUTES", "10"))
"""Taken when the run begins, before the test gets surroundings of its own."""
_DESKS, _RATE = 50, 250.0
_WARM_UP = 0.4
"""The part of the time after which everything has been loaded, and each desk's ring of events is full."""
_GROWTH = 1.05
"""The most that the hub may weigh at the end, beside what it weighed once warm."""


async def test_many_desks_and_many_calls_the_hub_does_not_grow(tmp_path: Path) -> None:
    found = await measure(tmp_path, Size(_DESKS, _RATE, seconds=60 * _MINUTES))
    warm, end = found.rss[int(len(found.rss) * _WARM_UP)], found.rss[-1]
    told = f"{found.rate:.0f} AMI events a second, {found.sent} read at desks, {found.lost} lost"
    print(f"\n{told}; hub's RSS {warm:.1f} → {end:.1f} MB × {end / warm:.3f}")  # noqa: T201 - the soak's output
    print("each minute: " + ", ".join(f"{one:.1f}" for one in found.rss[::60]))  # noqa: T201 - the same
    assert (found.lost, found.strayed, found.broken) == (0, 0, 0)
    assert end <= warm * _GROWTH, found.rss
