"""The small buffers between a call's clock and a headset's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sip.audio.playout import Playout, Sending
from sip.audio.port import SAMPLE_BYTES
from sip.audio.samples import tone
from tests.stubs.pcm import BLOCK, LOUD, QUIET, RATE, MemoryPcm

HIGH = tone(900, BLOCK, RATE)


def test_what_comes_is_played_in_order_once_a_little_has_gathered() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(HIGH)
    assert playout.next_block() == QUIET
    call.come(LOUD * 3)
    assert [playout.next_block() for _ in range(4)] == [HIGH, LOUD, LOUD, LOUD]
    assert playout.next_block() == QUIET


def test_what_waited_before_anybody_listened_is_past() -> None:
    call = MemoryPcm()
    call.come(LOUD * 50 + HIGH * 4)
    playout = Playout(call, RATE)
    assert [playout.next_block() for _ in range(4)] == [HIGH] * 4


def test_a_backlog_is_gone_within_a_second() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(LOUD * 40)
    for _ in range(100):
        playout.next_block()
        call.come(LOUD)
    assert call.buffered() <= 6 * BLOCK


def test_a_far_end_whose_clock_is_fast_gathers_no_delay() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    most = 0
    for number in range(6_000):
        call.come(LOUD)
        if number % 50 == 0:  # 20,000 ppm: far more than clocks differ
            call.come(LOUD)
        playout.next_block()
        most = max(most, call.buffered())
    assert most <= 10 * BLOCK


@given(st.lists(st.integers(0, 5), max_size=200))
def test_every_block_is_whole_however_packets_come(arrivals: list[int]) -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    for packets in arrivals:
        call.come(LOUD * packets)
        assert len(playout.next_block()) == BLOCK * SAMPLE_BYTES


def test_a_call_that_ran_dry_gets_a_lead() -> None:
    call = MemoryPcm()
    call.backlog = 0
    Sending(call, RATE).send(LOUD)
    assert [call.gone.get_nowait() for _ in range(call.gone.qsize())] == [QUIET * 2, LOUD]


def test_a_call_that_sends_too_slowly_gathers_no_delay() -> None:
    call = MemoryPcm()
    call.backlog = 11 * BLOCK
    Sending(call, RATE).send(LOUD)
    assert call.gone.empty()
