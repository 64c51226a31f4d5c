"""The bench of many desks, small: a hub process under calls loses nothing and tells no other desk."""

from __future__ import annotations

from pathlib import Path

from bench.desk_load import EVENTS_A_CALL, KINDS, Size, measure

DESKS = 6
CALLS = 2
"""Of each desk, while it is measured."""


async def test_every_call_event_is_read_once_and_at_its_own_desk(tmp_path: Path) -> None:
    size = Size(desks=DESKS, rate=DESKS * EVENTS_A_CALL / 2, seconds=CALLS * 2)
    found = await measure(tmp_path, size)
    assert (found.lost, found.strayed, found.broken, found.refused) == (0, 0, 0, ())
    assert sum(map(len, found.delays.values())) == found.sent
    assert all(found.delays[kind] for kind in KINDS)
    assert all(found.figures)
