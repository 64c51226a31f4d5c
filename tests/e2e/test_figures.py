"""Fifty calls of every kind on the real Asterisk: the hub counts what Asterisk counts, and what it stored."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from hub.contract import Presence, PresenceChange, QueueCounts, Snapshot, WrapUp
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually_async
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Call, Phone
from tests.pbx.rig import Asterisk

CALLS = 50
SEED = 20261122
DANA, NOAM = "1101", "1102"


class Agent:
    """One agent: a phone on the exchange, and what their desk says to the hub."""

    def __init__(self, phone: Phone, hub: httpx.AsyncClient) -> None:
        self.phone = phone
        self.hub = hub

    async def be(self, presence: Presence) -> None:
        """Choose a presence."""
        wish = PresenceChange(presence=presence, reason="" if presence is Presence.READY else "Break")
        answer = await self.hub.put("/presence", json=wish.model_dump(mode="json"))
        assert answer.status_code == 200, answer.text

    async def snapshot(self) -> Snapshot:
        """What a desk that comes up now would show."""
        return Snapshot.model_validate_json((await self.hub.get("/snapshot")).content)

    async def wrap_up(self, contact: str) -> None:
        """Store what is owed for ``contact``, and be offered calls again."""

        async def owed() -> bool:
            return any(
                item.offer.contact == contact and item.phase == "wrap_up"
                for item in (await self.snapshot()).contacts
            )

        await eventually_async(owed, f"a wrap-up owed for {contact}")
        answer = await self.hub.post(
            f"/contacts/{contact}/wrap-up",
            json=WrapUp(note="as agreed", disposition="solved").model_dump(),
            headers={"Idempotency-Key": f"wrap-{contact}"},
        )
        assert answer.status_code == 200, answer.text
        await eventually_async(self.free, "the agent free again")

    async def talks(self, *, longer_than: float) -> bool:
        """Whether this agent has talked for so many seconds."""
        now = datetime.now(UTC)
        return any(
            item.phase == "talking" and (now - item.since).total_seconds() > longer_than
            for item in (await self.snapshot()).contacts
        )

    async def free(self) -> bool:
        """Whether the exchange would ring this agent."""
        members = (await self.snapshot()).me.members
        return bool(members) and all(row.state == "free" and not row.paused for row in members)


class Floor:
    """Both agents and the customers who call them."""

    def __init__(self, agents: dict[str, Agent], console: Console) -> None:
        self.agents = agents
        self._console = console

    async def customer(self, queue: str) -> Customer:
        """A customer calls ``queue``."""
        return await asyncio.to_thread(self._console.customer, queue)

    async def rung(self) -> tuple[Agent, Call]:
        """The agent whose phone rings next, and the call."""
        waits = {asyncio.create_task(agent.phone.ringing()): agent for agent in self.agents.values()}
        done, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for other in others:
            other.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        first = done.pop()
        return waits[first], first.result()

    async def agent_ends(self, queue: str) -> None:
        """Answered at once; the agent hangs up."""
        customer = await self.customer(queue)
        agent, call = await self.rung()
        agent.phone.answer(call)
        await asyncio.to_thread(self._console.wait_bridged, agent.phone.user)
        await agent.phone.hang_up(call)
        await agent.wrap_up(customer.contact)

    async def caller_ends(self, queue: str) -> None:
        """Answered at once; the customer hangs up when all is said, so that talks have a length."""
        customer = await self.customer(queue)
        agent, call = await self.rung()
        agent.phone.answer(call)
        await eventually_async(lambda: agent.talks(longer_than=1.5), "a talk of some length")
        await asyncio.to_thread(customer.hang_up)
        await asyncio.wait_for(call.ended.wait(), 10)
        await agent.wrap_up(customer.contact)

    async def answered_late(self, _queue: str) -> None:
        """Answered once the customer has waited longer than the express queue promises."""
        customer = await self.customer("express")
        agent, call = await self.rung()

        async def late() -> bool:
            (express,) = [row for row in (await agent.snapshot()).queues if row.queue == "express"]
            return express.longest_wait > 2

        await eventually_async(late, "a customer who waited too long")
        agent.phone.answer(call)
        await asyncio.to_thread(self._console.wait_bridged, agent.phone.user)
        await agent.phone.hang_up(call)
        await agent.wrap_up(customer.contact)

    async def abandons(self, queue: str) -> None:
        """The customer gives up while the phone rings."""
        customer = await self.customer(queue)
        _agent, call = await self.rung()
        await asyncio.to_thread(customer.hang_up)
        await asyncio.wait_for(call.ended.wait(), 10)

    async def declined_then_answered(self, queue: str) -> None:
        """The first agent declines; whoever is offered it next answers."""
        customer = await self.customer(queue)
        first, call = await self.rung()
        first.phone.reject(call)
        agent, call = await self.rung()
        agent.phone.answer(call)
        await asyncio.to_thread(self._console.wait_bridged, agent.phone.user)
        await agent.phone.hang_up(call)
        await agent.wrap_up(customer.contact)


@pytest.fixture
async def floor(asterisk: Asterisk, surroundings: Path) -> AsyncIterator[tuple[Centre, Floor]]:
    centre = Centre(asterisk, surroundings)
    centre.start_hub()
    try:
        async with AsyncExitStack() as stack:
            agents = {}
            for extension in (DANA, NOAM):
                phone = Phone(extension, f"pw{extension}", asterisk.centre.ports.sip)
                await stack.enter_async_context(phone)
                assert (await phone.register()).status == 200
                hub = httpx.AsyncClient(
                    base_url=f"{centre.url}/v1",
                    headers={"Authorization": f"Bearer {centre.token(extension)}"},
                )
                agents[extension] = Agent(phone, await stack.enter_async_context(hub))
            for agent in agents.values():
                await agent.be(Presence.READY)
                await eventually_async(agent.free, "an agent free")
            yield centre, Floor(agents, Console(asterisk))
    finally:
        centre.stop_hub()


@pytest.mark.pbx
@pytest.mark.timeout(300)
async def test_the_hub_counts_what_asterisk_counts(
    floor: tuple[Centre, Floor], console: Console, surroundings: Path
) -> None:
    centre, people = floor
    chance = random.Random(SEED)  # noqa: S311 - the same calls in every run
    kinds: list[Callable[[str], Awaitable[None]]] = [
        people.agent_ends,
        people.caller_ends,
        people.answered_late,
        people.abandons,
        people.declined_then_answered,
    ]
    for number in range(CALLS):
        # each kind and queue at least once, whatever the seed
        kind = kinds[number] if number < len(kinds) else chance.choice(kinds)
        queue = ("support", "sales", "express")[number % 3]
        await kind(queue)

    dana = people.agents[DANA]

    async def settled() -> bool:
        rows = (await dana.snapshot()).queues
        return sum(row.today.offered for row in rows) == CALLS and not any(row.waiting for row in rows)

    await eventually_async(settled, "nobody waiting")
    counted = {row.queue: row for row in (await dana.snapshot()).queues}
    asterisk = {row["Queue"]: row for row in console.act("QueueStatus") if row.get("Event") == "QueueParams"}
    for name in ("support", "sales", "express"):
        _same(counted[name].today, asterisk[name])
    assert (counted["express"].today.average_wait or 0) > 0
    assert 0 < (counted["express"].today.service_level or 0) < 100
    assert sum(row.today.offered for row in counted.values()) == CALLS

    assert _stored(surroundings / "hub.db") == {
        name: (row.today.offered, row.today.answered, row.today.abandoned) for name, row in counted.items()
    }
    own = (await dana.snapshot()).own
    assert own is not None
    assert own.today.answered > 0
    assert 0 < (own.occupancy or 0) <= 100
    centre.stop_hub()
    centre.start_hub()
    again = {row.queue: row for row in (await dana.snapshot()).queues}
    assert {name: row.today for name, row in again.items()} == {
        name: row.today for name, row in counted.items()
    }
    kept = (await dana.snapshot()).own
    assert kept is not None
    assert (kept.today, kept.recent) == (own.today, own.recent)


@pytest.mark.pbx
async def test_hold_is_told_apart_and_outlasts_the_hub(
    floor: tuple[Centre, Floor], surroundings: Path
) -> None:
    centre, people = floor
    customer = await people.customer("sales")
    agent, call = await people.rung()
    agent.phone.answer(call)
    await eventually_async(lambda: agent.talks(longer_than=1.5), "a talk of some length")

    async def stored(kind: str) -> None:
        await eventually_async(
            lambda: _told(surroundings / "hub.db", customer.contact, kind), f"{kind} stored"
        )

    await agent.phone.hold(call)
    await stored("held")
    centre.stop_hub()
    centre.start_hub()
    await eventually_async(lambda: agent.talks(longer_than=3), "a hold of some length")
    await agent.phone.resume(call)
    await stored("resumed")
    await asyncio.to_thread(customer.hang_up)
    await asyncio.wait_for(call.ended.wait(), 10)
    await agent.wrap_up(customer.contact)
    own = (await agent.snapshot()).own
    assert own is not None
    parts = (own.today.average_talk, own.today.average_hold, own.today.average_wrap_up)
    talk, hold, wrap_up = (part or 0.0 for part in parts)
    assert talk > 0
    assert hold > 0
    assert own.today.average_handling == pytest.approx(talk + hold + wrap_up)
    with sqlite3.connect(surroundings / "hub.db") as connection:
        (held,) = connection.execute("select held from contacts").fetchone()
    connection.close()
    assert held == pytest.approx(hold)


async def _told(database: Path, contact: str, kind: str) -> bool:
    with sqlite3.connect(database) as connection:
        query = "select count(*) from contact_events where contact = ? and kind = ?"
        (count,) = connection.execute(query, (contact, kind)).fetchone()
    connection.close()
    return bool(count)


def _same(ours: QueueCounts, theirs: dict[str, str]) -> None:
    """The hub has counted what Asterisk has."""
    assert ours.answered == int(theirs["Completed"]) > 0
    assert ours.abandoned == int(theirs["Abandoned"]) > 0
    assert ours.offered == ours.answered + ours.abandoned
    assert ours.service_level == pytest.approx(float(theirs["ServicelevelPerf"]), abs=0.06)
    assert (ours.average_talk or 0) > 0


def _stored(database: Path) -> dict[str, tuple[int, int, int]]:
    """Offered, answered and abandoned by queue, counted from the stored events by SQL alone."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "select queue, sum(kind = 'joined'), sum(kind = 'connected'),"
            " sum(kind = 'abandoned') from contact_events group by queue"
        ).fetchall()
    connection.close()
    return {queue: (offered, answered, abandoned) for queue, offered, answered, abandoned in rows}
