"""Hubs of one centre as processes on one Postgres: one leads, all serve, and any of them may be killed."""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.secrets import ROUTING_SECRET
from hub import sample
from hub.contract import Problem
from tests.e2e.eventually import eventually_async
from tests.hub.centre import NOAH
from tests.hub.served import WITHIN, events, next_of
from tests.hub.several import LEADS, RELAYS, Door, Hubs, answered, desk_at, token_in
from tests.pbx.certificates import make_certificates
from tests.postgres import PostgresServer

_RETRY = {"The hub that leads is being changed; try again.", "The hub that leads does not answer; try again."}


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[URL]:
    url = postgres.create()
    yield url
    postgres.drop(url)


@pytest.fixture
async def hubs() -> AsyncIterator[Hubs]:
    async with AsyncExitStack() as stack:
        yield Hubs(stack, {ROUTING_SECRET: "a-secret-of-the-exchange-alone"})


def _settings(directory: Path, database: URL, hub: str = "port = 0", name: str = "hub") -> Path:
    """The sample centre, without an exchange."""
    path = directory / f"{name}.toml"
    customers = sample.SETTINGS.with_name("customers.csv")
    path.write_text(
        f'centre = "{sample.SETTINGS.with_name("centre.toml")}"\n'
        f'[hub]\n{hub}\ndatabase = "{database.render_as_string()}"\n[crm]\ncustomers = "{customers}"\n'
    )
    return path


async def test_a_desk_at_a_hub_that_relays_goes_on_when_the_one_that_leads_is_killed(
    hubs: Hubs, database: URL, tmp_path: Path
) -> None:
    config = _settings(tmp_path, database)
    first, token = await hubs.start(config, LEADS), await token_in(database, "yael")
    second = await hubs.start(config, RELAYS)
    async with desk_at(second.url, token) as desk:
        cursor = (await answered(desk)).json()["cursor"]
        async with events(desk, cursor) as stream:
            await desk.put("/v1/presence", json={"presence": "ready"})
            told = json.loads((await next_of(stream, "me")).data)
            assert told["me"]["presence"] == "ready"
            first.kill()
            async with asyncio.timeout(WITHIN):
                async for _ in stream:
                    pass
        await second.leads()
        assert (await answered(desk)).json()["me"]["presence"] == "ready"
        async with events(desk, cursor) as stream:
            assert (await anext(stream)).event == "resync"
        third = await hubs.start(config, RELAYS)
        async with desk_at(third.url, token) as back:
            cursor = (await answered(back)).json()["cursor"]
            async with events(back, cursor) as stream:
                await desk.put("/v1/presence", json={"presence": "offline"})
                told = json.loads((await next_of(stream, "me")).data)
    assert told["me"]["presence"] == "offline"


async def test_of_three_hubs_the_others_follow_whichever_leads(
    hubs: Hubs, database: URL, tmp_path: Path
) -> None:
    config = _settings(tmp_path, database)
    first, token = await hubs.start(config, LEADS), await token_in(database, "yael")
    others = [await hubs.start(config, RELAYS) for _ in range(2)]
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(desk_at(one.url, token)) for one in others]
        for desk in desks:
            await answered(desk)
        assert (await first.process.stop())[0] == 0
        for desk in desks:
            await answered(desk)
            await answered(desk, "/health/ready")
        assert [(await one.process.stop())[0] for one in others] == [0, 0]


async def test_what_was_stored_unanswered_by_a_hub_that_is_killed_is_there_once(
    hubs: Hubs, database: URL, tmp_path: Path
) -> None:
    async with Door() as door:
        lead = _settings(tmp_path, database, f'port = 0\naddress = "{door.url}"')
        first, token = await hubs.start(lead, LEADS), await token_in(database, "yael")
        door.to = first.url
        second = await hubs.start(_settings(tmp_path, database, name="second"), RELAYS)
        asked = {"queue": "support", "numbers": [NOAH], "customer": "C-1001", "minutes": 600}
        key = {"Idempotency-Key": "key-00000001"}
        async with desk_at(second.url, token) as desk:
            await answered(desk)
            door.holds = True
            asking = asyncio.create_task(desk.post("/v1/callbacks", json=asked, headers=key))
            async with asyncio.timeout(WITHIN):
                await door.held.wait()
            first.kill()
            refused = await asking
            assert refused.status_code == 503, refused.text
            assert Problem.model_validate_json(refused.content).detail in _RETRY
            await second.leads()
            again = await desk.post("/v1/callbacks", json=asked, headers=key)
            assert again.status_code == 200, again.text
            stored = [one["id"] for one in (await answered(desk)).json()["callbacks"]]
    assert stored == [again.json()["id"]]


async def test_what_hangs_at_a_hub_that_hangs_is_told_as_soon_as_another_leads(
    hubs: Hubs, database: URL, postgres: PostgresServer, tmp_path: Path
) -> None:
    config = _settings(tmp_path, database)
    first, token = await hubs.start(config, LEADS), await token_in(database, "yael")
    others = [await hubs.start(config, RELAYS) for _ in range(2)]
    desks = [desk_at(one.url, token) for one in others]
    for desk in desks:
        await answered(desk)
    first.process.process.send_signal(signal.SIGSTOP)
    waiting = [asyncio.create_task(desk.get("/v1/me")) for desk in desks]
    lock = "FROM pg_locks WHERE locktype = 'advisory' AND granted"
    postgres.sql(f"SELECT pg_terminate_backend(pid) {lock}", database.database or "")
    for answer in await asyncio.gather(*waiting):
        assert Problem.model_validate_json(answer.content).detail in _RETRY
    for desk in desks:
        await answered(desk)
        await desk.aclose()
    first.process.process.send_signal(signal.SIGCONT)
    assert "another hub leads" in (await first.process.ended())[1]


async def test_hubs_prove_themselves_to_each_other_by_their_certificates(
    hubs: Hubs, database: URL, tmp_path: Path
) -> None:
    files = make_certificates(tmp_path)
    tls = f'port = 0\ncertificate = "{files.chain}"\ncertificate_key = "{files.key}"'
    config = _settings(tmp_path, database, f'{tls}\nca_file = "{files.ca}"')
    await hubs.start(config, LEADS)
    token = await token_in(database, "yael")
    second = await hubs.start(config, RELAYS)
    strange = await hubs.start(_settings(tmp_path, database, tls, "strange"), RELAYS)
    headers = {"Authorization": f"Bearer {token}"}
    trust = ssl.create_default_context(cafile=str(files.ca))
    async with httpx.AsyncClient(headers=headers, verify=trust, timeout=WITHIN) as http:

        async def served() -> bool:
            return (await http.get(f"{second.url}/v1/me")).status_code == 200

        await eventually_async(served, "the second hub reaches the first")
        refused = await http.get(f"{strange.url}/v1/me")
    assert (refused.status_code, Problem.model_validate_json(refused.content).detail in _RETRY) == (503, True)


async def test_tokens_of_hubs_are_not_in_the_database(
    hubs: Hubs, database: URL, postgres: PostgresServer, tmp_path: Path
) -> None:
    config = _settings(tmp_path, database)
    first, token = await hubs.start(config, LEADS), await token_in(database, "yael")
    second = await hubs.start(config, RELAYS)
    async with desk_at(second.url, token) as desk:
        await answered(desk)
    assert postgres.sql("SELECT address FROM leader", database.database or "") == first.url
    digest = postgres.sql("SELECT token_digest FROM relays", database.database or "")
    async with desk_at(first.url, token) as outside:
        refused = await outside.get("/v1/me", headers={"X-Moked-Relay": digest})
    assert refused.status_code == 503
