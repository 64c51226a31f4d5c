"""Passwords: what an agent who has one enrols a further device by, in place of a code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from edge.tries import Tries
from hub.contract import Enrolment, PasswordEnrolment
from hub.db.audit import AuditStore
from hub.db.passwords import PasswordStore
from hub.domain.passwords import proves
from hub.refusals import Forbidden, NotStored, TooMany
from hub.service.devices import Devices

MOST_TRIES = 30
"""At one agent's password within the time of ``Tries``, from wherever: more than any one address has."""
_AT_ONCE = 2
"""Passwords looked at beside each other: each takes a core and 64 MiB."""


@dataclass(frozen=True, slots=True)
class Passwords:
    """``tries`` are by agent; those by address are of the codes, too."""

    store: PasswordStore
    audit: AuditStore
    devices: Devices
    now: Callable[[], datetime]
    tries: Tries
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def enrol(self, asked: PasswordEnrolment, address: str) -> Enrolment:
        """A device for the password in ``asked``. Raises ``Forbidden``, ``TooMany``, ``NotStored``.

        Who is unknown or has no password takes as long and is told the same as one whose password is wrong.
        """
        if not (self.devices.tries.spend(address) and self.tries.spend(asked.agent)):
            raise TooMany(
                "Too many passwords were tried; try again in a quarter of an hour, or ask for a code."
            )
        try:
            kept = await self.store.hash_of(asked.agent)
            async with self._turns:
                good = await asyncio.to_thread(proves, kept, asked.password)
            agent = self.devices.roster.agents.get(asked.agent)
            if agent is None or not good:
                raise Forbidden("The hub does not take this name with this password; ask for a code instead.")
            self.devices.tries.forgive(address)
            self.tries.forgive(asked.agent)
            name = clean(asked.device, limit=80)
            await self.audit.record(agent.id, "enrolled", agent.id, name, self.now())
            return await self.devices.admit(agent, name, replaces=asked.replaces)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store the device; try again.") from error
