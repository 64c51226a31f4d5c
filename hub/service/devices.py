"""Enrols devices, and lets those go that were revoked: token, event stream, SIP password and registration.

The command that revokes is another process than the hub that serves. It marks the devices in the database,
which ends their tokens, and takes their passwords from the exchange; what only a running hub can do, it does
when it looks the next time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.exchange import Phones
from centre.model import Agent
from edge.text import clean
from edge.tries import Tries
from hub.contract import DeviceView, Enrolment, EnrolmentRequest, SipAccount
from hub.db.devices import CodeStore, Device, DeviceStore, new_token
from hub.domain.sip_account import LONGEST_REGISTRATION, account_digest
from hub.events import Bus
from hub.ports.registrar import Registrar, RegistrarError
from hub.refusals import Forbidden, NotStored, NotYours, TooMany
from hub.service.accounts import Accounts
from hub.service.roster import Roster

log = structlog.get_logger(__name__)

MOST_DEVICES = 8
_PACE = 1.0
"""Seconds between two looks."""
_PASSWORD_BYTES = 32
_GIVE_UP = timedelta(seconds=LONGEST_REGISTRATION)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Where an enrolled device's phone registers."""

    phones: Phones
    realm: str
    accounts: Accounts
    registrar: Registrar


@dataclass(frozen=True, slots=True)
class Devices:
    """All enrolled devices of a centre. Without ``exchange`` a device has a token and no account."""

    store: DeviceStore
    codes: CodeStore
    roster: Roster
    bus: Bus
    exchange: Exchange | None
    now: Callable[[], datetime]
    tries: Tries
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def enrol(self, asked: EnrolmentRequest, address: str) -> Enrolment:
        """A device for the code in ``asked``. Raises ``Forbidden``, ``TooMany``, ``NotStored``."""
        if not self.tries.spend(address):
            raise TooMany("Too many codes were tried from here; try again in a quarter of an hour.")
        try:
            agent = await self.codes.take(asked.code, bytes.fromhex(asked.secret), self.now())
            if agent is None or agent not in self.roster.agents:
                raise Forbidden("The hub does not take this code: it was used, or its 15 minutes are over.")
            self.tries.forgive(address)
            name = clean(asked.device, limit=80)
            return await self.admit(self.roster.agents[agent], name, replaces=asked.replaces)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store the device; ask for a new code.") from error

    async def admit(self, agent: Agent, name: str, *, replaces: bool = False) -> Enrolment:
        """A device of ``agent``, who has proved that they are; with ``replaces`` in place of those called the
        same. Raises ``TooMany`` and ``SQLAlchemyError``.
        """
        if replaces and name:
            await self.store.revoke(agent.id, self.now(), name=name)
        if len(await self.store.live(agent.id)) >= MOST_DEVICES:
            raise TooMany(f"This agent has {MOST_DEVICES} devices; one must be revoked before another comes.")
        token, sip = new_token(), self._new_account(agent)
        digest = account_digest(sip.user, self.exchange.realm, sip.password) if self.exchange and sip else ""
        device = await self.store.admit(agent.id, token, self.now(), name=name, sip_digest=digest)
        try:
            await self._write_account(agent)
        except SQLAlchemyError:
            await self.store.forget((device,))
            raise
        log.info("device enrolled", agent=agent.id, device=device.id)
        return Enrolment(agent=agent.id, device=device.id, token=token, sip=sip)

    def _new_account(self, agent: Agent) -> SipAccount | None:
        if self.exchange is None:
            return None
        phones = self.exchange.phones
        return SipAccount(
            user=agent.extension,
            password=secrets.token_urlsafe(_PASSWORD_BYTES),
            domain=phones.domain,
            transport=phones.transport,
            media_encryption=agent.media_encryption,
        )

    async def _write_account(self, agent: Agent, leaving: str = "") -> None:
        if self.exchange is None:
            return
        async with self._turn:
            await self.exchange.accounts.write(agent, await self.store.live(agent.id), leaving)

    async def shown(self, agent: str) -> tuple[DeviceView, ...]:
        """The devices of ``agent``. Raises ``NotStored``."""
        try:
            live = await self.store.live(agent)
        except SQLAlchemyError as error:
            raise NotStored("The hub's database does not answer; try again.") from error
        return tuple(
            DeviceView(id=one.id, name=one.name, created_at=one.created_at, seen_at=one.seen_at)
            for one in live
        )

    async def revoke(self, agent: str, device: str) -> None:
        """End a device; its stream and registration go with the next look.

        Raises ``NotYours`` and ``NotStored``.
        """
        try:
            if not await self.store.revoke(agent, self.now(), device):
                raise NotYours("This agent has no such device.")
            if agent in self.roster.agents:
                await self._write_account(self.roster.agents[agent])
        except SQLAlchemyError as error:
            raise NotStored("The hub's database does not answer; try again.") from error

    async def saw(self, device: Device) -> None:
        """The device's desk came up; a database that does not take it down keeps nobody from working."""
        try:
            await self.store.saw(device.id, self.now())
        except SQLAlchemyError as error:
            log.warning("device not noted", device=device.id, error=type(error).__name__)

    async def restore(self) -> None:
        """Bring the exchange's tables to what the devices and the settings say now."""
        if self.exchange is not None:
            await self.exchange.accounts.write_all(self.roster.agents.values(), await self.store.live())

    async def close(self) -> None:
        """Let the exchange's tables go."""
        if self.exchange is not None:
            await self.exchange.accounts.close()

    async def run(self) -> None:
        """Look again and again, for as long as the task lives."""
        while True:
            await asyncio.sleep(_PACE)
            try:
                await self.look()
            except SQLAlchemyError as error:
                log.warning("devices not looked at", error=type(error).__name__)

    async def look(self) -> None:
        """End whatever revoked devices still have."""
        self.bus.keep_only(await self.store.live_ids())
        gone: defaultdict[str, list[Device]] = defaultdict(list)
        for device in await self.store.revoked():
            gone[device.agent].append(device)
        for agent, devices in gone.items():
            if await self._registration_ended(self.roster.agents.get(agent), devices):
                await self.store.forget(devices)
                log.info("devices revoked", agent=agent, devices=[device.id for device in devices])

    async def _registration_ended(self, agent: Agent | None, devices: list[Device]) -> bool:
        """Whether no registration of ``devices`` can be rung any more.

        Which device made the contact the exchange does not tell: another one of the agent's registers anew
        when the hub tells its desk that the exchange cannot reach it.
        """
        if self.exchange is None or agent is None or not any(device.sip_digest for device in devices):
            return True
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        await self._write_account(
            agent, leaving=account_digest(agent.extension, self.exchange.realm, password)
        )
        try:
            await self.exchange.registrar.unregister(agent.extension, password)
        except RegistrarError as error:
            log.warning("registration not taken away", agent=agent.id, error=str(error))
            if self.now() - max(device.revoked_at or self.now() for device in devices) < _GIVE_UP:
                return False
        await self._write_account(agent)
        return True
