"""Enrolled devices on the real Asterisk: in at once, out at once, and never a reload."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL, delete, select, text
from sqlalchemy.exc import ProgrammingError

import centre.model
from centre.model import Agent
from edge.enrolment_code import EnrolmentCode
from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount
from hub.adapters.sip_registrar import SipRegistrar
from hub.contract import Enrolment
from hub.db.accounts import accounts, endpoints, open_accounts
from hub.domain.sip_account import Voice
from hub.ports.registrar import RegistrarError
from hub.service.hub import Hub, open_hub, utc_now
from hub.settings import HubSection, Settings, SipSection
from sip.account import Account, MediaEncryption, Transport
from sip.audio.silence_port import SilencePort
from tests.contract.engine import line
from tests.contract.engines import BARESIP, PYVOIP, maker
from tests.hub.served import events, served
from tests.pbx.centre import ACCOUNTS_PASSWORD, ASTERISK, ENROLLED, SALES
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.root import find_root
from tests.postgres import PostgresServer

WITHIN = 20.0
AGENT = "enrolled"
MAKES_DATABASE = Path(__file__).parents[2] / "pbx/accounts-database.sh"


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def asterisk(request: pytest.FixtureRequest) -> Iterator[Asterisk]:
    """The run's Asterisk, which reads a file, and one that asks Postgres by a role for nothing else."""
    if request.param == "sqlite":
        yield request.getfixturevalue("asterisk")
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    url = postgres.make_accounts(MAKES_DATABASE, ACCOUNTS_PASSWORD)
    asyncio.run(_make_tables(url))
    with Asterisk(find_root(), database=url) as exchange:
        yield exchange
        assert "Query Failed" not in exchange.log()
    postgres.drop(url)


async def dump(url: URL) -> str:
    """All that the exchange can read."""
    if url.get_backend_name() == "sqlite":
        return (await asyncio.to_thread(Path(str(url.database)).read_bytes)).decode(errors="replace")
    tables = await open_accounts(url)
    async with tables.engine.connect() as connection:
        rows = [(await connection.execute(select(table))).all() for table in accounts.sorted_tables]
    await tables.engine.dispose()
    return str(rows)


async def _make_tables(url: URL) -> None:
    await (await open_accounts(url)).engine.dispose()


def settings(asterisk: Asterisk, directory: Path, voice: Voice = "off") -> Settings:
    """A hub that writes the accounts which this Asterisk reads."""
    file = centre.model.load(asterisk.centre_file)
    enrolled = Agent(id=AGENT, name="Agent 1301", extension=ENROLLED, queues=(SALES,), media_encryption=voice)
    return Settings(
        hub=HubSection(
            database=f"sqlite+aiosqlite:///{directory}/hub.db", ca_file=asterisk.certificates.ca, port=0
        ),
        sip=SipSection(
            accounts=asterisk.accounts_url.render_as_string(hide_password=False),
            registrar=f"127.0.0.1:{asterisk.centre.ports.sip}",
        ),
        centre=file.model_copy(update={"agents": (enrolled,)}),
    )


@asynccontextmanager
async def opened(asterisk: Asterisk, directory: Path, voice: Voice = "off") -> AsyncIterator[Hub]:
    """The hub, its AMI line not running; afterwards no account is left on the run's Asterisk."""
    account = AmiAccount("127.0.0.1", asterisk.centre.ports.ami, "hub", asterisk.centre.ami_secret)
    hub = await open_hub(settings(asterisk, directory, voice), AmiPbx(account))
    try:
        yield hub
    finally:
        await revoke(hub)
        await hub.close()


async def enrol(hub: Hub) -> Enrolment:
    """One more device of the agent."""
    code = EnrolmentCode.new(bytes(14))
    await hub.access.devices.codes.keep(code, AGENT, utc_now())
    async with httpx.AsyncClient(transport=_app(hub), base_url="http://hub") as http:
        asked = {"code": code.name.hex(), "secret": code.secret.hex(), "device": "laptop"}
        answer = await http.post("/v1/enrolment", json=asked)
    return Enrolment.model_validate_json(answer.content)


def _app(hub: Hub) -> httpx.ASGITransport:
    from hub.app import make_app  # noqa: PLC0415 - FastAPI

    return httpx.ASGITransport(make_app(hub))


async def revoke(hub: Hub, device: str = "") -> None:
    """What the administrator's command does, and the hub's next look."""
    await hub.access.devices.store.revoke(AGENT, utc_now(), device)
    await hub.access.devices.look()


def phone(asterisk: Asterisk, given: Enrolment) -> Phone:
    assert given.sip is not None
    return Phone(given.sip.user, given.sip.password, asterisk.centre.ports.sip)


async def rings(asterisk: Asterisk, called: Phone) -> bool:
    """Whether ``called`` rings when a colleague dials the agent; the call has ended either way."""
    async with Phone("1101", "pw1101", asterisk.centre.ports.sip) as colleague:
        dialling = asyncio.create_task(colleague.dial(ENROLLED))
        ringing = asyncio.create_task(called.ringing())
        await asyncio.wait({dialling, ringing}, return_when=asyncio.FIRST_COMPLETED)
        rang = ringing.done()
        if rang:
            called.reject(ringing.result())
        ringing.cancel()
        assert (await dialling)[1].status >= 400
        return rang


def member_state(console: Console) -> str:
    """app_queue's state of the agent: 1 can be rung, 5 is unavailable."""
    rows = console.act("QueueStatus", Queue=SALES)
    return next(row["Status"] for row in rows if row.get("Location") == f"PJSIP/{ENROLLED}")


async def test_a_device_registers_and_is_rung_without_a_reload(asterisk: Asterisk, tmp_path: Path) -> None:
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        async with phone(asterisk, given) as device:
            assert (await device.register()).status == 200
            assert await rings(asterisk, device)
            await device.register(expires=0)


async def test_each_device_has_a_password_of_its_own(asterisk: Asterisk, tmp_path: Path) -> None:
    async with opened(asterisk, tmp_path) as hub:
        one, other = await enrol(hub), await enrol(hub)
        assert one.sip
        assert other.sip
        assert one.sip.password != other.sip.password
        for given in (one, other):
            async with phone(asterisk, given) as device:
                assert (await device.register()).status == 200
        async with Phone(ENROLLED, "guessed", asterisk.centre.ports.sip) as stranger:
            assert (await stranger.register()).status == 401


async def test_a_revoked_device_cannot_register_and_is_not_rung(
    asterisk: Asterisk, console: Console, tmp_path: Path
) -> None:
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        async with phone(asterisk, given) as device:
            assert (await device.register(expires=120)).status == 200
            await asyncio.to_thread(console.wait_free, ENROLLED)
            console.member(SALES, ENROLLED)
            await revoke(hub)
            assert member_state(console) == "5"
            assert (await device.register()).status == 401
            assert not await rings(asterisk, device)
            assert ENROLLED not in asterisk.cli("pjsip show contacts")
            # the extension is given to somebody else: what was registered there before is not rung
            async with phone(asterisk, await enrol(hub)) as next_one:
                assert not await rings(asterisk, device)
                assert (await next_one.register()).status == 200
                assert await rings(asterisk, next_one)


async def test_another_device_of_the_agent_stays(asterisk: Asterisk, tmp_path: Path) -> None:
    async with opened(asterisk, tmp_path) as hub:
        lost, kept = await enrol(hub), await enrol(hub)
        async with phone(asterisk, lost) as stolen, phone(asterisk, kept) as own:
            assert (await stolen.register(expires=120)).status == 200
            await revoke(hub, lost.device)
            assert not await rings(asterisk, stolen)
            assert (await stolen.register()).status == 401
            assert (await own.register()).status == 200
            assert await rings(asterisk, own)


GONE = ("UNAVAILABLE", "INVALID")
"""Without a registration; and what Asterisk says where it looks when the account is away, too."""


async def test_a_revoked_device_loses_everything_at_once(
    asterisk: Asterisk, console: Console, tmp_path: Path
) -> None:
    """As it is: a hub that serves, an open stream, a registered phone, and a row that a command marks."""
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        headers = {"Authorization": f"Bearer {given.token}"}
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with (
                served(hub, listener),
                httpx.AsyncClient(base_url=url, headers=headers, timeout=WITHIN) as http,
                phone(asterisk, given) as device,
                events(http) as stream,
            ):
                await anext(stream)
                assert (await device.register(expires=120)).status == 200
                await asyncio.to_thread(console.wait_free, ENROLLED)
                await hub.access.devices.store.revoke(AGENT, utc_now())
                async with asyncio.timeout(WITHIN):
                    async for _event in stream:
                        pass
                    await asyncio.to_thread(console.wait_state, ENROLLED, *GONE)
                assert (await http.get("/v1/me")).status_code == 401
                assert (await http.get("/v1/events")).status_code == 401
                assert (await device.register()).status == 401
                assert not await rings(asterisk, device)


async def test_a_hub_whose_request_is_refused_says_so(asterisk: Asterisk) -> None:
    registrar = SipRegistrar("127.0.0.1", asterisk.centre.ports.sip)
    with pytest.raises(RegistrarError, match="401"):
        await registrar.unregister("1101", "wrong")


@pytest.mark.parametrize(("voice", "like"), [("required", "1001"), ("off", "1101"), ("dtls", "1201")])
async def test_what_is_enrolled_is_what_the_profile_writes(
    asterisk: Asterisk, tmp_path: Path, voice: Voice, like: str
) -> None:
    agents = centre.model.load(asterisk.centre_file).agents
    name = next(agent.name for agent in agents if agent.extension == like)
    async with opened(asterisk, tmp_path, voice) as hub:
        device = (await enrol(hub)).device
        for what in ("endpoint", "aor"):
            assert _shown(asterisk, what, ENROLLED) == {
                key: value.replace(name, "Agent 1301").replace(like, ENROLLED)
                for key, value in _shown(asterisk, what, like).items()
            } | ({"auth": f"{ENROLLED}-{device}"} if what == "endpoint" else {})


def _shown(asterisk: Asterisk, what: str, name: str) -> dict[str, str]:
    """Every parameter of a PJSIP object, as Asterisk has it; who is registered there now is none."""
    told = asterisk.cli(f"pjsip show {what} {name}")
    shown = dict(re.findall(r"^ ([a-z0-9_@]+) +: (.*?) *$", told, re.MULTILINE))
    shown.pop("contact", None)
    return shown


async def test_the_exchange_reads_no_password_and_no_customer(asterisk: Asterisk, tmp_path: Path) -> None:
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        assert given.sip is not None
        everything = await dump(asterisk.accounts_url)
        assert given.sip.user in everything
        for secret in (given.sip.password, given.token):
            assert secret not in everything
            assert secret.encode() not in (tmp_path / "hub.db").read_bytes()


async def test_the_exchange_can_read_the_accounts_and_write_none(asterisk: Asterisk, tmp_path: Path) -> None:
    async with opened(asterisk, tmp_path):
        url = asterisk.accounts_url
        if url.get_backend_name() == "sqlite":
            assert asterisk.accounts.stat().st_mode & 0o777 == 0o640
            return
        tables = await open_accounts(url)
        async with tables.engine.connect() as connection:
            hubs = text(f"SELECT has_database_privilege('{ASTERISK}', 'postgres', 'CONNECT')")
            assert (await connection.execute(hubs)).scalar() is False
            await connection.execute(text(f"SET ROLE {ASTERISK}"))
            await connection.execute(select(endpoints))
            with pytest.raises(ProgrammingError, match="permission denied"):
                await connection.execute(delete(endpoints))
        await tables.engine.dispose()


@pytest.mark.parametrize("kind", [BARESIP, PYVOIP])
async def test_both_engines_register_with_what_is_kept(asterisk: Asterisk, tmp_path: Path, kind: str) -> None:
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        assert given.sip is not None
        account = Account(
            user=given.sip.user,
            domain=given.sip.domain,
            password=given.sip.password,
            transport=Transport.UDP,
            media_encryption=MediaEncryption.OFF,
        )
        async with line(maker(kind)(SilencePort, None), account):
            assert ENROLLED in asterisk.cli("pjsip show contacts")


async def test_a_hub_that_comes_up_brings_the_exchange_to_what_it_knows(
    asterisk: Asterisk, tmp_path: Path
) -> None:
    async with opened(asterisk, tmp_path) as hub:
        given = await enrol(hub)
        tables = await open_accounts(asterisk.accounts_url)
        await tables.put(ENROLLED, None)
        await tables.engine.dispose()
        async with phone(asterisk, given) as device:
            assert (await device.register()).status == 401
            await hub.access.devices.restore()
            assert (await device.register()).status == 200
            await hub.access.devices.store.revoke(AGENT, utc_now() - timedelta(hours=1))
            await hub.access.devices.restore()
            assert (await device.register()).status == 401
