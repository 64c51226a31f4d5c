"""The small buffers between a call's clock and a headset's."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.audio.playout import Playout, Sending
from sip.audio.port import SAMPLE_BYTES
from sip.audio.samples import level, tone
from tests.stubs.pcm import BLOCK, LOUD, QUIET, RATE, MemoryPcm

HIGH = tone(900, BLOCK, RATE)
VOICE = tone(210, 100 * BLOCK, RATE)
"""A second of a whole number of periods."""


def test_what_comes_is_played_in_order_once_a_little_has_gathered() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(HIGH * 2)
    assert playout.next_block() == QUIET
    call.come(LOUD * 2)
    assert [playout.next_block() for _ in range(3)] == [HIGH, LOUD, LOUD]


def test_what_waited_before_anybody_listened_is_past() -> None:
    call = MemoryPcm()
    call.come(LOUD * 50 + HIGH * 3)
    playout = Playout(call, RATE)
    assert [playout.next_block() for _ in range(3)] == [HIGH] * 3


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


def test_a_packet_that_is_lost_is_made_up_and_the_voice_goes_on_without_a_jump() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    heard = []
    for number in range(60):
        packet = number // 2
        if number % 2 == 0 and packet != 20:
            call.come(_said(2 * packet, 2))
        heard.append(playout.next_block())
    assert playout.gaps == 1
    assert _steepest(b"".join(heard[4:])) <= _steepest(VOICE) * 1.5
    assert min(map(level, heard[4:])) > level(VOICE) - 3


def test_what_is_missing_for_longer_fades_to_silence_and_is_not_sound_of_the_call() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(_said(0, 3))
    for _ in range(3):
        playout.next_block()
        assert playout.arrived
    gone = [playout.next_block() for _ in range(12)]
    assert not playout.arrived
    assert level(gone[0]) > level(VOICE) - 3
    assert gone[6:] == [QUIET] * 6
    assert sorted(map(level, gone[1:]), reverse=True) == list(map(level, gone[1:]))
    assert playout.gaps == 1


def test_sound_that_was_away_for_long_begins_anew_once_a_little_has_gathered() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(LOUD * 3)
    for _ in range(13):
        playout.next_block()
    call.come(HIGH * 2)
    assert playout.next_block() == QUIET
    call.come(HIGH * 2)
    assert level(playout.next_block()) > level(HIGH) - 3


def test_what_gathered_while_the_machine_stood_still_is_past() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(LOUD * 3)
    playout.next_block()
    call.come(LOUD * 50)
    playout.next_block()
    assert call.buffered() <= 3 * BLOCK


def test_a_hundred_milliseconds_too_much_are_gone_in_two_seconds_without_a_jump() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    call.come(_said(0, 3))
    heard = [playout.next_block()]
    call.come(_said(3, 10))
    for number in range(200):
        if number % 2 == 0:
            call.come(_said(13 + number, 2))
        heard.append(playout.next_block())
    assert call.buffered() <= 5 * BLOCK
    assert _steepest(b"".join(heard)) <= _steepest(VOICE) * 1.5


def test_a_line_that_is_late_now_and_then_is_waited_for_after_the_first_times() -> None:
    call = MemoryPcm()
    playout = Playout(call, RATE)
    late = ([2, 0] * 24 + [0, 0, 0, 0, 6, 0]) * 20  # each half second, by 40 ms
    gaps = []
    for blocks in late:
        call.come(LOUD * blocks)
        playout.next_block()
        gaps.append(playout.gaps)
    assert gaps[-1] == gaps[len(late) // 4] <= 4
    for blocks in [2, 0] * 5_000:
        call.come(LOUD * blocks)
        playout.next_block()
    assert call.buffered() <= 3 * BLOCK, "calm for 100 s: the shortest way again"


@pytest.mark.parametrize("ppm", [200, -200, 2_000, -2_000])
def test_a_clock_that_is_wrong_gathers_no_delay_and_is_not_heard(ppm: int) -> None:
    """Two minutes; at 2,000 ppm as much is gained or lost as at 200 in twenty."""
    call = MemoryPcm()
    playout = Playout(call, RATE)
    now = due = 0.0
    said, heard, waiting = 0, [], []
    for _ in range(12_000):
        now += 0.01 / (1 + ppm / 1e6)
        while due <= now:
            call.come(_said(said, 2))
            said += 2
            due += 0.02
        heard.append(playout.next_block())
        waiting.append(call.buffered())
    assert max(waiting[200:]) <= 5 * BLOCK
    assert _steepest(b"".join(heard[20:])) <= _steepest(VOICE) * 1.5
    assert min(map(level, heard[20:])) > level(VOICE) - 3


@pytest.mark.parametrize("ppm", [200, -200, 2_000, -2_000])
def test_what_is_said_into_a_line_with_another_clock_neither_starves_nor_gathers(ppm: int) -> None:
    line = Line()
    sending = Sending(line, RATE)
    now, due = 0.0, 0.005
    for number in range(12_000):
        now += 0.01 / (1 + ppm / 1e6)
        while due <= now:
            line.take()
            due += 0.02
        sending.send(_said(number, 1))
    assert line.starved == 0
    assert line.most <= 6 * BLOCK
    assert _steepest(bytes(line.sent[100 * BLOCK :])) <= _steepest(VOICE) * 1.5


def test_a_call_that_ran_dry_gets_a_lead() -> None:
    call = MemoryPcm()
    call.backlog = 0
    Sending(call, RATE).send(LOUD)
    *lead, first = [call.gone.get_nowait() for _ in range(call.gone.qsize())]
    assert lead == [QUIET, QUIET]
    assert first[BLOCK:] == LOUD[BLOCK:], "its beginning is faded in"


def test_a_call_that_takes_nothing_any_more_gathers_no_delay() -> None:
    call = MemoryPcm()
    call.backlog = 21 * BLOCK
    Sending(call, RATE).send(LOUD)
    assert call.gone.empty()


class Line(MemoryPcm):
    """A call that takes 20 ms at a time, and counts what it did not find."""

    def __init__(self) -> None:
        super().__init__()
        self.starved = -1  # nothing was written before the first
        self.most = 0
        self.sent = bytearray()
        self._unsent = bytearray()

    def unsent(self) -> int:
        return len(self._unsent) // SAMPLE_BYTES

    def write(self, pcm: bytes) -> None:
        self._unsent += pcm
        self.most = max(self.most, self.unsent())

    def take(self) -> None:
        packet = self._unsent[: 2 * BLOCK * SAMPLE_BYTES]
        self.starved += len(packet) < 2 * BLOCK * SAMPLE_BYTES
        self.sent += packet
        del self._unsent[: len(packet)]


def _said(first: int, blocks: int) -> bytes:
    """So many blocks of ``VOICE`` from the ``first`` on, which never ends."""
    begin = first % 100 * BLOCK * SAMPLE_BYTES
    return (VOICE + VOICE)[begin : begin + blocks * BLOCK * SAMPLE_BYTES]


def _steepest(pcm: bytes) -> int:
    return max(abs(after - before) for before, after in pairwise(array("h", pcm)))
