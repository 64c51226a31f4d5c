"""Time as figures see it: the last half hour, and how long an agent was ready."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.contract import Presence
from hub.domain.figures import Limits
from hub.domain.periods import Chosen, Count, ready_seconds
from hub.ports.pbx import CallerJoined

_NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def _joined(at: datetime) -> CallerJoined:
    return CallerJoined("support", "a", "1", "", 1, at)


def _at(minutes: float) -> datetime:
    return _NOON + timedelta(minutes=minutes)


def test_of_late_is_the_minute_that_runs_and_those_before_it() -> None:
    count = Count(Limits())
    for minutes in (-30, -29.5, -29, -1, 0):
        count.add(_joined(_at(minutes)))
    assert count.recent(_at(0.5)).offered == 3
    assert count.recent(_at(1)).offered == 2
    assert count.recent(_at(60)).offered == 0
    assert count.today.offered == 5


def test_what_comes_late_is_counted_in_its_own_minute() -> None:
    count = Count(Limits())
    count.add(_joined(_at(0)))
    count.add(_joined(_at(-20)))
    assert count.recent(_at(0)).offered == 2
    assert count.recent(_at(15)).offered == 1


def test_a_long_day_keeps_half_an_hour_of_minutes() -> None:
    count = Count(Limits())
    for minutes in range(600):
        count.add(_joined(_at(minutes)))
    assert count.today.offered == 600
    assert count.recent(_at(599)).offered == 30


@pytest.mark.parametrize(
    ("choices", "minutes"),
    [
        ([], 0),
        ([(Presence.READY, -90)], 60),
        ([(Presence.READY, -50)], 50),
        ([(Presence.READY, -50), (Presence.AWAY, -40), (Presence.READY, -10)], 20),
        ([(Presence.READY, -50), (Presence.READY, -40), (Presence.OFFLINE, -30)], 20),
        ([(Presence.AWAY, -50)], 0),
        ([(Presence.READY, 5)], 0),
    ],
)
def test_how_long_an_agent_was_ready_in_the_last_hour(
    choices: list[tuple[Presence, float]], minutes: float
) -> None:
    chosen = [Chosen(presence, _at(at)) for presence, at in choices]
    assert ready_seconds(chosen, _at(-60), _at(0)) == minutes * 60


def test_a_clock_that_was_ahead_for_a_moment_does_not_wipe_the_half_hour() -> None:
    count = Count(Limits())
    count.add(_joined(_at(0)))
    count.add(_joined(_at(600)))
    count.add(_joined(_at(1)))
    count.add(_joined(_at(2)))
    assert count.recent(_at(2)).offered == 2
    assert count.today.offered == 4
