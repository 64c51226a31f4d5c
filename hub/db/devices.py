"""What the database keeps of enrolled devices, and of the codes by which more can be enrolled."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from edge.enrolment_code import EnrolmentCode
from hub.db.tables import devices, enrolment_codes

CODE_LIFE = timedelta(minutes=15)
WRONG_TRIES = 5
"""Wrong secrets after which a code is worth nothing."""
_TOKEN_BYTES = 32
_ID_BYTES = 6


def secret_digest(secret: bytes) -> str:
    """What is stored of a token or of a code's secret."""
    return hashlib.sha256(secret).hexdigest()


def new_token() -> str:
    """A token that nobody has seen yet."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True)
class Device:
    """One enrolled device of an agent."""

    id: str
    agent: str
    name: str
    created_at: datetime
    seen_at: datetime | None = None
    revoked_at: datetime | None = None
    sip_digest: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class DeviceStore:
    """Devices. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def admit(
        self, agent: str, token: str, now: datetime, *, name: str = "", sip_digest: str = ""
    ) -> Device:
        """A new device of ``agent``, for which ``token`` speaks from now on."""
        device = Device(secrets.token_hex(_ID_BYTES), agent, name, now, sip_digest=sip_digest)
        row = {
            "id": device.id,
            "agent": agent,
            "name": name,
            "token_digest": secret_digest(token.encode()),
            "sip_digest": sip_digest,
            "created_at": now,
        }
        async with self.engine.begin() as connection:
            await connection.execute(insert(devices).values(**row))
        return device

    async def of_token(self, token: str) -> Device | None:
        """Whom ``token`` speaks for. It is looked up by its digest, so timing tells nothing about it."""
        digest = secret_digest(token.encode())
        found = await self._select(devices.c.token_digest == digest, devices.c.revoked_at.is_(None))
        return found[0] if found else None

    async def live(self, agent: str = "") -> tuple[Device, ...]:
        """All devices that are not revoked, oldest first; with ``agent`` theirs."""
        whose = (devices.c.agent == agent,) if agent else ()
        return await self._select(devices.c.revoked_at.is_(None), *whose)

    async def live_ids(self) -> frozenset[str]:
        """Of all devices that are not revoked: cheap enough to be asked for again and again."""
        query = select(devices.c.id).where(devices.c.revoked_at.is_(None))
        async with self.engine.connect() as connection:
            return frozenset((await connection.execute(query)).scalars())

    async def revoked(self) -> tuple[Device, ...]:
        """Those whose registration may still stand."""
        return await self._select(devices.c.revoked_at.is_not(None))

    async def _select(self, *conditions: ColumnElement[bool]) -> tuple[Device, ...]:
        query = select(devices).where(*conditions).order_by(devices.c.created_at, devices.c.id)
        async with self.engine.connect() as connection:
            return tuple(_device(row) for row in (await connection.execute(query)).mappings())

    async def saw(self, device: str, now: datetime) -> None:
        """The device's desk came up."""
        async with self.engine.begin() as connection:
            await connection.execute(update(devices).where(devices.c.id == device).values(seen_at=now))

    async def revoke(
        self, agent: str, now: datetime, device: str = "", *, name: str = ""
    ) -> tuple[Device, ...]:
        """End ``device`` of ``agent``, those called ``name``, or all of theirs; returns those that ended."""
        which = [devices.c.agent == agent, devices.c.revoked_at.is_(None)]
        which += [devices.c.id == device] if device else []
        which += [devices.c.name == name] if name else []
        ended = update(devices).where(*which).values(revoked_at=now).returning(devices)
        async with self.engine.begin() as connection:
            return tuple(_device(row) for row in (await connection.execute(ended)).mappings())

    async def forget(self, gone: Sequence[Device]) -> None:
        """Nothing of these is left anywhere else."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(devices).where(devices.c.id.in_([one.id for one in gone])))


def _device(row: RowMapping) -> Device:
    return Device(
        id=row["id"],
        agent=row["agent"],
        name=row["name"],
        created_at=row["created_at"],
        seen_at=row["seen_at"],
        revoked_at=row["revoked_at"],
        sip_digest=row["sip_digest"],
    )


@dataclass(frozen=True, slots=True)
class CodeStore:
    """Enrolment codes. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def keep(self, code: EnrolmentCode, agent: str, now: datetime) -> None:
        """Let ``code`` enrol one device of ``agent``; codes whose time is over go."""
        row = {
            "name": code.name.hex(),
            "secret_digest": secret_digest(code.secret),
            "agent": agent,
            "expires_at": now + CODE_LIFE,
            "wrong_tries": 0,
        }
        async with self.engine.begin() as connection:
            await connection.execute(delete(enrolment_codes).where(enrolment_codes.c.expires_at <= now))
            await connection.execute(insert(enrolment_codes).values(**row))

    async def drop(self, agent: str) -> None:
        """Codes of an agent who is no longer to enrol anything."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(enrolment_codes).where(enrolment_codes.c.agent == agent))

    async def take(self, name: str, secret: bytes, now: datetime) -> str | None:
        """Whose code this is, once: of two who come with it at the same time one row is one's. Else None.

        The secret is compared by its digest, so timing tells nothing about it; a wrong one counts against the
        code of that name, whoever tried.
        """
        mine = enrolment_codes.c.name == name
        good = (enrolment_codes.c.secret_digest == secret_digest(secret), enrolment_codes.c.expires_at > now)
        taking = delete(enrolment_codes).where(mine, *good).returning(enrolment_codes.c.agent)
        tried = update(enrolment_codes).where(mine).values(wrong_tries=enrolment_codes.c.wrong_tries + 1)
        worn_out = delete(enrolment_codes).where(mine, enrolment_codes.c.wrong_tries >= WRONG_TRIES)
        async with self.engine.begin() as connection:
            agent = (await connection.execute(taking)).scalar_one_or_none()
            if agent is None:
                await connection.execute(tried)
                await connection.execute(worn_out)
            return agent
