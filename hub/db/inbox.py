"""What webhooks deliver, in the database: stored before it is answered, and read once.

Reading a delivery is one transaction with all that follows from it, so a hub that is killed reads it again
from the beginning, and nothing counts twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.tables import inbox, receipts


class InboxState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    READ = "read"
    UNREADABLE = "unreadable"
    """It is signed and nobody knows what it says: it stays, for a release that does."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is still to be read."""

    serial: int
    body: bytes
    came_at: datetime


@dataclass(frozen=True, slots=True)
class InboxStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``. ``beginning``: as conversations have it."""

    engine: AsyncEngine
    beginning: asyncio.Lock

    async def put(self, body: bytes, now: datetime) -> bool:
        """Store a delivery; False when these bytes were delivered before."""
        digest = hashlib.sha256(body).hexdigest()
        row = {"digest": digest, "body": body, "came_at": now, "state": InboxState.WAITING.value}
        try:
            async with self.engine.begin() as connection:
                await connection.execute(insert(inbox).values(**row))
        except IntegrityError:
            return False
        return True

    async def waiting(self, most: int) -> tuple[Waiting, ...]:
        """The oldest that are still to be read."""
        query = (
            select(inbox.c.serial, inbox.c.body, inbox.c.came_at)
            .where(inbox.c.state == InboxState.WAITING.value)
            .order_by(inbox.c.serial)
            .limit(most)
        )
        async with self.engine.connect() as connection:
            return tuple(Waiting(**row) for row in (await connection.execute(query)).mappings())

    @asynccontextmanager
    async def reading(self, delivery: Waiting) -> AsyncIterator[AsyncConnection]:
        """The transaction in which ``delivery`` is read: what it says is forgotten with its end."""
        read = update(inbox).where(inbox.c.serial == delivery.serial)
        async with self.beginning, self.engine.begin() as connection:
            yield connection
            await connection.execute(read.values(state=InboxState.READ.value, body=b""))

    async def unreadable(self, delivery: Waiting) -> None:
        """Nothing follows from it."""
        odd = update(inbox).where(inbox.c.serial == delivery.serial)
        async with self.engine.begin() as connection:
            await connection.execute(odd.values(state=InboxState.UNREADABLE.value))

    async def count(self, state: InboxState) -> int:
        """How many stand there."""
        query = select(func.count()).where(inbox.c.state == state.value)
        async with self.engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def clear(self, before: datetime) -> None:
        """Forget what was delivered before then, and what was told of messages."""
        old = inbox.c.came_at < before, inbox.c.state != InboxState.WAITING.value
        async with self.engine.begin() as connection:
            await connection.execute(delete(inbox).where(*old))
            await connection.execute(delete(receipts).where(receipts.c.at < before))


async def first_told(connection: AsyncConnection, message: str, status: str, at: datetime) -> bool:
    """Whether this is told of ``message`` for the first time; it is kept that it was."""
    found = select(receipts.c.message).where(receipts.c.message == message, receipts.c.status == status)
    if (await connection.execute(found)).first() is not None:
        return False
    await connection.execute(insert(receipts).values(message=message, status=status, at=at))
    return True


async def was_told(connection: AsyncConnection, message: str, statuses: Collection[str]) -> bool:
    """Whether one of these was told of ``message`` before."""
    found = select(receipts.c.message).where(receipts.c.message == message, receipts.c.status.in_(statuses))
    return (await connection.execute(found)).first() is not None
