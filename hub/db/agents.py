"""What the database keeps of agents: what they chose to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import Presence
from hub.db.tables import intents, presence_events
from hub.db.upsert import upsert
from hub.domain.periods import Chosen
from hub.domain.presence import Intent


@dataclass(frozen=True, slots=True)
class AgentStore:
    """Intents. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

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
