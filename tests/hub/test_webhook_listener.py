"""A served hub takes WhatsApp's webhooks on a listener of their own, and nothing else there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.engine import URL

from hub.db.engine import open_database
from hub.db.tables import written
from tests.e2e.eventually import eventually_async
from tests.hub.served import HubProcess, run_hub, write_settings
from tests.stubs.whatsapp import SENDER, TOKEN
from tests.stubs.whatsapp_webhooks import APP_SECRET, VERIFY_TOKEN, delivery, signature, text_message

_ENV = {
    "MOKED_HUB_WHATSAPP_TOKEN": TOKEN,
    "MOKED_HUB_WHATSAPP_APP_SECRET": APP_SECRET,
    "MOKED_HUB_WHATSAPP_VERIFY_TOKEN": VERIFY_TOKEN,
}


@pytest.fixture
def config(tmp_path: Path, empty_database: URL) -> Path:
    path = write_settings(tmp_path, database=empty_database)
    section = f'[whatsapp]\nphone_number_id = "{SENDER}"\n[whatsapp.webhook]\nport = 0\n'
    path.write_text(path.read_text() + section)
    return path


@asynccontextmanager
async def _served(config: Path) -> AsyncIterator[tuple[HubProcess, httpx.AsyncClient, httpx.AsyncClient]]:
    """The hub, its own address, and the one for webhooks."""
    hub = await HubProcess.start("serve", "--config", config, env=_ENV)
    try:
        serving, webhooks = await hub.line(), await hub.line()
        assert serving.startswith("serving "), serving
        assert webhooks.startswith("webhooks at "), webhooks
        own = serving.split()[1].removesuffix("/v1")
        beside = webhooks.split()[2].removesuffix("/whatsapp")
        async with httpx.AsyncClient(base_url=own) as at_hub, httpx.AsyncClient(base_url=beside) as at:
            yield hub, at_hub, at
    finally:
        await hub.stop()


async def _written(database: URL) -> list[str]:
    engine = await open_database(database)
    try:
        async with engine.connect() as connection:
            return list((await connection.execute(select(written.c.text))).scalars())
    finally:
        await engine.dispose()


async def test_what_is_delivered_is_answered_and_read(config: Path, empty_database: URL) -> None:
    body = delivery(messages=[text_message(datetime.now(UTC), body="שלום")])
    async with _served(config) as (_, _own, at):
        query = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "77"}
        assert (await at.get("/whatsapp", params=query)).text == "77"
        assert (await at.post("/whatsapp", content=body, headers=signature(body))).status_code == 200
        assert (await at.post("/whatsapp", content=body, headers=signature(body, "no"))).status_code == 401

        async def read() -> bool:
            return await _written(empty_database) == ["שלום"]

        await eventually_async(read, "it is read")


async def test_each_listener_serves_its_own(config: Path) -> None:
    body = delivery(messages=[text_message(datetime.now(UTC))])
    async with _served(config) as (_, own, at):
        assert (await own.post("/whatsapp", content=body, headers=signature(body))).status_code == 404
        for path in ("/health/live", "/v1/snapshot", "/metrics", "/"):
            assert (await at.get(path)).status_code == 404


async def test_what_was_answered_outlives_a_hub_that_is_killed(config: Path, empty_database: URL) -> None:
    bodies = [
        delivery(messages=[text_message(datetime.now(UTC), f"wamid.{number}", str(number))])
        for number in range(8)
    ]
    async with _served(config) as (hub, _own, at):
        for body in bodies:
            assert (await at.post("/whatsapp", content=body, headers=signature(body))).status_code == 200
        hub.process.kill()
        await hub.process.wait()
    async with _served(config):

        async def read() -> bool:
            return await _written(empty_database) == [str(number) for number in range(8)]

        await eventually_async(read, "it is read")


@pytest.mark.parametrize("missing", ["MOKED_HUB_WHATSAPP_APP_SECRET", "MOKED_HUB_WHATSAPP_VERIFY_TOKEN"])
async def test_without_its_secrets_the_hub_does_not_start(config: Path, missing: str) -> None:
    env = {name: value for name, value in _ENV.items() if name != missing}
    status, _, words = await run_hub("serve", "--config", config, env=env)
    assert (status, missing in words) == (78, True)
