"""Two calls as one: what each side hears, at one rate or two, while one is away, and when clocks differ."""

from __future__ import annotations

from array import array
from itertools import pairwise

from sip.audio.mixer import MixedPcm, mixed
from tests.stubs.pcm import BLOCK, RATE, MemoryPcm


def level(value: int, frames: int = BLOCK) -> bytes:
    """So many samples of one value: sums are seen at once."""
    return array("h", [value] * frames).tobytes()


def two(second_rate: int = RATE) -> tuple[MemoryPcm, MemoryPcm, MixedPcm]:
    first, second = MemoryPcm(), MemoryPcm(second_rate)
    return first, second, MixedPcm((first, second))


def test_the_agent_hears_both_and_each_hears_the_agent_and_the_other() -> None:
    first, second, mix = two()
    first.come(level(100))
    second.come(level(20))
    assert mix.buffered() == BLOCK
    assert mix.read(BLOCK) == level(120)
    mix.write(level(3))
    assert first.gone.get_nowait() == level(23)
    assert second.gone.get_nowait() == level(103)


def test_calls_of_two_rates_meet_at_the_higher() -> None:
    first, second, mix = two(6 * RATE)
    first.come(level(100))
    second.come(level(20, 6 * BLOCK))
    assert (mix.rate(), mix.buffered()) == (6 * RATE, 6 * BLOCK)
    assert mix.read(6 * BLOCK) == level(120, 6 * BLOCK)
    mix.write(level(3, 6 * BLOCK))
    assert first.gone.get_nowait() == level(23)
    assert second.gone.get_nowait() == level(103, 6 * BLOCK)


def test_a_call_of_another_rate_is_mixed_without_seams_between_blocks() -> None:
    first, second, mix = two(6 * RATE)
    first.come(array("h", range(0, 3 * 60 * BLOCK, 60)).tobytes())
    second.come(level(0, 18 * BLOCK))
    heard = array("h", b"".join(mix.read(6 * BLOCK) for _ in range(3)))
    assert {after - before for before, after in pairwise(heard[6 * BLOCK :])} == {10}


def test_a_call_that_is_away_is_silent_and_the_other_goes_on() -> None:
    first, second, mix = two()
    first.come(level(100))
    second.running = 0
    assert (mix.rate(), mix.buffered(), mix.unsent()) == (RATE, BLOCK, BLOCK)
    assert mix.read(BLOCK) == level(100)
    mix.write(level(3))
    assert first.gone.get_nowait() == level(3)
    assert second.gone.empty()
    first.running = 0
    assert (mix.rate(), mix.buffered(), mix.unsent(), mix.read(BLOCK)) == (0, 0, 0, b"")
    mix.write(level(3))
    assert first.gone.empty()


def test_what_was_said_before_is_not_said_again() -> None:
    first, second, mix = two()
    first.come(level(100))
    mix.read(BLOCK)
    mix.write(level(3))
    mix.read(BLOCK)
    mix.write(level(3))
    assert [second.gone.get_nowait(), second.gone.get_nowait()] == [level(103), level(3)]


def test_a_call_whose_clock_is_fast_gains_no_delay() -> None:
    first, second, mix = two()
    for _ in range(100):
        first.come(level(1, BLOCK + 8))
        second.come(level(1))
        mix.read(BLOCK)
    assert first.buffered() <= 8 * BLOCK


def test_too_loud_is_cut_off_and_lengths_may_differ() -> None:
    assert mixed([level(30_000, 4), level(30_000, 2)]) == level(32_767, 2) + level(30_000, 2)
    assert mixed([level(-30_000, 1), level(-30_000, 1)]) == level(-32_768, 1)
    assert mixed([]) == mixed([b"", b""]) == b""
