"""Callbacks in the database: one for a customer and queue, each number dialled once, nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.engine import URL

from hub.db.callbacks import CallbackStore, KeyUsedError, StandingError, Try
from hub.db.engine import open_database
from hub.domain.callbacks import Callback, Result, Rules, State, cancelled, dialled, kept, missed

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
RULES = Rules(ZoneInfo("UTC"), time(21), time(8), 4, timedelta(minutes=10), timedelta(minutes=5))
ONE = Callback(
    *("c1", "anna", "support", ("+97235550101", "+972505550101"), NOON, NOON),
    agent="yael",
    made_by="yael",
    name="אנה",
    language="he",
    words="about the invoice",
)


@pytest.fixture
async def store(empty_database: URL) -> AsyncIterator[CallbackStore]:
    engine = await open_database(empty_database)
    yield CallbackStore(engine)
    await engine.dispose()


async def test_what_was_promised_is_there_after_a_restart(empty_database: URL) -> None:
    engine = await open_database(empty_database)
    await CallbackStore(engine).promise(ONE, "key-1", "d")
    await engine.dispose()
    engine = await open_database(empty_database)
    assert await CallbackStore(engine).open() == (ONE,)
    await engine.dispose()


async def test_a_customer_has_one_standing_callback_in_a_queue(store: CallbackStore) -> None:
    await store.promise(ONE, "key-1", "d")
    with pytest.raises(StandingError) as standing:
        await store.promise(replace(ONE, id="c2"), "key-2", "d")
    assert standing.value.callback == ONE
    await store.promise(replace(ONE, id="c3", queue="sales"), "key-3", "d")
    await store.promise(replace(ONE, id="c4", customer="boris"), "key-4", "d")
    assert await store.change(ONE, cancelled(ONE))
    await store.promise(replace(ONE, id="c5"), "key-5", "d")
    assert {one.id for one in await store.open()} == {"c3", "c4", "c5"}


async def test_of_many_at_once_one_is_kept(store: CallbackStore) -> None:
    made = (replace(ONE, id=f"c{number}") for number in range(8))
    asked = (store.promise(one, f"key-{one.id}", "d") for one in made)
    answers = await asyncio.gather(*asked, return_exceptions=True)
    (first,) = [one for one in answers if isinstance(one, Callback)]
    refused = [one.callback for one in answers if isinstance(one, StandingError)]
    assert refused == [first] * 7
    assert await store.open() == (first,)


async def test_a_key_stands_for_one_request(store: CallbackStore) -> None:
    again = replace(ONE, id="c2")
    assert await store.promise(ONE, "key-1", "d") == ONE
    assert await store.promise(again, "key-1", "d") == ONE
    with pytest.raises(KeyUsedError):
        await store.promise(again, "key-1", "another")
    other = replace(again, made_by="daniel", customer="boris")
    assert await store.promise(other, "key-1", "another") == other


async def test_a_callback_is_dialled_by_whoever_claims_it_first(store: CallbackStore) -> None:
    await store.promise(ONE, "key-1", "d")
    claims = (store.claim(ONE, dialled(ONE), f"callback-{number}", NOON) for number in range(8))
    assert sorted(await asyncio.gather(*claims)) == [False] * 7 + [True]
    (running,) = await store.running()
    assert running == Try(running.id, dialled(ONE), NOON)
    assert await store.tries_since(NOON) == 1
    assert await store.tries_since(NOON + timedelta(seconds=1)) == 0


async def test_a_cancelled_one_is_not_dialled_and_one_that_is_dialled_not_cancelled(
    store: CallbackStore,
) -> None:
    await store.promise(ONE, "key-1", "d")
    assert await store.change(ONE, cancelled(ONE))
    assert not await store.claim(ONE, dialled(ONE), "callback-1", NOON)
    two = replace(ONE, id="c2")
    await store.promise(two, "key-2", "d")
    assert await store.claim(two, dialled(two), "callback-2", NOON)
    assert not await store.change(two, cancelled(two))


async def test_a_try_ends_once_and_leaves_the_next(store: CallbackStore) -> None:
    await store.promise(ONE, "key-1", "d")
    calling = dialled(ONE)
    await store.claim(ONE, calling, "callback-1", NOON)
    after = missed(calling, Result.BUSY, NOON, RULES)
    assert await store.settle("callback-1", calling, after)
    assert not await store.settle("callback-1", calling, missed(calling, Result.UNKNOWN, NOON, RULES))
    assert await store.running() == ()
    assert await store.get("c1") == after
    assert (after.tries, after.number, after.result) == (1, "+972505550101", "busy")
    assert await store.claim(after, dialled(after), "callback-2", NOON)
    assert await store.settle("callback-2", dialled(after), kept(dialled(after)))
    done = await store.get("c1")
    assert done is not None
    assert (done.state, done.tries) == (State.DONE, 2)
    assert await store.open() == ()
