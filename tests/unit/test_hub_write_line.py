"""The line of writers: what waits together is stored together, in order, and one fault is nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from hub.db.write_line import WriteLine


class Store:
    """Takes changes as a database does: all of them or none. Waits to be let go."""

    def __init__(self) -> None:
        self.transactions: list[list[int]] = []
        self.bad: set[int] = set()
        self.away = False
        self.tries = 0
        self.let_go = asyncio.Event()

    async def __call__(self, changes: Sequence[int]) -> None:
        self.tries += 1
        await self.let_go.wait()
        if self.away:
            raise OperationalError("away", None, Exception())
        if self.bad & set(changes):
            raise IntegrityError("bad", None, Exception())
        self.transactions.append(list(changes))


async def waited(*asked: asyncio.Future[None]) -> list[str]:
    """What became of them: "" or the error's name."""
    ended = await asyncio.gather(*asked, return_exceptions=True)
    return ["" if error is None else type(error).__name__ for error in ended]


async def test_what_comes_while_another_is_stored_goes_together_in_the_next_transaction() -> None:
    store = Store()
    line = WriteLine(store)
    first = line.put(0)
    await asyncio.sleep(0)
    others = [line.put(number) for number in range(1, 5)]
    assert list(line.unwritten()) == [0, 1, 2, 3, 4]
    store.let_go.set()
    assert await waited(first, *others) == [""] * 5
    assert store.transactions == [[0], [1, 2, 3, 4]]
    assert not line.unwritten()


async def test_settled_is_when_nothing_waits_any_more() -> None:
    store = Store()
    line = WriteLine(store)
    for number in range(3):
        line.put(number)
    store.let_go.set()
    await line.settled()
    assert [one for together in store.transactions for one in together] == [0, 1, 2]


async def test_one_that_cannot_be_stored_costs_only_itself() -> None:
    store = Store()
    store.bad = {1}
    line = WriteLine(store)
    asked = [line.put(number) for number in range(3)]
    store.let_go.set()
    assert await waited(*asked) == ["", "IntegrityError", ""]
    assert store.transactions == [[0], [2]]


async def test_a_database_that_is_away_is_not_asked_for_each() -> None:
    store = Store()
    store.away = True
    line = WriteLine(store)
    asked = [line.put(number) for number in range(3)]
    store.let_go.set()
    assert await waited(*asked) == ["OperationalError"] * 3
    assert store.tries == 1
    store.away = False
    assert await waited(line.put(7)) == [""]


async def test_who_stops_waiting_is_stored_all_the_same() -> None:
    store = Store()
    line = WriteLine(store)
    asked = line.put(1)
    asked.cancel()
    store.let_go.set()
    await line.settled()
    assert store.transactions == [[1]]
    with pytest.raises(asyncio.CancelledError):
        await asked
