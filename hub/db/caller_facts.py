"""What callers did and heard, for the hub that comes next: kept for a day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.tables import caller_facts
from hub.db.upsert import upsert
from hub.db.write_line import WriteLine
from hub.domain.caller_facts import Facts

KEPT_FOR = timedelta(days=1)
"""Calls and their wrap-ups are over by then."""


@dataclass(frozen=True, slots=True)
class _Change:
    contact: str
    facts: Facts
    at: datetime


class CallerFactStore:
    """One row a contact. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._line = WriteLine(self._store)

    def keep(self, contact: str, facts: Facts, at: datetime) -> asyncio.Future[None]:
        """Keep the facts of ``contact`` as they are now, soon."""
        return self._line.put(_Change(contact, facts, at))

    async def kept(self, now: datetime) -> list[tuple[str, Facts]]:
        """All that are still kept, oldest first."""
        query = select(caller_facts).where(caller_facts.c.at >= now - KEPT_FOR).order_by(caller_facts.c.at)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return [(row["contact"], Facts.of(row["facts"])) for row in rows]

    async def settled(self) -> None:
        """Wait until all that was told is stored."""
        await self._line.settled()

    async def _store(self, changes: Sequence[_Change]) -> None:
        newest = {change.contact: change for change in changes}
        rows = [{"contact": one.contact, "facts": one.facts.plain(), "at": one.at} for one in newest.values()]
        over = max(change.at for change in changes) - KEPT_FOR
        async with self._engine.begin() as connection:
            await connection.execute(upsert(connection, caller_facts), rows)
            await connection.execute(delete(caller_facts).where(caller_facts.c.at < over))
