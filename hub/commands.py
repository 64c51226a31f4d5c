"""What an administrator does from the command line, beside a hub that may be serving."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from centre.toml_file import SettingsError
from edge.enrolment_code import EnrolmentCode, authority_fingerprint
from hub.authority import authority_of
from hub.db.accounts import open_accounts
from hub.db.customers import CustomerStore
from hub.db.devices import CODE_LIFE, CodeStore, DeviceStore
from hub.db.engine import open_database
from hub.seed import import_csv
from hub.service.accounts import Accounts
from hub.settings import Settings, load


async def import_customers(config: Path, customers: Path, matters: Path | None, history: Path | None) -> None:
    """Put customers from CSV files into the built-in CRM."""
    settings = load(config)
    async with _database(settings) as engine:
        count = await import_csv(
            CustomerStore(engine), customers, settings.centre.country, matters=matters, history=history
        )
    _say(f"customers imported: {count}")


async def add_device(config: Path, agent: str) -> None:
    """Print a code by which one device of ``agent`` can be enrolled. It cannot be shown again."""
    settings = load(config)
    _known(settings, agent)
    pem = authority_of(settings)
    if not pem:
        raise SettingsError(f"{config}: set hub.ca_file: a code names the authority that desks are to trust")
    code = EnrolmentCode.new(authority_fingerprint(pem))
    async with _database(settings) as engine:
        await CodeStore(engine).keep(code, agent, datetime.now(UTC))
    minutes = int(CODE_LIFE.total_seconds() // 60)
    _say(code.text())
    _note(f"For one device of {agent}, within {minutes} minutes. There: moked enroll https://THIS-HUB")


async def show_devices(config: Path, agent: str) -> None:
    """Print the devices of ``agent``, one a line: id, when enrolled, when last seen, name."""
    async with _database(load(config)) as engine:
        for device in await DeviceStore(engine).live(agent):
            seen = device.seen_at.isoformat(timespec="minutes") if device.seen_at else "never seen"
            _say(f"{device.id}  {device.created_at.isoformat(timespec='minutes')}  {seen}  {device.name}")


async def revoke(config: Path, agent: str, device: str) -> None:
    """End ``device`` of ``agent``, or all, who may have left the settings already.

    Token and SIP password end here; a hub that serves ends stream and registration within a second or two.
    """
    settings = load(config)
    async with _database(settings) as engine:
        if not device:
            await CodeStore(engine).drop(agent)
        store = DeviceStore(engine)
        ended = await store.revoke(agent, datetime.now(UTC), device)
        who = next((one for one in settings.centre.agents if one.id == agent), None)
        sip, exchange = settings.sip, settings.centre.exchange
        if ended and who is not None and sip is not None and exchange is not None:
            accounts = Accounts(await open_accounts(settings.hub.opened(sip.accounts)), exchange)
            try:
                await accounts.write(who, await store.live(agent))
            finally:
                await accounts.close()
    if device and not ended:
        raise SettingsError(f"{agent!r} has no device {device!r}; see: moked hub agent devices {agent}")
    _say(f"devices revoked: {len(ended)}")


def _known(settings: Settings, agent: str) -> None:
    known = [one.id for one in settings.centre.agents]
    if agent not in known:
        raise SettingsError(f"there is no agent {agent!r}; the centre has: {', '.join(known)}")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(settings.hub.database_url)
    try:
        yield engine
    finally:
        await engine.dispose()


def _note(words: str) -> None:
    """Beside what is printed, so that the code alone can be piped on."""
    sys.stderr.write(words + "\n")


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
