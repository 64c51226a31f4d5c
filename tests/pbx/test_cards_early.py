"""The bench of cards and INVITEs, small: every call has its card at the desk and its INVITE on the wire."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cards import leads, rows
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


async def test_each_half_of_the_calls_is_measured(asterisk: Asterisk, surroundings: Path) -> None:
    found = await leads(asterisk, surroundings, 6)
    assert [len(half) for half in found.values()] == [3, 3]
    assert len(rows(found)) == 4
