"""A call's sound on pyVoIP: packets, the stores on both sides, keys. Bounded whatever comes."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.audio.samples import silence
from sip.engines.pyvoip.keys import Keys
from sip.engines.pyvoip.outgoing import FRAMES, Outgoing
from sip.engines.pyvoip.packets import Packet, event, key_of, read
from sip.engines.pyvoip.timeline import Timeline

TIMES = st.integers(0, (1 << 32) - 1)
BOUND = 3_200
WRAP = 1 << 32


def pcm(*samples: int) -> bytes:
    return array("h", samples).tobytes()


def block(value: int) -> bytes:
    return pcm(*[value] * FRAMES)


# Packets


@given(st.integers(0, 127), st.booleans(), st.integers(0, 65_535), TIMES, TIMES, st.binary(min_size=1))
def test_a_packet_is_read_as_it_was_written(
    kind: int, marker: bool, sequence: int, timestamp: int, source: int, payload: bytes
) -> None:
    packet = Packet(kind, marker, sequence, timestamp, source, payload)
    assert read(packet.written()) == packet


@given(st.binary(max_size=80))
def test_any_bytes_are_a_packet_or_none(data: bytes) -> None:
    """pyVoIP's receiver ended at the first that were none."""
    found = read(data)
    assert found is None or 0 < len(found.payload) <= len(data) - 12


@pytest.mark.parametrize("version", [0, 1, 3])
def test_what_is_of_another_version_is_no_packet(version: int) -> None:
    """RFC 3550 §A.1: STUN and old telephones' packets come to the same port."""
    of_ours = Packet(8, False, 1, 2, 3, b"sound").written()
    assert read(of_ours) is not None
    assert read(bytes((of_ours[0] & 0x3F | version << 6,)) + of_ours[1:]) is None


def test_padding_sources_and_extensions_are_no_sound() -> None:
    """RFC 3550 §5.1, §5.3.1; pyVoIP played them."""
    head = bytes.fromhex("b1080001 00000002 00000003 00000004 beef0001 11111111")
    found = read(head + b"sound" + b"\0\0\3")
    assert found is not None
    assert found.payload == b"sound"


def test_a_key_is_none_beyond_the_telephones() -> None:
    assert [key_of(bytes((code, 0, 0, 0))) for code in (0, 9, 10, 11, 12, 15, 16, 255)] == [
        *("0", "9", "*", "#", "A", "D", "", "")
    ]
    assert key_of(b"\1\0\0") == ""
    assert event("#", 100_000, ended=True) == bytes((11, 0x8A, 0xFF, 0xFF))


# What was received


@given(st.lists(st.tuples(st.sampled_from([1, 2]), TIMES, st.integers(1, 1_500)), max_size=60))
def test_no_timestamps_make_it_grow(packets: list[tuple[int, int, int]]) -> None:
    """Two wild ones took 382 MB."""
    line = Timeline()
    for source, timestamp, frames in packets:
        line.put(source, timestamp, silence(frames))
        assert line.buffered() <= BOUND
    assert len(line.take(10_000)) <= 2 * BOUND


@given(st.permutations(range(4)), TIMES)
def test_packets_are_heard_in_the_order_in_which_they_were_said(order: list[int], begin: int) -> None:
    line = Timeline()
    line.put(1, begin, block(9))
    for number in order:
        line.put(1, (begin + (number + 1) * FRAMES) % WRAP, block(number))
    assert line.take(5 * FRAMES) == b"".join(map(block, (9, 0, 1, 2, 3)))


def test_a_lost_packet_leaves_its_time_and_a_late_one_takes_it() -> None:
    line = Timeline()
    line.put(1, 0, block(1_000))
    line.put(1, 2 * FRAMES, block(3))
    assert line.buffered() == 3 * FRAMES
    line.put(1, FRAMES, block(2))
    assert line.take(3 * FRAMES) == block(1_000) + block(2) + block(3)
    line.put(1, 4 * FRAMES, block(5))
    assert line.take(2 * FRAMES) == block(0) + block(5), "nothing was heard before: nothing is repeated"
    line.put(1, 3 * FRAMES, block(4))
    assert line.buffered() == 0, "too late"


def test_a_gap_is_filled_by_what_was_heard_last_at_half_its_loudness() -> None:
    line = Timeline()
    line.put(1, 0, block(1_000))
    line.put(1, 2 * FRAMES, block(0))
    assert line.take(3 * FRAMES) == block(1_000) + block(500) + block(0)


@pytest.mark.parametrize("jump", [FRAMES + 80_000, -80_000], ids=["ahead", "back"])
def test_another_talk_spurt_follows_at_once(jump: int) -> None:
    line = Timeline()
    line.put(1, 100_000, block(1))
    line.put(1, 100_000 + jump, block(2))
    line.put(2, 5, block(3))
    assert line.take(3 * FRAMES) == block(1) + block(2) + block(3)


def test_another_stream_follows_though_its_time_is_near() -> None:
    line = Timeline()
    line.put(1, 0, block(1))
    line.put(2, 0, block(2))
    assert line.take(2 * FRAMES) == block(1) + block(2)


def test_who_reads_late_hears_the_newest() -> None:
    line = Timeline()
    for number in range(40):
        line.put(1, number * FRAMES, block(number))
    assert line.buffered() == BOUND
    assert line.take(FRAMES) == block(20)


# What is sent


def test_a_packet_waits_for_all_its_samples() -> None:
    sending = Outgoing()
    assert sending.take() == silence(FRAMES)
    sending.write(block(7)[:FRAMES])
    assert sending.take() == silence(FRAMES)
    sending.write(block(7)[FRAMES:])
    assert sending.take() == block(7)
    assert sending.waiting() == 0


@given(st.lists(st.integers(0, 4_000), max_size=30))
def test_what_nobody_takes_does_not_grow(writes: list[int]) -> None:
    sending = Outgoing()
    for frames in writes:
        sending.write(silence(frames))
        assert sending.waiting() <= 10 * FRAMES


def test_keys_are_told_packet_by_packet() -> None:
    """RFC 4733 §2.5.1: first, growing, and an end that is said three times."""
    keys, sent = Keys(), []
    assert keys.press("5", lambda: sent.append("5"))
    assert keys.press("#", lambda: sent.append("#"))
    packets = []
    while (packet := keys.next_packet()) is not None or len(sent) < 2:
        packets.append(packet)
    told = [packet for packet in packets if packet is not None and packet[1]]
    assert [first for first, _payload in told] == ([True] + [False] * 7) * 2
    assert [key_of(payload) for _first, payload in told] == ["5"] * 8 + ["#"] * 8
    assert [int.from_bytes(payload[2:], "big") for _first, payload in told[:8]] == [
        *(160, 320, 480, 640, 800, 800, 800, 800)
    ]
    assert [payload[1] >> 7 for _first, payload in told[:8]] == [0, 0, 0, 0, 0, 1, 1, 1]
    assert sent == ["5", "#"]


def test_keys_that_cannot_be_sent_any_more_are_let_go() -> None:
    keys, sent = Keys(), []
    for key in "12":
        assert keys.press(key, lambda key=key: sent.append(key))  # type: ignore[misc] # each its own
    keys.next_packet()
    keys.drop()
    assert sorted(sent) == ["1", "2"]
    assert not all(keys.press("3", lambda: None) for _ in range(1_000))
