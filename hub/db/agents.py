"""What the database keeps of agents: what they chose to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import Presence
from hub.db.tables import intents, presence_events
from hub.db.upsert import upsert
from hub.domain.periods import Chosen
from hub.domain.presence import NO_DESK, Intent


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

    async def chosen_before(self, start: datetime) -> dict[str, Chosen]:
        """How each agent stood at ``start``, of whom anything is kept from before."""
        query = _newest_events().where(presence_events.c.at < start)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(_events_of(query))).mappings()
            return {row["agent"]: Chosen(Presence(row["presence"]), row["at"]) for row in rows}

    async def last_without_desk(self) -> set[str]:
        """Who counts as away for want of a desk."""
        query = _events_of(_newest_events()).where(presence_events.c.reason == NO_DESK)
        async with self.engine.connect() as connection:
            return {row["agent"] for row in (await connection.execute(query)).mappings()}

    async def note(self, agent: str, stands: Intent) -> None:
        """Keep for the figures how ``agent`` stands; what they chose stays."""
        async with self.engine.begin() as connection:
            await connection.execute(insert(presence_events).values(_event(agent, stands)))

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
            await connection.execute(insert(presence_events).values(_event(agent, intent)))


def _event(agent: str, stands: Intent) -> dict[str, object]:
    return {"agent": agent, "presence": stands.presence.value, "reason": stands.reason, "at": stands.since}


def _newest_events() -> Select[tuple[int]]:
    return select(func.max(presence_events.c.serial)).group_by(presence_events.c.agent)


def _events_of(serials: Select[tuple[int]]) -> Select[Any]:
    return select(presence_events).where(presence_events.c.serial.in_(serials))
