"""Who did what to whom: written before the act, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.contract import AuditEntry
from hub.db.tables import audit

_PAGE = 200


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Append-only. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def record(self, who: str, what: str, whom: str, words: str, at: datetime) -> None:
        """Keep that ``who`` is about to do ``what`` to ``whom``."""
        values = {"who": who, "what": what, "whom": whom, "words": words, "at": at}
        async with self.engine.begin() as connection:
            await connection.execute(insert(audit).values(**values))

    async def entries(self, before: int | None) -> tuple[AuditEntry, ...]:
        """The newest first, a page of them; ``before``: those older than this serial."""
        query = select(audit).order_by(audit.c.serial.desc()).limit(_PAGE)
        if before is not None:
            query = query.where(audit.c.serial < before)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(AuditEntry(**row) for row in rows)
