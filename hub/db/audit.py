"""Who did what to whom: written before the act or with it, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.contract import AuditEntry
from hub.db.tables import audit

_PAGE = 200


async def record(
    connection: AsyncConnection, who: str, what: str, whom: str, words: str, at: datetime
) -> None:
    """Keep that ``who`` does ``what`` to ``whom``, in the transaction in which it is done."""
    values = {"who": who, "what": what, "whom": whom, "words": words, "at": at}
    await connection.execute(insert(audit).values(**values))


@dataclass(frozen=True, slots=True)
class AuditStore:
    """Append-only. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def record(self, who: str, what: str, whom: str, words: str, at: datetime) -> None:
        """Keep that ``who`` is about to do ``what`` to ``whom``."""
        async with self.engine.begin() as connection:
            await record(connection, who, what, whom, words, at)

    async def entries(self, before: int | None) -> tuple[AuditEntry, ...]:
        """The newest first, a page of them; ``before``: those older than this serial."""
        query = select(audit).order_by(audit.c.serial.desc()).limit(_PAGE)
        if before is not None:
            query = query.where(audit.c.serial < before)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(AuditEntry(**row) for row in rows)
