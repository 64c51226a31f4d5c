"""Two hubs on one Postgres and one Asterisk: one leads, the other relays and takes over when it dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.secrets import AMI_SECRET
from hub.db.devices import DeviceStore, new_token
from hub.db.engine import open_database
from hub.service.hub import utc_now
from tests.e2e.eventually import eventually_async
from tests.hub.served import WITHIN, HubProcess, events, next_of
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.postgres import PostgresServer

pytestmark = pytest.mark.pbx

AGENT = "dana"
_RELAYS = "relaying "
_OWNER = "FROM pg_locks WHERE locktype = 'advisory' AND granted"


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[URL]:
    url = postgres.create()
    yield url
    postgres.drop(url)


@dataclass(frozen=True)
class Hubs:
    """Starts hubs of one centre; all of them end with the test."""

    config: Path
    stack: AsyncExitStack
    secret: str

    async def start(self) -> HubProcess:
        hub = await HubProcess.start("serve", "--config", self.config, env={AMI_SECRET: self.secret})
        self.stack.push_async_callback(hub.stop)
        return hub


@pytest.fixture
async def hubs(asterisk: Asterisk, database: URL, tmp_path: Path) -> AsyncIterator[Hubs]:
    config = tmp_path / "hub.toml"
    config.write_text(
        f'centre = "{asterisk.centre_file}"\n'
        f'[hub]\nport = 0\ndatabase = "{database.render_as_string()}"\n'
        f'[pbx]\nkind = "ami"\nhost = "127.0.0.1"\nport = {asterisk.centre.ports.ami}\nuser = "hub"\n'
    )
    async with AsyncExitStack() as stack:
        yield Hubs(config, stack, asterisk.centre.ami_secret)


async def _where(hub: HubProcess, does: str = "serving ") -> str:
    """The address at which a hub says that it ``does``."""
    words = await hub.line()
    assert words.startswith(does), words or await hub.stop()
    return words.removeprefix(does).removesuffix(": another hub leads").removesuffix("/v1")


async def _token(database: URL) -> str:
    engine, token = await open_database(database), new_token()
    await DeviceStore(engine).admit(AGENT, token, utc_now())
    await engine.dispose()
    return token


def _desk(url: str, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=WITHIN)


async def _linked(desk: httpx.AsyncClient) -> dict[str, Any]:
    """The snapshot, as soon as the hub has its line to the exchange."""

    async def snapshot() -> dict[str, Any] | None:
        answer = await desk.get("/v1/snapshot")
        assert answer.status_code in {200, 503}, answer.text
        found: dict[str, Any] = answer.json()
        return found if found.get("pbx") else None

    return await eventually_async(snapshot, "the hub reaches the exchange")


async def test_a_desk_at_the_second_goes_on_when_the_first_is_killed_in_a_talk(
    hubs: Hubs, database: URL, dana: Phone, console: Console
) -> None:
    first = await hubs.start()
    await _where(first)
    second, token = await hubs.start(), await _token(database)
    url = await _where(second, _RELAYS)
    async with _desk(url, token) as desk:
        await _linked(desk)
        await desk.put("/v1/presence", json={"presence": "ready"})
        cursor = (await desk.get("/v1/snapshot")).json()["cursor"]
        async with events(desk, cursor) as stream:
            customer = await asyncio.to_thread(console.customer, "support")
            assert json.loads((await next_of(stream, "offered")).data)["offer"]["contact"] == customer.contact
            call = await dana.ringing()
            dana.answer(call)
            await next_of(stream, "connected")
            note = f"/v1/contacts/{customer.contact}/note"
            (await desk.put(note, json={"text": "asked for a refund"})).raise_for_status()
            first.process.kill()
        assert await _where(second) == url
        snapshot = await _linked(desk)
        (talk,) = snapshot["contacts"]
        assert (talk["offer"]["contact"], talk["phase"]) == (customer.contact, "talking")
        assert talk["record"]["note"] == "asked for a refund"
        async with events(desk, cursor) as stream:
            assert (await anext(stream)).event == "resync"
            await dana.hang_up(call)
            ended = json.loads((await next_of(stream, "contact_ended")).data)
    assert (ended["contact"], ended["ended_by"]) == (customer.contact, "agent")


async def test_a_hub_that_was_killed_comes_back_and_relays_a_call(
    hubs: Hubs, database: URL, dana: Phone, console: Console
) -> None:
    first = await hubs.start()
    await _where(first)
    second, token = await hubs.start(), await _token(database)
    await _where(second, _RELAYS)
    first.process.kill()
    await _where(second)
    async with _desk(await _where(await hubs.start(), _RELAYS), token) as desk:
        await _linked(desk)
        await desk.put("/v1/presence", json={"presence": "ready"})
        cursor = (await desk.get("/v1/snapshot")).json()["cursor"]
        async with events(desk, cursor) as stream:
            customer = await asyncio.to_thread(console.customer, "support")
            await next_of(stream, "offered")
            call = await dana.ringing()
            dana.answer(call)
            await next_of(stream, "connected")
            await dana.hang_up(call)
            ended = json.loads((await next_of(stream, "contact_ended")).data)
    assert ended["contact"] == customer.contact


async def test_the_second_takes_over_from_the_first_that_is_stopped(hubs: Hubs) -> None:
    first = await hubs.start()
    await _where(first)
    second = await hubs.start()
    await _where(second, _RELAYS)
    assert (await first.stop())[0] == 0
    await _where(second)


async def test_a_hub_whose_lock_another_one_has_ends_with_words(
    hubs: Hubs, database: URL, postgres: PostgresServer
) -> None:
    first = await hubs.start()
    await _where(first)
    second = await hubs.start()
    await _where(second, _RELAYS)
    # the first hub hangs, and its connection is lost meanwhile
    first.process.send_signal(signal.SIGSTOP)
    postgres.sql(f"SELECT pg_terminate_backend(pid) {_OWNER}", database.database or "")
    await _where(second)
    first.process.send_signal(signal.SIGCONT)
    status, words = await first.ended()
    assert (status, "another hub leads on this database now" in words) == (os.EX_UNAVAILABLE, True)


async def test_a_database_that_was_away_leaves_the_hub_its_lock(
    hubs: Hubs, database: URL, postgres: PostgresServer
) -> None:
    hub = await hubs.start()
    url, token = await _where(hub), await _token(database)
    postgres.stop()
    postgres.start()

    async def held() -> bool:
        found = postgres.sql(f"SELECT count(*) {_OWNER}")
        return found == "1"

    await eventually_async(held, "the lock is taken again")
    async with _desk(url, token) as desk:
        assert (await desk.get("/v1/me")).status_code == 200
