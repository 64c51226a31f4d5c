"""The bus: lossless for events, latest-wins for figures, bounded for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import PbxLinkEvent, QueuesEvent
from hub.events import Bus, Sent

_WITHIN = 10.0


def _event(number: int) -> PbxLinkEvent:
    return PbxLinkEvent(up=True, words=str(number))


def _queues() -> dict[str, QueuesEvent]:
    return {"en": QueuesEvent(queues=()), "he": QueuesEvent(queues=())}


async def _all(bus: Bus, stream: AsyncIterator[Sent]) -> list[Sent]:
    """What the stream still holds; the bus is closed after its next event."""
    bus.publish("yael", _event(-1))
    told: list[Sent] = []
    async with asyncio.timeout(_WITHIN):
        async for sent in stream:
            if '"-1"' in sent.data:
                return told
            told.append(sent)
    return told


def _words(told: list[Sent]) -> list[str]:
    return [PbxLinkEvent.model_validate_json(sent.data).words for sent in told]


async def test_each_agent_gets_their_own_events_in_order() -> None:
    bus = Bus(["yael", "tal"], "e")
    stream = bus.subscribe("yael", "en", bus.cursor("yael"))
    for number in range(3):
        bus.publish("yael", _event(number))
        bus.publish("tal", _event(100))
    bus.publish("nobody", _event(200))
    told = await _all(bus, stream)
    assert _words(told) == ["0", "1", "2"]
    assert [sent.id for sent in told] == ["e-1", "e-2", "e-3"]


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_cursor_gets_exactly_what_it_missed(before: int, after: int) -> None:
    async def run() -> None:
        bus = Bus(["yael"], "e")
        for number in range(before):
            bus.publish("yael", _event(number))
        cursor = bus.cursor("yael")
        for number in range(before, before + after):
            bus.publish("yael", _event(number))
        told = await _all(bus, bus.subscribe("yael", "en", cursor))
        assert _words(told) == [str(number) for number in range(before, before + after)]

    asyncio.run(run())


@pytest.mark.parametrize(
    "cursor", [None, "", "e", "e-", "other-1", "e-x", "e--1", "e-9", "e-٣", "e-" + "1" * 400, "-1"]
)
async def test_a_cursor_that_is_not_ours_is_told_to_resync(cursor: str | None) -> None:
    bus = Bus(["yael"], "e")
    bus.publish("yael", _event(0))
    first = await anext(bus.subscribe("yael", "en", cursor))
    assert (first.kind, first.id) == ("resync", "e-1")


async def test_who_was_away_too_long_resyncs_and_goes_on_from_there() -> None:
    bus = Bus(["yael"], "e")
    cursor = bus.cursor("yael")
    for number in range(201):
        bus.publish("yael", _event(number))
    stream = bus.subscribe("yael", "en", cursor)
    first = await anext(stream)
    assert (first.kind, first.id) == ("resync", "e-201")
    bus.publish("yael", _event(7))
    assert _words(await _all(bus, stream)) == ["7"]
    oldest = bus.subscribe("yael", "en", "e-3")
    assert (await anext(oldest)).id == "e-4"


async def test_a_slow_desk_resyncs_instead_of_growing_a_queue() -> None:
    bus = Bus(["yael"], "e")
    stream = bus.subscribe("yael", "en", bus.cursor("yael"))
    bus.publish("yael", _event(0))
    await anext(stream)
    for number in range(5000):
        bus.publish("yael", _event(number))
    assert (await anext(stream)).kind == "resync"


async def test_of_figures_only_the_newest_is_sent_and_none_is_replayed() -> None:
    bus = Bus(["yael"], "e")
    for _ in range(3):
        bus.publish_figures(_queues())
    stream = bus.subscribe("yael", "en", bus.cursor("yael"))
    first = await anext(stream)
    assert (first.kind, first.id) == ("queues", "")
    assert await _all(bus, stream) == []


async def test_each_of_many_desks_gets_the_newest_figures() -> None:
    agents = [f"a{number}" for number in range(100)]
    bus = Bus(agents, "e")
    streams = [bus.subscribe(agent, "en", bus.cursor(agent)) for agent in agents]
    waiting = [asyncio.ensure_future(anext(stream)) for stream in streams]
    await asyncio.sleep(0)
    bus.publish_figures(_queues())
    async with asyncio.timeout(_WITHIN):
        assert {(await told).kind for told in waiting} == {"queues"}


async def test_a_closed_bus_ends_its_streams() -> None:
    bus = Bus(["yael"], "e")
    stream = bus.subscribe("yael", "en", bus.cursor("yael"))
    waiting = asyncio.ensure_future(anext(stream, None))
    await asyncio.sleep(0)
    bus.close()
    async with asyncio.timeout(_WITHIN):
        assert await waiting is None
