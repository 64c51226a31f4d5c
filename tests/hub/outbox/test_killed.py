"""A hub is killed (SIGKILL) as it sends: the next one sends what surely was not sent, nothing twice."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.secrets import CRM_SECRET
from hub.db.callbacks import CallbackStore
from hub.db.devices import DeviceStore, new_token
from hub.db.engine import open_database
from hub.db.outbox import OutboxStore
from hub.domain.outbox import CRM, Message, State
from hub.ports.messages import Template
from hub.service.crm_callbacks import key_of_promise
from hub.service.hub import utc_now
from hub.service.outbox import WHATSAPP
from tests.e2e.eventually import eventually_async
from tests.hub.centre import NOAH
from tests.hub.served import WITHIN, HubProcess, run_hub, write_settings
from tests.stubs.crm_server import SECRET, CrmApi
from tests.stubs.crm_server import Answer as CrmAnswer
from tests.stubs.rest_crm import TOML, rest_crm
from tests.stubs.whatsapp import SENDER, TOKEN, Answer, WhatsApp, error, whatsapp

_ENV = {"MOKED_HUB_WHATSAPP_TOKEN": TOKEN, CRM_SECRET: SECRET}


@pytest.fixture
def api() -> Iterator[WhatsApp]:
    with whatsapp() as made:
        yield made


@pytest.fixture
async def store(empty_database: URL) -> AsyncIterator[OutboxStore]:
    engine = await open_database(empty_database)
    yield OutboxStore(engine)
    await engine.dispose()


@pytest.fixture
def config(tmp_path: Path, empty_database: URL, api: WhatsApp) -> Path:
    path = write_settings(tmp_path, database=empty_database)
    sender = f'[whatsapp]\nphone_number_id = "{SENDER}"\naddress = "{api.address}"\n'
    path.write_text(path.read_text() + sender)
    return path


@asynccontextmanager
async def _served_at(config: Path) -> AsyncIterator[tuple[HubProcess, str]]:
    hub = await HubProcess.start("serve", "--config", config, env=_ENV)
    try:
        words = await hub.line()
        assert words.startswith("serving "), words or await hub.stop()
        yield hub, words.removeprefix("serving ")
    finally:
        await hub.stop()


@asynccontextmanager
async def _served(config: Path) -> AsyncIterator[HubProcess]:
    async with _served_at(config) as (hub, _address):
        yield hub


async def _put(store: OutboxStore, *names: str) -> None:
    now = utc_now()
    one = Message("", WHATSAPP, NOAH, Template("waiting_caller", "he"), "c-1", now, now)
    for name in names:
        assert await store.put(replace(one, id=name))


async def _ended(store: OutboxStore, name: str) -> State:
    async def ended() -> State | None:
        found = await store.get(name)
        return found.state if found and found.ended else None

    return await eventually_async(ended, f"{name} has ended")


async def _kill(hub: HubProcess) -> None:
    hub.process.kill()
    await hub.process.wait()


async def test_killed_between_request_and_answer_it_is_not_asked_for_again(
    config: Path, store: OutboxStore, api: WhatsApp
) -> None:
    api.next.append(Answer(200, "{}", taken=True, held=True))
    await _put(store, "m1", "m2")
    async with _served(config) as hub:
        await asyncio.to_thread(api.until_asked, 1)
        await _kill(hub)
    api.go_on()
    async with _served(config):
        assert await _ended(store, "m2") is State.SENT
    assert await _ended(store, "m1") is State.UNKNOWN
    assert [one.biz_opaque_callback_data for one in api.accepted] == ["m1", "m2"]


async def test_killed_between_two_tries_it_is_sent_by_the_next_hub(
    config: Path, store: OutboxStore, api: WhatsApp
) -> None:
    api.next.append(error(429, 130429))
    await _put(store, "m1")
    async with _served(config) as hub:

        async def tried() -> bool:
            found = await store.get("m1")
            return bool(found and found.code == 130429)

        await eventually_async(tried, "the first try is stored")
        await _kill(hub)
    async with _served(config):
        assert await _ended(store, "m1") is State.SENT
    assert [one["biz_opaque_callback_data"] for one in api.asked] == ["m1", "m1"]
    assert len(api.accepted) == 1


async def _promise(store: OutboxStore, address: str) -> None:
    """Yael promises the customer 1001 a call, some time."""
    token = new_token()
    await DeviceStore(store.engine).admit("yael", token, utc_now())
    asked = {"queue": "support", "numbers": [NOAH], "customer": "1001", "minutes": 60}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "key-00000001"}
    async with httpx.AsyncClient(timeout=WITHIN) as http:
        answer = await http.post(f"{address}/callbacks", json=asked, headers=headers)
        assert answer.status_code == 200, answer.text


def _without_key_of_notes(config: Path) -> None:
    header = re.compile(r"(\[crm\.add_note\]\n(?:.+\n)*?)idempotency_header = .*\n")
    told, count = header.subn(r"\1", config.read_text())
    assert count == 1
    config.write_text(told)


@contextmanager
def _company(config: Path) -> Iterator[CrmApi]:
    """The settings have the customers in a company's CRM, which knows idempotency keys."""
    with rest_crm() as crm:
        sections = re.sub(r"(?m)^\[", "[crm.", TOML.format(address=crm.address))
        kept = config.read_text().replace('[crm]\ncustomers = "customers.csv"', "")
        config.write_text(f"{kept}\n[crm]\n{sections}")
        yield crm


async def test_a_crm_that_knows_the_key_is_asked_again_by_the_next_hub(
    config: Path, store: OutboxStore
) -> None:
    """What it was told as the hub was killed comes first, and once."""
    now = utc_now()
    with _company(config) as crm:
        crm.troubles.append(CrmAnswer(201, "{}", taken=True, held=True))
        for name in ("first-note", "second-note"):
            told = (now.isoformat(), NOAH, "Support", "Yael", "60", "Solved", name)
            wrapped_up = Message(name, CRM, "1001", Template("log_contact", "", told), "c-1", now, now)
            assert await store.put(wrapped_up)
        async with _served(config) as hub:

            async def asked() -> bool:
                return bool(crm.asked)

            await eventually_async(asked, "the CRM is asked")
            await _kill(hub)
        crm.go_on()
        async with _served(config):
            assert await _ended(store, "second-note") is State.SENT
        assert await _ended(store, "first-note") is State.SENT
        assert [one.key for one in crm.written] == ["first-note", "second-note"]
        posted = [one.headers["idempotency-key"] for one in crm.asked if one.method == "POST"]
        assert posted == ["first-note", "first-note", "second-note"]


@pytest.mark.parametrize(("keyed", "posts", "state"), [(True, 2, State.SENT), (False, 1, State.UNKNOWN)])
async def test_the_note_of_a_promise_outlives_the_hub_that_is_killed_as_it_writes_it(
    config: Path, store: OutboxStore, keyed: bool, posts: int, state: State
) -> None:
    """Where the CRM knows the key of notes it is written again, and once; no other key is enough."""
    centre = config.with_name("centre.toml")
    centre.write_text(centre.read_text() + '\n[callbacks]\ndestinations = ["+972"]\ndaily_limit = 9\n')
    with _company(config) as crm:
        if not keyed:
            _without_key_of_notes(config)
        crm.troubles.append(CrmAnswer(201, "{}", taken=keyed, held=True))
        async with _served_at(config) as (hub, address):
            await _promise(store, address)

            async def posted() -> bool:
                return any(one.method == "POST" for one in crm.asked)

            await eventually_async(posted, "the CRM is asked")
            await _kill(hub)
        crm.go_on()
        (callback,) = await CallbackStore(store.engine).open()
        async with _served(config):
            assert await _ended(store, key_of_promise(callback.id)) is state
        assert [one.kind for one in crm.written] == ["note"] * keyed
        assert len([one for one in crm.asked if one.method == "POST"]) == posts


async def test_one_put_back_by_a_command_is_sent_by_the_hub_that_runs(
    config: Path, store: OutboxStore, api: WhatsApp
) -> None:
    api.next.append(error(400, 131026))
    await _put(store, "m1")
    async with _served(config):
        assert await _ended(store, "m1") is State.GIVEN_UP
        for told in ("m1: in its turn again\n", ""):
            _, out, _ = await run_hub("outbox", "resend", "m1", "--config", config, env=_ENV)
            assert told in out

        async def was_sent() -> bool:
            found = await store.get("m1")
            return found is not None and found.state is State.SENT

        await eventually_async(was_sent, "m1 is sent")
        status, _, words = await run_hub("outbox", "resend", "m1", "--config", config, env=_ENV)
        assert (status, "m1 was sent" in words) == (78, True)
    assert len(api.accepted) == 1


async def test_a_token_that_the_environment_lacks_is_named(config: Path) -> None:
    hub = await HubProcess.start("serve", "--config", config)
    status, words = await hub.ended()
    assert (status, "MOKED_HUB_WHATSAPP_TOKEN" in words) == (78, True)
