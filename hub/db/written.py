"""What was said in conversations, in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db.tables import written
from hub.domain.conversations import BEFORE, Said, Tick


async def keep_said(connection: AsyncConnection, said: Said) -> None:
    """Store what the hub says to a customer. Raises ``sqlalchemy.exc.IntegrityError`` where it is stored."""
    await connection.execute(insert(written).values(**_row(said)))


async def tick(connection: AsyncConnection, message: str, said: Tick, code: int, words: str) -> str | None:
    """Put down how far ``message`` came; the conversation's id where that is news."""
    told = {"status": said.value, "code": code, "words": words}
    before = written.c.status.in_([one.value for one in BEFORE[said]])
    changed = await connection.execute(update(written).where(written.c.id == message, before).values(**told))
    if changed.rowcount != 1:
        return None
    query = select(written.c.conversation).where(written.c.id == message)
    return str((await connection.execute(query)).scalar_one())


def said_of(row: RowMapping) -> Said:
    """What a row holds."""
    return Said(
        id=row["id"],
        conversation=row["conversation"],
        at=row["at"],
        agent=row["agent"],
        kind=row["kind"],
        text=row["text"],
        media_type=row["media_type"],
        file_name=row["file_name"],
        media=row["media"],
        status=row["status"],
        words=row["words"],
    )


def _row(said: Said) -> dict[str, Any]:
    return {
        "id": said.id,
        "conversation": said.conversation,
        "at": said.at,
        "agent": said.agent,
        "kind": said.kind,
        "text": said.text,
        "media": said.media,
        "media_type": said.media_type,
        "file_name": said.file_name,
        "status": said.status,
        "code": 0,
        "words": said.words,
    }
