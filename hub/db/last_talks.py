"""Who talked with a customer last, from the contacts that are kept."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.tables import contacts
from hub.domain.contacts import Contact


@dataclass(frozen=True, slots=True)
class LastTalks:
    """Reads alone. Raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def agent(self, caller: Contact, customers: Collection[str], since: datetime) -> str:
        """The agent whom the caller last talked with in the same queue, in another call than this one, not
        before ``since``; "" for nobody. The caller is who has their number, or is one of ``customers``.
        """
        theirs: list[ColumnElement[bool]] = [contacts.c.customer.in_(customers)] if customers else []
        if caller.number:
            theirs.append(contacts.c.number == caller.number)
        if not theirs:
            return ""
        query = (
            select(contacts.c.agent)
            .where(
                or_(*theirs),
                contacts.c.queue == caller.queue,
                contacts.c.connected_at >= since,
                contacts.c.id != caller.id,
            )
            .order_by(contacts.c.connected_at.desc())
            .limit(1)
        )
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar() or ""
