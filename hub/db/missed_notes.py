"""Notes of contacts that rang at an agent who did not talk in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.outbox import keep
from hub.db.tables import missed_notes, wrap_ups
from hub.db.upsert import upsert
from hub.domain.outbox import Message


@dataclass(frozen=True, slots=True)
class MissedNote:
    """All that ``agent`` noted of ``contact``; what they left last with it stands as ``disposition``."""

    agent: str
    contact: str
    visit: int
    customer: str
    note: str
    disposition: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MissedNoteStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def of(self, agent: str, contact: str) -> MissedNote | None:
        """What the agent noted of the contact so far."""
        mine = (missed_notes.c.agent == agent, missed_notes.c.contact == contact)
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(missed_notes).where(*mine))).mappings().first()
        return MissedNote(**row) if row else None

    async def keep(self, note: MissedNote, key: str, digest: str, message: Message | None) -> None:
        """Store it with the idempotency key it was asked under and what is to leave the hub because of it:
        all or nothing.
        """
        row = {column.name: getattr(note, column.name) for column in missed_notes.c}
        asked = {"agent": note.agent, "key": key, "contact": note.contact, "visit": note.visit}
        async with self.engine.begin() as connection:
            await connection.execute(insert(wrap_ups), {**asked, "digest": digest, "at": note.at})
            await connection.execute(upsert(connection, missed_notes), row)
            if message is not None:
                await keep(connection, message)
