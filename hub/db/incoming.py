"""What comes of customers' messages and of news about the hub's, in the transaction that reads them."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import RowMapping, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db.tables import conversations, written
from hub.db.written import tick
from hub.domain.conversations import Tick
from hub.ports.message_events import Delivery, Incoming, Writer


async def keep_incoming(connection: AsyncConnection, message: Incoming, queue: str) -> str:
    """Put what a customer wrote into their conversation, which begins in ``queue`` where there is none; the
    conversation's id.
    """
    found = await _of_writer(connection, message.writer)
    name = found["id"] if found else await _begin(connection, message, queue)
    await connection.execute(insert(written).values(conversation=name, **_row(message)))
    at = message.at
    times = {
        "written_at": max(at, found["written_at"] or at) if found else at,
        "changed_at": max(at, found["changed_at"]) if found else at,
    }
    times |= {} if found and found["opted_in_at"] else {"opted_in_at": at}
    writer = message.writer
    told = {"number": writer.number, "user_id": writer.user_id, "name": writer.name}
    known = {column: value for column, value in told.items() if value}
    row = update(conversations).where(conversations.c.id == name)
    await connection.execute(row.values(unread=conversations.c.unread + 1, **times, **known))
    return name


async def keep_tick(connection: AsyncConnection, delivery: Delivery) -> str | None:
    """Put down how far a message of a conversation came; the conversation's id where that is news."""
    if not delivery.reference:
        return None
    said = Tick(delivery.status.value)
    return await tick(connection, delivery.reference, said, delivery.code, delivery.words)


async def _of_writer(connection: AsyncConnection, writer: Writer) -> RowMapping | None:
    """The customer's: by the id that stays with them, else by the number."""
    conditions = [
        column == value
        for column, value in (
            (conversations.c.user_id, writer.user_id),
            (conversations.c.number, writer.number),
        )
        if value
    ]
    query = select(conversations).where(or_(*conditions)).order_by(conversations.c.changed_at.desc())
    rows = (await connection.execute(query)).mappings().all()
    same = [row for row in rows if writer.user_id and row["user_id"] == writer.user_id]
    others = [row for row in rows if not (row["user_id"] and writer.user_id)]
    return next(iter([*same, *others]), None)


async def _begin(connection: AsyncConnection, message: Incoming, queue: str) -> str:
    name = secrets.token_hex(16)
    row = {
        "id": name,
        "number": message.writer.number,
        "user_id": message.writer.user_id,
        "name": message.writer.name,
        "queue": queue,
        "agent": "",
        "written_at": message.at,
        "opted_in_at": message.at,
        "changed_at": message.at,
        "unread": 0,
    }
    await connection.execute(insert(conversations).values(**row))
    return name


def _row(message: Incoming) -> dict[str, Any]:
    file = message.file
    return {
        "id": message.id,
        "at": message.at,
        "agent": "",
        "kind": message.kind,
        "text": message.text,
        "media": file.media if file else "",
        "media_type": file.media_type if file else "",
        "file_name": file.name if file else "",
        "status": "",
        "code": 0,
        "words": "",
    }
