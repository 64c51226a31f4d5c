"""What the exchange had counted when the hub last compared, and what the hub has seen since."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.tables import contact_events, queue_marks

_ENDS = ("completed", "abandoned", "sight_lost")
_OWN = "handed_on"
"""A talk that no queue gave: its end is one that the exchange does not count."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The exchange's count at the last comparison, and how many calls the hub has ``seen`` end since."""

    counted: int
    seen: int


@dataclass(frozen=True, slots=True)
class MarkStore:
    """One mark a queue. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def compared(self, queue: str) -> Compared | None:
        """The last comparison; None before the first."""
        seen = func.coalesce(
            func.sum(
                case((contact_events.c.kind.in_(_ENDS), 1), (contact_events.c.kind == _OWN, -1), else_=0)
            ),
            0,
        )
        async with self.engine.connect() as connection:
            mark = (
                (await connection.execute(select(queue_marks).where(queue_marks.c.queue == queue)))
                .mappings()
                .first()
            )
            if mark is None:
                return None
            since = select(seen).where(
                contact_events.c.queue == queue, contact_events.c.serial > mark["serial"]
            )
            return Compared(mark["calls"], int((await connection.execute(since)).scalar_one()))

    async def mark(self, queue: str, calls: int) -> None:
        """The exchange has counted ``calls`` by now, and the hub has seen what it has seen."""
        newest = select(func.coalesce(func.max(contact_events.c.serial), 0)).scalar_subquery()
        values = {"calls": calls, "serial": newest}
        async with self.engine.begin() as connection:
            changed = await connection.execute(
                update(queue_marks).where(queue_marks.c.queue == queue).values(**values)
            )
            if changed.rowcount == 0:
                await connection.execute(insert(queue_marks).values(queue=queue, **values))
