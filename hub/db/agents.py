"""What the database keeps of agents: what they chose to be."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import Presence
from hub.db.tables import intents
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

    async def choose(self, agent: str, intent: Intent) -> None:
        """Keep what ``agent`` chose, and since when."""
        values = {"presence": intent.presence.value, "reason": intent.reason, "since": intent.since}
        async with self.engine.begin() as connection:
            changed = await connection.execute(
                update(intents).where(intents.c.agent == agent).values(**values)
            )
            if changed.rowcount == 0:
                await connection.execute(insert(intents).values(agent=agent, **values))
