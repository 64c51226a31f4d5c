"""The card is there before the ring: at the desk before the INVITE is on the wire, with a slow CRM."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cards import leads, rows
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


async def test_the_card_is_at_the_desk_before_the_phone_is_rung(
    asterisk: Asterisk, surroundings: Path
) -> None:
    """By the order of the two; not of every call, for on a busy machine they are seen late now and then."""
    found = await leads(asterisk, surroundings, 6)
    assert [len(half) for half in found.values()] == [3, 3]
    assert len(rows(found)) == 4
    for half, measured in found.items():
        assert sum(lead > 0 for lead in measured) > len(measured) / 2, (half, measured)
