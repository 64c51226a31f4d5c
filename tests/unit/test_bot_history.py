"""What happened to an actor is read in order, however much it is."""

from __future__ import annotations

import asyncio

import pytest

from bots.history import MOST, History


async def test_each_event_answers_one_expectation_and_those_before_it_are_read() -> None:
    history = History()
    for number in range(3):
        history.add({"event": "call", "number": number})
    assert (await history.next(lambda values: values["number"] != 0)).values["number"] == 1
    assert (await history.next(lambda _values: True)).values["number"] == 2
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await history.next(lambda _values: True)


async def test_of_too_much_the_newest_is_kept_and_what_was_read_stays_read() -> None:
    history = History()
    history.add({"event": "call", "number": 0})
    await history.next(lambda _values: True)
    for number in range(1, MOST + 2):
        history.add({"event": "call", "number": number})
    assert len(history.last(2 * MOST)) == MOST
    assert history.last(1)[0].values["number"] == MOST + 1
    async with asyncio.timeout(1):
        assert (await history.next(lambda _values: True)).values["number"] == 2
        assert (await history.next(lambda values: values["number"] == MOST + 1)).values["event"] == "call"
