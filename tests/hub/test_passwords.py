"""Devices enrolled by a password: for the right one, not often, and nobody learns who has one."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy.engine import URL

from edge.enrolment_code import EnrolmentCode
from hub.app import make_app
from hub.contract import Enrolment, PasswordEnrolment, Problem
from hub.domain.passwords import hashed
from hub.service import passwords
from hub.service.hub import Hub, open_hub
from tests.hub.centre import Time, sample_settings
from tests.stubs.pbx import FakePbx

PASSWORD = "correct horse battery"
KEPT = hashed(PASSWORD)
HOME = "203.0.113.7"
_JSON = {"Content-Type": "application/json"}


class LoggingIn:
    """A hub at which Yael has a password."""

    def __init__(self, hub: Hub, time: Time) -> None:
        self.hub = hub
        self.time = time

    async def post(self, path: str, asked: dict[str, str | bool], address: str) -> httpx.Response:
        app = httpx.ASGITransport(make_app(self.hub), client=(address, 1024))
        async with httpx.AsyncClient(transport=app, base_url="http://hub") as http:
            body = json.dumps(asked).encode()
            return await http.post(f"/v1/enrolment{path}", content=body, headers=_JSON)

    async def come(
        self,
        password: str = PASSWORD,
        *,
        agent: str = "yael",
        address: str = HOME,
        replaces: bool = False,
    ) -> httpx.Response:
        """A desk comes with a password."""
        asked: dict[str, str | bool] = {"agent": agent, "password": password, "device": "laptop"}
        return await self.post("/password", {**asked, "replaces": replaces}, address)

    async def come_by_code(self, code: EnrolmentCode, address: str) -> httpx.Response:
        return await self.post("", {"code": code.name.hex(), "secret": code.secret.hex()}, address)


@pytest.fixture
async def logging_in(database: URL) -> AsyncIterator[LoggingIn]:
    time = Time()
    hub = await open_hub(sample_settings(database), FakePbx(now=time), now=time)
    await hub.access.passwords.store.keep("yael", KEPT, time())
    yield LoggingIn(hub, time)
    await hub.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """Compares without the work; what was compared with."""
    compared: list[str | None] = []

    def proves(kept: str | None, password: str) -> bool:
        compared.append(kept)
        return kept is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "proves", proves)
    return compared


def _words(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return Problem.model_validate_json(answer.content).detail


async def test_a_password_gives_a_device_of_its_own_and_is_in_the_audit(logging_in: LoggingIn) -> None:
    for _ in range(2):
        answer = await logging_in.come()
        assert answer.status_code == 200, answer.text
        given = Enrolment.model_validate_json(answer.content)
        device = await logging_in.hub.access.devices.store.of_token(given.token)
        assert device is not None
        assert (device.agent, device.name) == ("yael", "laptop")
    assert len(await logging_in.hub.access.devices.store.live("yael")) == 2
    acts = await logging_in.hub.trainers.orders.acts(None)
    assert [(one.who, one.what, one.whom, one.words) for one in acts] == [
        ("yael", "enrolled", "yael", "laptop")
    ] * 2


async def test_nobody_learns_who_there_is_and_who_has_a_password(
    logging_in: LoggingIn, quick: list[str | None]
) -> None:
    hub = logging_in.hub
    await hub.access.passwords.store.keep("gone", KEPT, logging_in.time())
    refused = [
        await logging_in.come("wrong password"),
        await logging_in.come(agent="daniel"),
        await logging_in.come(agent="nobody"),
        await logging_in.come(agent="gone"),
    ]
    assert len({_words(answer, 403) for answer in refused}) == 1
    assert quick == [KEPT, None, None, KEPT], "each is compared once"
    assert await hub.access.devices.store.live() == ()
    assert await hub.trainers.orders.acts(None) == ()


async def test_the_database_holds_no_password_and_no_words_show_it(logging_in: LoggingIn) -> None:
    async with logging_in.hub.engine.connect() as connection:
        rows = (await connection.exec_driver_sql("SELECT * FROM passwords")).all()
    assert "$argon2id$" in str(rows)
    assert PASSWORD not in str(rows)
    assert PASSWORD not in repr(PasswordEnrolment(agent="yael", password=PASSWORD))
    assert "s3cret" not in _words(await logging_in.come("s3cret" * 30), 422)
    for odd in ("\ud800" * 12, "\0" * 12):
        assert (await logging_in.come(odd)).status_code in {403, 422}


@pytest.mark.usefixtures("quick")
async def test_an_address_tries_codes_and_passwords_ten_times_together(logging_in: LoggingIn) -> None:
    for _ in range(5):
        _words(await logging_in.come("wrong password"), 403)
        _words(await logging_in.come_by_code(EnrolmentCode.new(bytes(14)), HOME), 403)
    assert "quarter of an hour" in _words(await logging_in.come(), 429)
    _words(await logging_in.come_by_code(EnrolmentCode.new(bytes(14)), HOME), 429)
    assert (await logging_in.come(address="198.51.100.1")).status_code == 200
    logging_in.time.passes(15 * 60)
    assert (await logging_in.come()).status_code == 200


@pytest.mark.usefixtures("quick")
async def test_a_password_is_tried_thirty_times_from_wherever_and_codes_go_on(
    logging_in: LoggingIn,
) -> None:
    for number in range(30):
        _words(await logging_in.come("wrong password", address=f"203.0.113.{number}"), 403)
    _words(await logging_in.come(address="198.51.100.1"), 429)
    code = EnrolmentCode.new(bytes(14))
    await logging_in.hub.access.devices.codes.keep(code, "yael", logging_in.time())
    assert (await logging_in.come_by_code(code, "198.51.100.1")).status_code == 200
    logging_in.time.passes(15 * 60)
    assert (await logging_in.come(address="198.51.100.1")).status_code == 200


@pytest.mark.usefixtures("quick")
async def test_good_passwords_do_not_count_as_tries(logging_in: LoggingIn) -> None:
    for _ in range(32):
        assert (await logging_in.come()).status_code == 200
        await logging_in.hub.access.devices.store.revoke("yael", logging_in.time())


async def test_a_hub_that_looks_at_passwords_serves_meanwhile_and_looks_at_two_at_once(
    logging_in: LoggingIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, looking = threading.Event(), threading.Semaphore(0)

    def proves(_kept: str | None, _password: str) -> bool:
        looking.release()
        return let_go.wait(20)

    monkeypatch.setattr(passwords, "proves", proves)
    coming = [asyncio.create_task(logging_in.come(address=f"203.0.113.{n}")) for n in range(3)]
    for _ in range(2):
        assert await asyncio.to_thread(looking.acquire, timeout=20)
    app = httpx.ASGITransport(make_app(logging_in.hub))
    async with httpx.AsyncClient(transport=app, base_url="http://hub") as http:
        assert (await http.get("/v1/health")).status_code == 200
    assert not looking.acquire(blocking=False)
    assert not any(task.done() for task in coming)
    let_go.set()
    assert [answer.status_code for answer in await asyncio.gather(*coming)] == [200] * 3


async def test_who_has_no_password_any_more_comes_by_codes_alone(logging_in: LoggingIn) -> None:
    await logging_in.hub.access.passwords.store.keep("yael", hashed("another one, longer"), logging_in.time())
    _words(await logging_in.come(), 403)
    assert (await logging_in.come("another one, longer")).status_code == 200
    await logging_in.hub.access.passwords.store.drop("yael")
    _words(await logging_in.come("another one, longer"), 403)


@pytest.mark.usefixtures("quick")
async def test_a_device_in_place_of_those_called_the_same_leaves_the_others(logging_in: LoggingIn) -> None:
    store = logging_in.hub.access.devices.store
    phone = await store.admit("yael", "t" * 32, logging_in.time(), name="phone")
    for _ in range(9):
        assert (await logging_in.come(replaces=True)).status_code == 200, "else eight are all there may be"
    live = await store.live("yael")
    assert sorted(one.name for one in live) == ["laptop", "phone"]
    assert phone.id in {one.id for one in live}
