"""Who leads on a Postgres: told to the others at once, and only by the one that does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy.engine import URL
from structlog.testing import capture_logs

import hub.db.owner
from hub.db.devices import secret_digest
from hub.db.engine import migrate, open_database
from hub.db.owner import Lead, OwnedElsewhere, Owner
from hub.db.relays import RelayStore
from tests.e2e.eventually import eventually_async
from tests.hub.served import WITHIN
from tests.postgres import PostgresServer

ONE, OTHER = "http://127.0.0.1:1", "http://127.0.0.1:2"
_OWNER = "FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[URL]:
    url = postgres.create()
    await migrate(url)
    yield url
    postgres.drop(url)


class Standing:
    """One hub that stands by, and what it learns: ``None``, that it may lead itself."""

    def __init__(self, owner: Owner, token: str) -> None:
        self.owner = owner
        self.leads: asyncio.Queue[Lead | None] = asyncio.Queue()
        self.following = asyncio.create_task(self._follow(secret_digest(token.encode())))

    async def _follow(self, token_digest: str) -> None:
        await self.owner.follow(token_digest, self.leads.put_nowait)
        self.leads.put_nowait(None)

    async def learns(self, lead: Lead) -> None:
        async with asyncio.timeout(WITHIN):
            while await self.leads.get() != lead:
                pass

    async def learns_or_leads(self, lead: Lead) -> None:
        """Whichever comes first."""
        async with asyncio.timeout(WITHIN):
            while await self.leads.get() not in {lead, None}:
                pass

    async def may_lead(self) -> None:
        async with asyncio.timeout(WITHIN):
            await self.following


class Owners:
    """Hubs on one database."""

    def __init__(self, url: URL, stack: AsyncExitStack) -> None:
        self._url = url
        self._stack = stack

    def owner(self) -> Owner:
        owner = Owner(self._url)
        self._stack.push_async_callback(owner.let_go)
        return owner

    async def leader(self, address: str) -> Owner:
        owner = self.owner()
        assert await owner.take()
        self.keeps(owner, address)
        return owner

    def keeps(self, owner: Owner, address: str) -> asyncio.Task[None]:
        keeping = asyncio.create_task(owner.keep(address))
        self._stack.push_async_callback(_ended, keeping)
        return keeping

    async def standing(self, token: str) -> Standing:
        owner = self.owner()
        assert not await owner.take()
        standing = Standing(owner, token)
        self._stack.push_async_callback(_ended, standing.following)
        return standing


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, OwnedElsewhere):
        await task


@pytest.fixture
async def owners(database: URL) -> AsyncIterator[Owners]:
    async with AsyncExitStack() as stack:
        yield Owners(database, stack)


@pytest.fixture
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt was told."""
    monkeypatch.setattr(hub.db.owner, "_PACE", 3600.0)


@pytest.mark.usefixtures("nobody_looks")
async def test_the_others_are_told_at_once_who_leads_and_that_nobody_does(owners: Owners) -> None:
    first = owners.owner()
    assert await first.take()
    second, third = await owners.standing("two"), await owners.standing("three")
    for one in (second, third):
        await one.learns(Lead(""))
    owners.keeps(first, ONE)
    for one in (second, third):
        await one.learns(Lead(ONE))
    await first.let_go()
    async with asyncio.timeout(WITHIN):
        await asyncio.wait({second.following, third.following}, return_when=asyncio.FIRST_COMPLETED)
    leads, stands = (second, third) if second.following.done() else (third, second)
    owners.keeps(leads.owner, OTHER)
    await stands.learns(Lead(OTHER))


async def test_a_leader_whom_the_others_cannot_ask_says_so(owners: Owners) -> None:
    with capture_logs() as told:

        async def warned() -> bool:
            return any("address is not set" in one["event"] for one in told)

        await owners.leader("")
        await eventually_async(warned, "a warning", within=WITHIN)


async def test_each_leader_knows_those_that_stand_by(owners: Owners, database: URL) -> None:
    first = await owners.leader(ONE)
    one, other = await owners.standing("one"), await owners.standing("other")
    engine = await open_database(database)

    async def known() -> bool:
        relays = RelayStore(engine)
        return [await relays.knows(token) for token in ("one", "other")] == [True, True]

    try:
        await eventually_async(known, "both are known")
        assert not await RelayStore(engine).knows(secret_digest(b"one"))
        await first.let_go()
        async with asyncio.timeout(WITHIN):
            await asyncio.wait({one.following, other.following}, return_when=asyncio.FIRST_COMPLETED)
        leads, stands, token = (one, other, "other") if one.following.done() else (other, one, "one")
        owners.keeps(leads.owner, OTHER)
        await stands.learns(Lead(OTHER))

        async def known_alone() -> bool:
            relays = RelayStore(engine)
            return [await relays.knows(one) for one in ("one", "other")].count(True) == 1 and (
                await relays.knows(token)
            )

        await eventually_async(known_alone, "only who stands by is known")
    finally:
        await engine.dispose()


async def test_one_that_lost_its_lock_does_not_say_that_it_leads(
    owners: Owners, database: URL, postgres: PostgresServer
) -> None:
    first = owners.owner()
    assert await first.take()
    second, third = await owners.standing("two"), await owners.standing("three")
    postgres.sql(f"SELECT pg_terminate_backend(pid) {_OWNER}", database.database or "")
    async with asyncio.timeout(WITHIN):
        await asyncio.wait({second.following, third.following}, return_when=asyncio.FIRST_COMPLETED)
    leads = second if second.following.done() else third
    owners.keeps(leads.owner, OTHER)
    keeping = owners.keeps(first, ONE)
    with pytest.raises(OwnedElsewhere):
        async with asyncio.timeout(WITHIN):
            await keeping
    assert postgres.sql("SELECT address FROM leader", database.database or "") == OTHER


async def test_a_database_that_is_away_leaves_the_last_word_of_who_leads(
    owners: Owners, postgres: PostgresServer
) -> None:
    await owners.leader(ONE)
    second = await owners.standing("one")
    await second.learns(Lead(ONE))
    postgres.stop()
    await second.learns(Lead(ONE, database=False))
    postgres.start()
    # whoever is faster has the lock: the leader again, or who stood by
    await second.learns_or_leads(Lead(ONE))


async def test_an_older_leader_without_the_tables_is_nowhere(postgres: PostgresServer) -> None:
    url = postgres.create()
    async with AsyncExitStack() as stack:
        owners = Owners(url, stack)
        first = owners.owner()
        assert await first.take()
        second = await owners.standing("one")
        await second.learns(Lead(""))
        await first.let_go()
        await second.may_lead()
    postgres.drop(url)
