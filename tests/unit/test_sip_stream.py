"""A stream of events: in order, bounded, and loud when it ends early."""

from __future__ import annotations

import pytest

from sip.stream import EventStream, Overflow


async def test_events_come_in_order_until_the_end() -> None:
    stream: EventStream[int] = EventStream()
    for number in range(3):
        stream.put(number)
    stream.close()
    stream.put(99)
    stream.close()
    assert [number async for number in stream] == [0, 1, 2]


async def test_a_reader_too_far_behind_is_told_after_what_it_can_still_have() -> None:
    stream: EventStream[int] = EventStream(capacity=4)
    for number in range(9):
        stream.put(number)
    assert stream.closed
    reader = aiter(stream)
    assert [await anext(reader) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(Overflow):
        await anext(reader)


async def test_frequent_events_leave_room_for_the_others() -> None:
    stream: EventStream[int] = EventStream(capacity=16)
    for number in range(100):
        stream.put_frequent(number)
    stream.put(1_000)
    stream.close()
    assert [number async for number in stream] == [0, 1, 1_000]


async def test_a_failure_is_met_where_it_happened() -> None:
    stream: EventStream[int] = EventStream()
    stream.put(1)
    stream.fail(ValueError("broken"))
    stream.fail(KeyError("later"))
    heard = aiter(stream)
    assert await anext(heard) == 1
    with pytest.raises(ValueError, match="broken"):
        await anext(heard)
