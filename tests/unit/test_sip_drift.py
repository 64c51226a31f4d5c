"""Two clocks that differ, in simulated time: neither queue of a call grows, and neither runs dry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip.audio.drift import Cushion, Drift, Excess
from tests.stubs.clocks import HERTZ, RATE, Clocks

_SETTLED = 20.0
_MINUTE = 60.0


@pytest.mark.parametrize("ppm", [0, 200, -200, 400, -400])
def test_ten_minutes_beside_another_clock_add_no_delay(ppm: float) -> None:
    clocks = Clocks(ppm, jitter=0.01)
    clocks.run(_SETTLED)
    minutes = [clocks.run(_MINUTE) for _ in range(10)]
    assert sum(minute.gaps + minute.starved for minute in minutes) == 0
    assert max(minute.most_to_hear for minute in minutes) <= 70
    assert max(minute.most_to_send for minute in minutes) <= 70
    for minute in minutes:
        assert 26 <= minute.to_hear <= 52
        assert 26 <= minute.to_send <= 52


@settings(max_examples=10)
@given(ppm=st.floats(-400, 400), jitter=st.floats(0, 0.01), seed=st.integers(0, 1_000))
def test_whatever_the_clocks_and_the_line_no_queue_grows_or_starves(
    ppm: float, jitter: float, seed: int
) -> None:
    clocks = Clocks(ppm, jitter=jitter, seed=seed)
    clocks.run(_SETTLED)
    held = clocks.run(_SETTLED)
    assert (held.gaps, held.starved) == (0, 0)
    assert held.most_to_hear <= 70
    assert held.most_to_send <= 70


@pytest.mark.parametrize("ppm", [400, -400])
def test_a_tone_played_through_a_drift_is_bent_and_never_cut(ppm: float) -> None:
    clocks = Clocks(ppm)
    clocks.run(_SETTLED)
    played = bytearray()
    clocks.run(10.0, played.extend)
    samples = np.frombuffer(bytes(played), np.int16).astype(float)
    power = np.abs(np.fft.rfft(samples * np.blackman(len(samples)))) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    # what is bent stays a tone (−36 dB is what straight lines between samples cost); what is cut clicks
    tone = abs(hertz - HERTZ) < 60
    assert 10 * np.log10(power[~tone].sum() / power[tone].sum()) < -30


def test_a_fill_that_is_right_takes_whole_blocks() -> None:
    drift = Drift(Cushion(160, 80), 80)
    assert {drift.take(160) for _ in range(1_000)} == {80}


@pytest.mark.parametrize(("fill", "sign"), [(100_000, 1), (0, -1)])
def test_no_more_than_one_sample_in_two_thousand_is_changed(fill: int, sign: int) -> None:
    drift = Drift(Cushion(960, 480), 480)
    taken = [drift.take(fill) - 480 for _ in range(1_000)]
    assert 0 < sign * sum(taken) <= 480 * 1_000 / 2_000
    assert max(map(abs, taken)) == 1


def test_excess_is_told_once_it_has_lasted_half_a_second() -> None:
    excess = Excess(Cushion(320, 80), 160)
    assert [excess.seen(1_000) for _ in range(50)] == [0] * 49 + [680]
    assert not any(excess.seen(1_000 if number else 300) for number in range(50))
    assert not any(excess.seen(480) for _ in range(50))


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


def test_a_line_worse_than_expected_has_no_gaps_for_long() -> None:
    clocks = Clocks(0, jitter=0.05)
    clocks.run(30)
    assert clocks.run(_MINUTE).gaps <= 6
