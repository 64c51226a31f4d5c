"""A hub that is killed while a CRM is asked for a new customer: sent again, it is the one customer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select
from sqlalchemy.engine import URL

from hub.contract import CardAnswer
from hub.db.tables import new_customers
from hub.ports.crm import NewCustomer
from tests.contract.crms import REMOTE, World, builtin, keyless, remote
from tests.hub.centre import WITHIN, Centre, Time, open_centre
from tests.stubs.pbx import FakePbx

UNKNOWN = "+972505559999"
DANA = {"name": "Dana Cohen", "number": UNKNOWN}
KEEPS_KEYS = ("builtin", *REMOTE)


@asynccontextmanager
async def _world(kind: str, tmp_path: Path) -> AsyncIterator[World]:
    async with builtin(tmp_path) if kind == "builtin" else remote(kind) as opened:
        yield opened


@dataclass
class Held:
    """The CRM for a hub that is killed: it is asked, before or after which nothing goes on any more."""

    crm: Any
    taken: bool
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def create_customer(self, customer: NewCustomer, key: str) -> str:
        if self.taken:
            await self.crm.create_customer(customer, key)
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody waits so long")

    async def close(self) -> None:
        """Who is killed closes nothing."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.crm, name)


async def _create(centre: Centre, contact: str, **asked: str) -> Response:
    desk = await centre.desk("yael")
    headers = {"Idempotency-Key": "key-0000001"}
    return await desk.http.post(f"/v1/contacts/{contact}/customer", json={**DANA, **asked}, headers=headers)


async def _killed(database: URL, crm: Any, pbx: FakePbx, *, taken: bool, **asked: str) -> str:
    """A hub that asks ``crm`` and gets no further; the contact that it was about."""
    held = Held(crm, taken)
    async with open_centre(database, pbx=pbx, time=Time(), crm=held) as centre:
        contact = await centre.talk(UNKNOWN)
        await centre.cards_arrive()
        asking = asyncio.create_task(_create(centre, contact, **asked))
        async with asyncio.timeout(WITHIN):
            await held.asked.wait()
        asking.cancel()
        await asyncio.wait([asking])
        async with centre.hub.engine.connect() as connection:
            (row,) = (await connection.execute(select(new_customers))).all()
        assert (row.agent, row.key, row.name, row.state) == ("yael", "key-0000001", DANA["name"], "asked")
    return contact


@pytest.mark.parametrize(("number", "taken"), [(UNKNOWN, False), ("", True)])
@pytest.mark.parametrize("kind", KEEPS_KEYS)
async def test_where_the_crm_keeps_the_key_it_is_the_one_customer_and_goes_on(
    database: URL, tmp_path: Path, kind: str, number: str, taken: bool
) -> None:
    pbx = FakePbx(now=Time())
    async with _world(kind, tmp_path) as world:
        before = await world.people()
        contact = await _killed(database, world.crm, pbx, taken=taken, number=number)
        assert await world.people() == before + taken
        async with open_centre(database, pbx=pbx, crm=world.crm) as centre:
            for _ in range(2):
                answer = await _create(centre, contact, number=number)
                assert answer.status_code == 200, answer.text
                (card,) = CardAnswer.model_validate_json(answer.content).cards
                assert card.name.strip() == DANA["name"]
        assert await world.people() == before + 1


@pytest.mark.parametrize("taken", [True, False])
@pytest.mark.parametrize("kind", ["hubspot", "odoo"])
async def test_where_it_keeps_none_who_stands_there_is_taken_and_nobody_asked_for_again(
    database: URL, kind: str, taken: bool
) -> None:
    pbx = FakePbx(now=Time())
    async with remote(kind) as world:
        crm = keyless(world)
        before = await world.people()
        contact = await _killed(database, crm, pbx, taken=taken)
        async with open_centre(database, pbx=pbx, crm=crm) as centre:
            answer = await _create(centre, contact)
            assert answer.status_code == (200 if taken else 422), answer.text
            assert taken or "not known" in answer.json()["detail"]
        assert await world.people() == before + taken
