"""Keeps the exchange's tables as the enrolled devices demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from centre.exchange import Exchange
from centre.model import Agent
from hub.db.accounts import Account, AccountTables
from hub.db.devices import Device
from hub.domain.sip_account import SipAgent, aor_row, auth_row, endpoint_row

LEAVING = "leaving"
"""The credential by which the hub itself speaks for the agent while it takes a registration away."""


class Accounts:
    """Writes always an agent's whole account, never a difference.

    Everything raises ``sqlalchemy.exc.SQLAlchemyError``.
    """

    def __init__(self, tables: AccountTables, exchange: Exchange) -> None:
        self._tables = tables
        self._exchange = exchange

    async def write(self, agent: Agent, devices: Iterable[Device], leaving: str = "") -> None:
        """Let ``agent`` register from these devices and no others; ``leaving`` is the hub's own digest."""
        digests = {device.id: device.sip_digest for device in devices if device.sip_digest}
        if leaving:
            digests[LEAVING] = leaving
        await self._tables.put(agent.extension, self._account(agent, digests) if digests else None)

    async def write_all(self, agents: Iterable[Agent], devices: Iterable[Device]) -> None:
        """Let all these agents register from their devices, and nobody else."""
        every = tuple(devices)
        staying = tuple(agents)
        await self._tables.keep_only([agent.extension for agent in staying])
        for agent in staying:
            await self.write(agent, [device for device in every if device.agent == agent.id])

    async def close(self) -> None:
        """Let the database go."""
        await self._tables.engine.dispose()

    def _account(self, agent: Agent, digests: Mapping[str, str]) -> Account:
        at = self._exchange
        who = SipAgent(agent.extension, agent.name, at.realm, agent.media_encryption, at.qualify_seconds)
        named = {f"{agent.extension}-{device}": digest for device, digest in digests.items()}
        return Account(
            endpoint=endpoint_row(who, tuple(named)),
            aor=aor_row(who),
            credentials=tuple(auth_row(who, credential, digest) for credential, digest in named.items()),
        )
