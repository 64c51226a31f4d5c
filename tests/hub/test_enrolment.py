"""Devices: enrolled by a code that is good once, revoked whole, and never more than they should be."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import URL

from centre.exchange import Phones
from edge.enrolment_code import EnrolmentCode
from hub.app import make_app
from hub.contract import Authority, Enrolment, Problem
from hub.domain.sip_account import account_digest
from hub.ports.registrar import RegistrarError
from hub.service.hub import Hub, open_hub
from hub.settings import Settings, SipSection
from tests.hub.centre import Time, sample_settings
from tests.hub.tokens import enrolled
from tests.pbx.certificates import make_certificates
from tests.stubs.pbx import FakePbx

DIALLED_IN = "203.0.113.7"


@dataclass
class FakeRegistrar:
    """Keeps who was taken off; ``fails`` makes it unreachable."""

    taken: list[tuple[str, str]] = field(default_factory=list)
    fails: bool = False

    async def unregister(self, user: str, password: str) -> None:
        self.taken.append((user, password))
        if self.fails:
            raise RegistrarError("the registrar does not answer")


@dataclass
class Enrolling:
    """A hub that enrols devices, its clock and what it did at the exchange."""

    hub: Hub
    time: Time
    registrar: FakeRegistrar
    accounts: Path

    async def code(self, agent: str = "yael") -> EnrolmentCode:
        """What the administrator's command prints."""
        code = EnrolmentCode.new(bytes(14))
        await self.hub.access.devices.codes.keep(code, agent, self.time())
        return code

    async def redeem(self, code: EnrolmentCode, address: str = DIALLED_IN) -> httpx.Response:
        """A desk comes with a code."""
        app = httpx.ASGITransport(make_app(self.hub), client=(address, 1024))
        asked = {"code": code.name.hex(), "secret": code.secret.hex(), "device": "laptop"}
        async with httpx.AsyncClient(transport=app, base_url="http://hub") as http:
            return await http.post("/v1/enrolment", json=asked)

    async def enrol(self, agent: str = "yael") -> Enrolment:
        answer = await self.redeem(await self.code(agent))
        assert answer.status_code == 200, answer.text
        return Enrolment.model_validate_json(answer.content)

    async def revoke(self, agent: str = "yael", device: str = "") -> None:
        """What the administrator's command writes."""
        await self.hub.access.devices.store.revoke(agent, self.time(), device)

    def rows(self, table: str, column: str) -> list[str]:
        """What the exchange reads."""
        with sqlite3.connect(self.accounts) as line:
            return sorted(row[0] for row in line.execute(f"SELECT {column} FROM {table}"))  # noqa: S608


def _settings(directory: Path, database: URL) -> Settings:
    settings = sample_settings(database)
    exchange = settings.centre.exchange
    assert exchange is not None
    phones = Phones(accounts=Path("/accounts.db"), domain="pbx.example.com:5061")
    here = exchange.model_copy(update={"phones": phones, "realm": "centre"})
    hub = settings.hub.model_copy(update={"ca_file": make_certificates(directory).ca})
    return settings.model_copy(
        update={
            "sip": SipSection(accounts=f"sqlite+aiosqlite:///{directory}/accounts.db"),
            "hub": hub,
            "centre": settings.centre.model_copy(update={"exchange": here}),
        }
    )


@pytest.fixture
async def enrolling(tmp_path: Path, database: URL) -> AsyncIterator[Enrolling]:
    time, registrar = Time(), FakeRegistrar()
    hub = await open_hub(_settings(tmp_path, database), FakePbx(now=time), registrar=registrar, now=time)
    yield Enrolling(hub, time, registrar, tmp_path / "accounts.db")
    await hub.close()


def _words(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    return Problem.model_validate_json(answer.content).detail


async def test_a_code_gives_a_token_and_an_account_of_the_devices_own(enrolling: Enrolling) -> None:
    given = await enrolling.enrol()
    assert given.sip is not None
    assert given.sip.model_dump(exclude={"password"}) == {
        "user": "1001",
        "domain": "pbx.example.com:5061",
        "transport": "tls",
        "media_encryption": "required",
    }
    assert enrolling.rows("ps_auths", "md5_cred") == [account_digest("1001", "centre", given.sip.password)]
    assert enrolling.rows("ps_endpoints", "auth") == [f"1001-{given.device}"]
    device = await enrolling.hub.access.devices.store.of_token(given.token)
    assert device is not None
    assert (device.agent, device.name) == ("yael", "laptop")
    secrets = (given.token, given.sip.password)
    assert [secret for secret in secrets if secret in repr(given)] == []


async def test_a_code_is_good_once_and_for_one_of_two_at_the_same_time(enrolling: Enrolling) -> None:
    code = await enrolling.code()
    answers = await asyncio.gather(*(enrolling.redeem(code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert len(await enrolling.hub.access.devices.store.live("yael")) == 1
    assert "was used" in _words(await enrolling.redeem(code), 403)


@pytest.mark.parametrize(("after", "status"), [(timedelta(minutes=15), 403), (timedelta(minutes=14), 200)])
async def test_a_code_is_good_for_a_quarter_of_an_hour(
    enrolling: Enrolling, after: timedelta, status: int
) -> None:
    code = await enrolling.code()
    enrolling.time.passes(after.total_seconds())
    assert (await enrolling.redeem(code)).status_code == status


async def test_five_wrong_secrets_end_a_code_whoever_tries(enrolling: Enrolling) -> None:
    code, other = await enrolling.code(), await enrolling.code("daniel")
    wrong = EnrolmentCode(code.name, bytes(16), code.authority)
    for number in range(4):
        _words(await enrolling.redeem(wrong, f"203.0.113.{number}"), 403)
    assert (await enrolling.redeem(other)).status_code == 200
    _words(await enrolling.redeem(wrong, "203.0.113.9"), 403)
    _words(await enrolling.redeem(code), 403)


async def test_four_wrong_secrets_do_not(enrolling: Enrolling) -> None:
    code = await enrolling.code()
    for number in range(4):
        await enrolling.redeem(EnrolmentCode(code.name, bytes(16), code.authority), f"203.0.113.{number}")
    assert (await enrolling.redeem(code)).status_code == 200


@pytest.mark.parametrize(
    "neighbour", [lambda number: "203.0.113.7", lambda number: f"2001:db8:1:2::{number:x}"]
)
async def test_an_address_tries_ten_times_in_a_quarter_of_an_hour(
    enrolling: Enrolling, neighbour: Callable[[int], str]
) -> None:
    for number in range(10):
        _words(await enrolling.redeem(EnrolmentCode.new(bytes(14)), neighbour(number)), 403)
    code = await enrolling.code()
    assert "quarter of an hour" in _words(await enrolling.redeem(code, neighbour(10)), 429)
    assert (await enrolling.redeem(code, "198.51.100.1")).status_code == 200
    enrolling.time.passes(15 * 60)
    assert (await enrolling.redeem(await enrolling.code(), neighbour(10))).status_code == 200


async def test_good_codes_do_not_count_as_tries(enrolling: Enrolling) -> None:
    for number in range(12):
        agent = ("yael", "daniel", "tal")[number % 3]
        assert (await enrolling.redeem(await enrolling.code(agent))).status_code == 200


async def test_an_agent_has_eight_devices_at_most(enrolling: Enrolling) -> None:
    for _ in range(8):
        await enrolling.enrol()
    assert "must be revoked" in _words(await enrolling.redeem(await enrolling.code()), 429)


@pytest.mark.parametrize(
    "asked",
    [{}, {"code": "abc", "secret": "0" * 32}, {"code": "a" * 6, "secret": "s3cret-and-what-follows-it"}],
)
async def test_what_is_no_code_is_refused_without_being_shown(
    enrolling: Enrolling, asked: dict[str, str]
) -> None:
    transport = httpx.ASGITransport(make_app(enrolling.hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:
        assert "s3cret" not in _words(await http.post("/v1/enrolment", json=asked), 422)


async def test_a_code_for_somebody_who_left_the_settings_gives_nothing(enrolling: Enrolling) -> None:
    _words(await enrolling.redeem(await enrolling.code("gone")), 403)


async def test_the_authority_is_told_to_anybody(enrolling: Enrolling, tmp_path: Path) -> None:
    transport = httpx.ASGITransport(make_app(enrolling.hub))
    async with httpx.AsyncClient(transport=transport, base_url="http://hub") as http:
        answer = await http.get("/v1/authority")
    assert Authority.model_validate_json(answer.content).pem == (tmp_path / "ca.pem").read_text()


async def test_a_revoked_device_leaves_nothing_and_its_sibling_stays(enrolling: Enrolling) -> None:
    lost, kept = await enrolling.enrol(), await enrolling.enrol()
    await enrolling.revoke(device=lost.device)
    assert await enrolling.hub.access.devices.store.of_token(lost.token) is None
    await enrolling.hub.access.devices.look()
    assert [user for user, _password in enrolling.registrar.taken] == ["1001"]
    assert enrolling.rows("ps_auths", "id") == [f"1001-{kept.device}"]
    assert await enrolling.hub.access.devices.store.revoked() == ()
    assert await enrolling.hub.access.devices.store.of_token(kept.token) is not None
    await enrolling.revoke()
    await enrolling.hub.access.devices.look()
    assert [enrolling.rows(table, "id") for table in ("ps_endpoints", "ps_auths", "ps_aors")] == [[], [], []]


async def test_the_revoked_password_is_gone_while_the_registration_is_taken_away(
    enrolling: Enrolling,
) -> None:
    given = await enrolling.enrol()
    enrolling.registrar.fails = True
    await enrolling.revoke()
    await enrolling.hub.access.devices.look()
    assert given.sip is not None
    (_user, password), (left,) = enrolling.registrar.taken[-1], enrolling.rows("ps_auths", "md5_cred")
    assert left == account_digest("1001", "centre", password)
    assert left != account_digest("1001", "centre", given.sip.password)


async def test_an_exchange_out_of_reach_is_asked_until_the_registration_has_run_out(
    enrolling: Enrolling,
) -> None:
    await enrolling.enrol()
    enrolling.registrar.fails = True
    await enrolling.revoke()
    for _ in range(3):
        await enrolling.hub.access.devices.look()
    assert len(enrolling.registrar.taken) == 3
    assert len(await enrolling.hub.access.devices.store.revoked()) == 1
    enrolling.time.passes(120)
    await enrolling.hub.access.devices.look()
    assert await enrolling.hub.access.devices.store.revoked() == ()
    assert enrolling.rows("ps_endpoints", "id") == []


async def test_the_streams_of_a_revoked_device_end_and_no_others(enrolling: Enrolling) -> None:
    hub = enrolling.hub
    lost, kept = (await enrolled(hub, "yael"))[0], (await enrolled(hub, "yael"))[0]
    streams = {one.id: hub.bus.subscribe("yael", "en", None, one.id) for one in (lost, kept)}
    assert [(await anext(stream)).kind for stream in streams.values()] == ["resync", "resync"]
    ending = asyncio.create_task(_rest(streams[lost.id]))
    going = asyncio.create_task(_rest(streams[kept.id]))
    await enrolling.revoke(device=lost.id)
    await hub.access.devices.look()
    assert await asyncio.wait_for(ending, 10) == []
    assert not going.done()
    going.cancel()


async def _rest(stream: AsyncIterator[object]) -> list[object]:
    return [event async for event in stream]


async def test_a_device_without_a_password_has_no_account(enrolling: Enrolling) -> None:
    """A token of before enrolment: an empty digest must prove nothing to the exchange."""
    await enrolled(enrolling.hub, "yael")
    await enrolling.hub.access.devices.restore()
    assert enrolling.rows("ps_auths", "id") == []
    given = await enrolling.enrol()
    assert enrolling.rows("ps_auths", "id") == [f"1001-{given.device}"]
    assert enrolling.rows("ps_endpoints", "auth") == [f"1001-{given.device}"]


async def test_a_device_is_seen_when_its_desk_comes_up(enrolling: Enrolling) -> None:
    device, _token = await enrolled(enrolling.hub, "yael")
    assert device.seen_at is None
    await enrolling.hub.access.devices.saw(device)
    (again,) = await enrolling.hub.access.devices.store.live("yael")
    assert again.seen_at == enrolling.time()


async def test_a_hub_that_comes_up_lets_nobody_in_who_left_the_settings(
    tmp_path: Path, database: URL
) -> None:
    settings, registrar, time = _settings(tmp_path, database), FakeRegistrar(), Time()
    hub = await open_hub(settings, FakePbx(), registrar=registrar, now=time)
    first = Enrolling(hub, time, registrar, tmp_path / "accounts.db")
    for agent in ("yael", "daniel"):
        await first.enrol(agent)
    assert first.rows("ps_endpoints", "id") == ["1001", "1002"]
    await hub.close()
    fewer = settings.centre.model_copy(update={"agents": settings.centre.agents[1:]})
    again = await open_hub(settings.model_copy(update={"centre": fewer}), FakePbx(), registrar=registrar)
    assert [first.rows(table, "id")[0][:4] for table in ("ps_endpoints", "ps_aors", "ps_auths")] == [
        "1002"
    ] * 3
    await again.close()
