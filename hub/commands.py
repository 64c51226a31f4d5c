"""What an administrator does from the command line, beside a hub that may be serving."""

from __future__ import annotations

from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path

from centre.toml_file import SettingsError
from edge.enrolment_code import EnrolmentCode, authority_fingerprint, fingerprint_text
from hub.authority import authority_of
from hub.command_line import COMMAND_LINE, database, note, say
from hub.db.accounts import open_accounts
from hub.db.audit import AuditStore
from hub.db.customers import CustomerStore
from hub.db.devices import CODE_LIFE, CodeStore, DeviceStore
from hub.db.passwords import PasswordStore
from hub.domain.passwords import WeakPassword, hashed
from hub.seed import import_csv
from hub.service.accounts import Accounts
from hub.settings import Settings, load


async def import_customers(config: Path, customers: Path, matters: Path | None, history: Path | None) -> None:
    """Put customers from CSV files into the built-in CRM."""
    settings = load(config)
    async with database(settings) as engine:
        count = await import_csv(
            CustomerStore(engine), customers, settings.centre.country, matters=matters, history=history
        )
    say(f"customers imported: {count}")


async def add_device(config: Path, agent: str) -> None:
    """Print a code by which one device of ``agent`` can be enrolled. It cannot be shown again."""
    settings = load(config)
    _known(settings, agent)
    code = EnrolmentCode.new(_fingerprint(settings, config))
    async with database(settings) as engine:
        await CodeStore(engine).keep(code, agent, datetime.now(UTC))
    minutes = int(CODE_LIFE.total_seconds() // 60)
    say(code.text())
    note(f"For one device of {agent}, within {minutes} minutes. There: moked enroll https://THIS-HUB")


async def set_password(config: Path, agent: str) -> None:
    """Give ``agent`` a password, asked for here, by which they enrol devices themselves."""
    settings = load(config)
    _known(settings, agent)
    authority = fingerprint_text(_fingerprint(settings, config))
    kept = _asked_for(agent)
    async with database(settings) as engine:
        now = datetime.now(UTC)
        await AuditStore(engine).record(COMMAND_LINE, "password set", agent, "", now)
        await PasswordStore(engine).keep(agent, kept, now)
    say(authority)
    note(f"For each further device of {agent}. There: moked enroll https://THIS-HUB --authority {authority}")


async def end_password(config: Path, agent: str) -> None:
    """Leave ``agent``, who may have left the settings already, with codes alone."""
    async with database(load(config)) as engine:
        await AuditStore(engine).record(COMMAND_LINE, "password ended", agent, "", datetime.now(UTC))
        await PasswordStore(engine).drop(agent)
    note(f"{agent} has no password.")


def _asked_for(agent: str) -> str:
    """The hash of what was typed twice. Raises ``SettingsError``."""
    typed = getpass(f"Password for {agent}: ")
    if getpass("Once more: ") != typed:
        raise SettingsError("the two are not the same, so nothing was changed; try again")
    try:
        return hashed(typed)
    except WeakPassword as error:
        raise SettingsError(f"{error}; nothing was changed") from None


async def show_devices(config: Path, agent: str) -> None:
    """Print the devices of ``agent``, one a line: id, when enrolled, when last seen, name."""
    async with database(load(config)) as engine:
        for device in await DeviceStore(engine).live(agent):
            seen = device.seen_at.isoformat(timespec="minutes") if device.seen_at else "never seen"
            say(f"{device.id}  {device.created_at.isoformat(timespec='minutes')}  {seen}  {device.name}")


async def revoke(config: Path, agent: str, device: str) -> None:
    """End ``device`` of ``agent``, or all, who may have left the settings already.

    Token and SIP password end here; a hub that serves ends stream and registration within a second or two.
    """
    settings = load(config)
    async with database(settings) as engine:
        if not device:
            await CodeStore(engine).drop(agent)
            await PasswordStore(engine).drop(agent)
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
    say(f"devices revoked: {len(ended)}")


def _fingerprint(settings: Settings, config: Path) -> bytes:
    pem = authority_of(settings)
    if not pem:
        raise SettingsError(f"{config}: set hub.ca_file: it is the authority that desks are to trust")
    return authority_fingerprint(pem)


def _known(settings: Settings, agent: str) -> None:
    known = [one.id for one in settings.centre.agents]
    if agent not in known:
        raise SettingsError(f"there is no agent {agent!r}; the centre has: {', '.join(known)}")
