"""What is to leave the hub, in the database: stored before anything is promised, and before it is sent."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.tables import outbox
from hub.domain.outbox import STUCK, Message, State
from hub.ports.message_events import Delivered, Delivery
from hub.ports.messages import Attachment, Content, FileKind, Template, Text

_OPEN = outbox.c.state.in_((State.WAITING.value, State.SENDING.value))
_STUCK = outbox.c.state.in_([state.value for state in STUCK])
_INTERRUPTED = "the hub ended before an answer came"
_AT_ONCE = 500
"""Rows that one statement deletes: nobody waits long for the database meanwhile."""


async def keep(connection: AsyncConnection, message: Message) -> None:
    """Store ``message`` in the transaction of what it follows from.

    Raises ``sqlalchemy.exc.IntegrityError`` where one of its id is stored.
    """
    await connection.execute(insert(outbox).values(**_row(message)))


async def take_back(connection: AsyncConnection, message: str) -> bool:
    """Let go of one that was never tried, in the transaction of what it followed from; False when it is tried
    by now, or is none.
    """
    untried = (outbox.c.id == message, outbox.c.state == State.WAITING.value, outbox.c.tries == 0)
    return (await connection.execute(delete(outbox).where(*untried))).rowcount == 1


async def told_delivered(connection: AsyncConnection, delivery: Delivery) -> None:
    """Keep what the provider tells of a message: it decides what no answer did.

    One of which nobody knew has been sent. One that was taken, and then not brought, was not: it is stuck.
    """
    asked = (State.SENDING.value, State.UNKNOWN.value)
    own = outbox.c.id == delivery.reference
    if delivery.status is Delivered.FAILED:
        stands = outbox.c.state.in_((*asked, State.SENT.value))
        told = {"state": State.GIVEN_UP.value, "code": delivery.code, "words": delivery.words}
    else:
        stands = outbox.c.state.in_(asked)
        told = {"state": State.SENT.value, "code": 0, "words": ""}
    changed = update(outbox).where(own, stands).values(provider_id=delivery.id, **told)
    await connection.execute(changed)


@dataclass(frozen=True, slots=True)
class OutboxStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def put(self, message: Message) -> bool:
        """Store a new one; False when one of its id is stored already."""
        try:
            async with self.engine.begin() as connection:
                await keep(connection, message)
        except IntegrityError:
            if await self.get(message.id) is None:
                raise
            return False
        return True

    async def get(self, message: str) -> Message | None:
        """One by its id."""
        found = await self._select(outbox.c.id == message)
        return found[0] if found else None

    async def unsent(self, messages: Collection[str]) -> dict[str, Message]:
        """Those of these ids that are stored and not sent."""
        found = await self._select(outbox.c.id.in_(messages), outbox.c.state != State.SENT.value)
        return {one.id: one for one in found}

    async def open(self) -> tuple[Message, ...]:
        """All that have not ended, in the order in which they were stored."""
        return await self._select(_OPEN)

    async def open_ids(self) -> tuple[str, ...]:
        """Of the same, the ids alone: cheap enough to be asked for again and again."""
        query = select(outbox.c.id).where(_OPEN).order_by(outbox.c.serial)
        async with self.engine.connect() as connection:
            return tuple((await connection.execute(query)).scalars())

    async def change(self, message: Message) -> bool:
        """Keep how ``message`` stands now; False when it has ended, or was never made."""
        changed = update(outbox).where(outbox.c.id == message.id, _OPEN).values(**_row(message))
        async with self.engine.begin() as connection:
            return (await connection.execute(changed)).rowcount == 1

    async def withdraw(self, message: str) -> bool:
        """Let go of one that was never tried; False when it is tried by now."""
        async with self.engine.begin() as connection:
            return await take_back(connection, message)

    async def interrupted(self, repeated: Collection[tuple[str, str]] = ()) -> int:
        """What the last hub was sending when it ended waits again where its channel and template are
        ``repeated``. Of the rest nobody knows; how many those are.
        """
        left = update(outbox).where(outbox.c.state == State.SENDING.value)
        unknown = {"state": State.UNKNOWN.value, "words": _INTERRUPTED, "code": 0}
        async with self.engine.begin() as connection:
            again = left.where(tuple_(outbox.c.channel, outbox.c.template).in_(repeated))
            await connection.execute(again.values(state=State.WAITING.value))
            return (await connection.execute(left.values(**unknown))).rowcount

    async def made_since(self, start: datetime, channel: str, recipient: str = "") -> int:
        """How many templates of ``channel`` were stored since ``start``, for everybody or for one: each is
        paid for, while what follows a customer's own message is not.
        """
        conditions = [outbox.c.made_at >= start, outbox.c.channel == channel, outbox.c.template != ""]
        if recipient:
            conditions.append(outbox.c.recipient == recipient)
        async with self.engine.connect() as connection:
            return int((await connection.execute(select(func.count()).where(*conditions))).scalar_one())

    async def stuck(self) -> dict[State, int]:
        """How many stay as they are until somebody decides."""
        query = select(outbox.c.state, func.count()).where(_STUCK).group_by(outbox.c.state)
        async with self.engine.connect() as connection:
            return {State(state): count for state, count in (await connection.execute(query)).all()}

    async def clear(self, made_before: datetime) -> int:
        """Delete some of those sent that were made before then, the oldest first; how many it were."""
        old = select(outbox.c.serial).where(
            outbox.c.state == State.SENT.value, outbox.c.made_at < made_before
        )
        some = old.order_by(outbox.c.serial).limit(_AT_ONCE)
        async with self.engine.begin() as connection:
            return (await connection.execute(delete(outbox).where(outbox.c.serial.in_(some)))).rowcount

    async def _select(self, *conditions: ColumnElement[bool]) -> tuple[Message, ...]:
        query = select(outbox).where(*conditions).order_by(outbox.c.serial)
        async with self.engine.connect() as connection:
            return tuple(_message(row) for row in (await connection.execute(query)).mappings())


def _row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "channel": message.channel,
        "recipient": message.recipient,
        **_of_content(message.content),
        "contact": message.contact,
        "made_at": message.made_at,
        "at": message.at,
        "state": message.state.value,
        "tries": message.tries,
        "provider_id": message.provider_id,
        "code": message.code,
        "words": message.words,
        "aliases": list(message.aliases),
    }


def _of_content(content: Content) -> dict[str, Any]:
    """What has no template is told by the first parameter: its kind."""
    match content:
        case Template(name, language, parameters):
            return {"template": name, "language": language, "parameters": list(parameters)}
        case Text(body):
            parameters = ("text", body)
        case Attachment(kind, media, caption, file_name):
            parameters = (kind.value, media, caption, file_name)
    return {"template": "", "language": "", "parameters": list(parameters)}


def _content(row: RowMapping) -> Content:
    match row["template"], row["parameters"]:
        case "", ["text", str(body)]:
            return Text(body)
        case "", [str(kind), str(media), str(caption), str(file_name)]:
            return Attachment(FileKind(kind), media, caption, file_name)
    return Template(row["template"], row["language"], tuple(row["parameters"]))


def _message(row: RowMapping) -> Message:
    return Message(
        id=row["id"],
        channel=row["channel"],
        recipient=row["recipient"],
        content=_content(row),
        contact=row["contact"],
        made_at=row["made_at"],
        at=row["at"],
        state=State(row["state"]),
        tries=row["tries"],
        provider_id=row["provider_id"],
        code=row["code"],
        words=row["words"],
        aliases=tuple(row["aliases"]),
    )
