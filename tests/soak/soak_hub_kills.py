"""The hub killed at 200 seeded instants, half of them on each kind of database. ``make soak``.

``MOKED_SOAK_HUB_KILLS`` is how many, ``MOKED_SOAK_SEED`` which.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.e2e.hub_kills.company import company
from tests.e2e.hub_kills.day import day_of, judge
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(7200)]

_KILLS = int(os.environ.get("MOKED_SOAK_HUB_KILLS", "200"))
_SEED = int(os.environ.get("MOKED_SOAK_SEED", "2026"))
"""Taken when the run begins, before the test gets surroundings of its own."""


def test_a_hub_may_be_killed_at_any_of_many_instants(
    asterisk: Asterisk, console: Console, surroundings: Path, empty_database: URL
) -> None:
    began = time.monotonic()
    with company(asterisk, surroundings, empty_database) as (centre, crm):
        had = day_of(centre, console, _KILLS // 2, _SEED)
        unseen = judge(had, empty_database, crm)
    took = time.monotonic() - began
    killed, away = Counter(one.killed_after for one in had), Counter(one.away_until for one in had)
    kind = empty_database.get_backend_name()
    told = (
        f"{kind}: {len(had)} kills with seed {_SEED}, in {took:.0f} s",
        f"after {dict(killed)}; back after {dict(away)}",
        f"every note, tick and outcome stored once; the CRM has each once, but {unseen} unseen",
    )
    sys.stdout.write("\n" + "\n".join(told) + "\n")
