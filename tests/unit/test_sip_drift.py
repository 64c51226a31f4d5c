"""The controller that holds a queue between two clocks: it never changes much, and knows what is too much."""

from __future__ import annotations

import pytest

from sip.audio.drift import Cushion, Drift

_SETTLED = 20.0
_MINUTE = 60.0


def test_a_fill_that_is_right_takes_whole_blocks() -> None:
    drift = Drift(Cushion(160, 80), 80)
    assert {drift.take(160) for _ in range(1_000)} == {80}


@pytest.mark.parametrize(("fill", "sign"), [(100_000, 1), (0, -1)])
def test_no_more_than_one_sample_in_two_thousand_is_changed(fill: int, sign: int) -> None:
    drift = Drift(Cushion(960, 480), 480)
    taken = [drift.take(fill) - 480 for _ in range(1_000)]
    assert 0 < sign * sum(taken) <= 480 * 1_000 / 2_000
    assert max(map(abs, taken)) == 1


def test_what_ran_dry_is_held_longer_and_shorter_again_in_calm_times() -> None:
    cushion = Cushion(160, 80)
    for _ in range(20):
        cushion.ran_dry()
    assert cushion.target == 160 + 3 * 80
    for _ in range(500):
        cushion.held()
    assert cushion.target == 160 + 2.5 * 80
    for _ in range(20_000):
        cushion.held()
    assert cushion.target == 160
