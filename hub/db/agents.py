"""What the database keeps of agents: the digests of their tokens, and what they chose to be."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import Presence
from hub.db.tables import intents, presence_events, tokens
from hub.db.upsert import upsert
from hub.domain.periods import Chosen
from hub.domain.presence import Intent

_TOKEN_BYTES = 32


def token_digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AgentStore:
    """Tokens and intents. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def new_token(self, agent: str, now: datetime) -> str:
        """A new token for ``agent``; only its digest is kept, so it can be shown this once."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await self.admit(agent, token, now)
        return token

    async def admit(self, agent: str, token: str, now: datetime) -> None:
        """Let ``token`` speak for ``agent``; admitting it again changes nothing."""
        digest = token_digest(token)
        async with self.engine.begin() as connection:
            await connection.execute(
                upsert(connection, tokens), {"digest": digest, "agent": agent, "created_at": now}
            )

    async def revoke(self, agent: str) -> int:
        """Forget all tokens of ``agent``; how many there were."""
        async with self.engine.begin() as connection:
            return (await connection.execute(delete(tokens).where(tokens.c.agent == agent))).rowcount

    async def agent_of(self, token: str) -> str | None:
        """Whom ``token`` speaks for. It is looked up by its digest, so timing tells nothing about it."""
        query = select(tokens.c.agent).where(tokens.c.digest == token_digest(token))
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()

    async def all_intents(self) -> dict[str, Intent]:
        """What every agent last chose."""
        async with self.engine.connect() as connection:
            rows = (await connection.execute(select(intents))).mappings()
            return {
                row["agent"]: Intent(Presence(row["presence"]), row["reason"], row["since"]) for row in rows
            }

    async def chosen_since(self, start: datetime) -> AsyncIterator[tuple[str, Chosen]]:
        """What agents chose from ``start`` on, in order."""
        query = (
            select(presence_events).where(presence_events.c.at >= start).order_by(presence_events.c.serial)
        )
        async with self.engine.connect() as connection:
            async for row in (await connection.stream(query)).mappings():
                yield row["agent"], Chosen(Presence(row["presence"]), row["at"])

    async def choose(self, agent: str, intent: Intent) -> None:
        """Keep what ``agent`` chose, and since when."""
        row = {
            "agent": agent,
            "presence": intent.presence.value,
            "reason": intent.reason,
            "since": intent.since,
        }
        async with self.engine.begin() as connection:
            await connection.execute(upsert(connection, intents), row)
            event = {
                "agent": agent,
                "presence": intent.presence.value,
                "reason": intent.reason,
                "at": intent.since,
            }
            await connection.execute(insert(presence_events).values(event))
