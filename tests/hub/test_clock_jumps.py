"""The machine's clock is set forwards or backwards while the floor works: no figure becomes nonsense."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.centre import NOAH, Centre

_DAY = 86_400.0
_JUMPS = [-_DAY, -3_600.0, -61.0, 61.0, 3_600.0, _DAY]


def _negative(value: object, place: str = "") -> Iterator[str]:
    """Where in ``value`` a number is below 0."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _negative(one, f"{place}.{key}")
    elif isinstance(value, list):
        for one in value:
            yield from _negative(one, place)
    elif isinstance(value, int | float) and value < 0:
        yield place


def _sane(value: float | None, most: float = float("inf")) -> bool:
    return value is None or 0 <= value <= most


@pytest.mark.parametrize("jump", _JUMPS)
async def test_figures_and_waits_are_never_negative_after_a_jump(centre: Centre, jump: float) -> None:
    desk = await centre.desk("yael")
    contact = await centre.talk(NOAH)
    centre.pbx.caller_joins("support", "0525550102")
    centre.time.passes(60)
    await centre.settle()
    centre.time.passes(jump)
    shown = await desk.snapshot()
    assert list(_negative(shown.model_dump(mode="json"))) == []
    assert shown.own is not None
    assert _sane(shown.own.occupancy, 100)
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    assert list(_negative((await desk.snapshot()).model_dump(mode="json"))) == []
    (record,) = await centre.hub.handling.work.contacts.visits(contact)
    assert record.ended_at is not None


async def test_a_clock_that_went_wrong_for_a_moment_costs_no_later_figures(centre: Centre) -> None:
    """A day ahead and back: what happens after that is counted today."""
    desk = await centre.desk("yael")
    centre.time.passes(_DAY)
    await desk.snapshot()
    centre.time.passes(-_DAY)
    await centre.talk(NOAH)
    (support,) = (one for one in (await desk.snapshot()).queues if one.queue == "support")
    assert (support.today.answered, support.recent.answered) == (1, 1)
