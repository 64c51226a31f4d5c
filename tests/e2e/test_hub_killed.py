"""The hub is killed (SIGKILL) while an agent works: nothing typed is lost, and nothing is written twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from tests.e2e.hub_kills.company import company
from tests.e2e.hub_kills.day import day_of, judge
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]

_KILLS = 10
"""On each kind of database."""
_SEED = 7


def test_a_hub_may_be_killed_at_any_instant(
    asterisk: Asterisk, console: Console, surroundings: Path, empty_database: URL
) -> None:
    with company(asterisk, surroundings, empty_database) as (centre, crm):
        had = day_of(centre, console, _KILLS, _SEED)
        judge(had, empty_database, crm)
