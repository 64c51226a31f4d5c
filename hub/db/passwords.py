"""What the database keeps of agents' passwords: a hash, where an agent has one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.tables import passwords
from hub.db.upsert import upsert


@dataclass(frozen=True, slots=True)
class PasswordStore:
    """One an agent. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def keep(self, agent: str, hashed: str, now: datetime) -> None:
        """``agent`` has this one from now on."""
        row = {"agent": agent, "hashed": hashed, "set_at": now}
        async with self.engine.begin() as connection:
            await connection.execute(upsert(connection, passwords), row)

    async def drop(self, agent: str) -> None:
        """``agent`` has none."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(passwords).where(passwords.c.agent == agent))

    async def hash_of(self, agent: str) -> str | None:
        """That of ``agent``, if they have one."""
        query = select(passwords.c.hashed).where(passwords.c.agent == agent)
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()
