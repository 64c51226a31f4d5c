"""Conversations with customers, in the database: whose they are, and what is said in them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.outbox import keep
from hub.db.tables import conversations, outbox, written
from hub.db.written import keep_said, said_of, tick
from hub.domain.conversations import OF_STATE, Conversation, Said, Tick
from hub.domain.outbox import Message, State

_GONE = "it was taken out of the outbox"


@dataclass(frozen=True, slots=True)
class ConversationStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine
    beginning: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False)
    """Held from where a customer's is looked for until it has begun: no key of the table can say that two
    writers are one, since numbers pass from one person to another.
    """

    async def get(self, name: str) -> Conversation | None:
        """One by its id."""
        found = await self._select(conversations.c.id == name, 1)
        return found[0] if found else None

    async def of(self, agent: str, queues: Collection[str], most: int) -> tuple[Conversation, ...]:
        """The agent's own and those of ``queues`` that are nobody's, the last to change first."""
        free = and_(conversations.c.agent == "", conversations.c.queue.in_(queues))
        return await self._select(or_(conversations.c.agent == agent, free), most)

    async def said(self, name: str, most: int) -> tuple[Said, ...]:
        """What was said in one at last, in the order in which it came."""
        query = select(written).where(written.c.conversation == name)
        query = query.order_by(written.c.serial.desc()).limit(most)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(said_of(row) for row in reversed(rows))

    async def message(self, name: str) -> Said | None:
        """One message by its id."""
        async with self.engine.connect() as connection:
            query = select(written).where(written.c.id == name)
            row = (await connection.execute(query)).mappings().first()
        return said_of(row) if row else None

    async def hand_over(self, name: str, old: str, new: str) -> bool:
        """Make it ``new``'s; False where it is not ``old``'s any more."""
        row = update(conversations).where(conversations.c.id == name, conversations.c.agent == old)
        async with self.engine.begin() as connection:
            return (await connection.execute(row.values(agent=new))).rowcount == 1

    async def end_unsaid(self, name: str, agent: str) -> bool:
        """Delete one of ``agent``'s in which nothing was said; False where something was."""
        said = exists().where(written.c.conversation == conversations.c.id)
        own = (conversations.c.id == name, conversations.c.agent == agent)
        async with self.beginning, self.engine.begin() as connection:
            return (await connection.execute(delete(conversations).where(*own, ~said))).rowcount == 1

    async def seen(self, name: str, message: str) -> bool:
        """It has been read up to ``message``; False where that is nothing new."""
        read = select(written.c.serial).where(written.c.id == message).scalar_subquery()
        later = select(func.count()).where(
            written.c.conversation == name, written.c.status == "", written.c.serial > read
        )
        async with self.engine.begin() as connection:
            left = int((await connection.execute(later)).scalar_one())
            row = update(conversations).where(conversations.c.id == name, conversations.c.unread > left)
            return (await connection.execute(row.values(unread=left))).rowcount == 1

    async def with_number(self, number: str, queue: str, name: str, now: datetime) -> Conversation:
        """The one with who has this number; where there is none it begins, with who is called ``name``."""
        async with self.beginning, self.engine.begin() as connection:
            found = await _of_number(connection, number, queue, now, name)
            query = select(conversations).where(conversations.c.id == found)
            return _conversation((await connection.execute(query)).mappings().one())

    async def agreed(self, name: str, now: datetime) -> None:
        """The customer has said that they may be written to; the first time counts."""
        row = update(conversations).where(conversations.c.id == name, conversations.c.opted_in_at.is_(None))
        async with self.engine.begin() as connection:
            await connection.execute(row.values(opted_in_at=now))

    async def say(self, said: Said, message: Message) -> bool:
        """Store what an agent says with what is to leave the hub; False where it is stored already, or the
        conversation is no more.
        """
        row = update(conversations).where(conversations.c.id == said.conversation)
        try:
            async with self.engine.begin() as connection:
                if (await connection.execute(row.values(changed_at=said.at))).rowcount != 1:
                    return False
                await keep(connection, message)
                await keep_said(connection, said)
        except IntegrityError:
            if await self.message(said.id) is None:
                raise
            return False
        return True

    async def tick(self, message: Message) -> str | None:
        """Put down where a message stands in the outbox; the conversation's id where that is news."""
        said = OF_STATE.get(message.state)
        if said is None:
            return None
        async with self.engine.begin() as connection:
            return await tick(connection, message.id, said, message.code, message.words)

    async def asked_for(self, message: Message, queue: str, text: str, now: datetime) -> str:
        """A caller asked to be written to, and ``message`` is promised, once: their conversation's id."""
        known = await self.message(message.id)
        if known is not None:
            return known.conversation
        async with self.beginning, self.engine.begin() as connection:
            name = await _of_number(connection, message.recipient, queue, now)
            row = update(conversations).where(conversations.c.id == name)
            await connection.execute(row.values(opted_in_at=now, changed_at=now))
            await keep_said(
                connection, Said(message.id, name, now, "", "template", text, status=Tick.WAITING.value)
            )
        return name

    async def take_back(self, message: str) -> None:
        """It was withdrawn, so it was never said; where nothing else was, no conversation began."""
        said = exists().where(written.c.conversation == conversations.c.id)
        async with self.engine.begin() as connection:
            await connection.execute(delete(written).where(written.c.id == message))
            await connection.execute(delete(conversations).where(~said))

    async def clear(self, before: datetime) -> int:
        """Forget those in which nothing was said since then; how many it were."""
        old = select(conversations.c.id).where(conversations.c.changed_at < before)
        async with self.engine.begin() as connection:
            await connection.execute(delete(written).where(written.c.conversation.in_(old)))
            gone = delete(conversations).where(conversations.c.changed_at < before)
            return (await connection.execute(gone)).rowcount

    async def within(self, agents: Collection[str], queues: Collection[str], queue: str) -> int:
        """Make those of anybody but ``agents`` nobody's, and those of any queue but ``queues`` ``queue``'s;
        how many it were.
        """
        theirs = update(conversations).where(conversations.c.agent.not_in(("", *agents)))
        elsewhere = update(conversations).where(conversations.c.queue.not_in(queues))
        async with self.engine.begin() as connection:
            freed = (await connection.execute(theirs.values(agent=""))).rowcount
            return freed + (await connection.execute(elsewhere.values(queue=queue))).rowcount

    async def catch_up(self) -> int:
        """Put down what the last hub did not of messages that have ended; how many those were."""
        waiting = select(written.c.id, outbox.c.state, outbox.c.code, outbox.c.words)
        waiting = waiting.outerjoin(outbox, outbox.c.id == written.c.id)
        waiting = waiting.where(written.c.status == Tick.WAITING.value)
        async with self.engine.begin() as connection:
            rows = (await connection.execute(waiting)).mappings().all()
            ended = [row for row in rows if row["state"] not in {State.WAITING.value, State.SENDING.value}]
            for row in ended:
                said = OF_STATE[State(row["state"])] if row["state"] else Tick.FAILED
                await tick(connection, row["id"], said, row["code"] or 0, row["words"] or _GONE)
        return len(ended)

    async def _select(self, condition: ColumnElement[bool], most: int) -> tuple[Conversation, ...]:
        query = select(conversations).where(condition).order_by(conversations.c.changed_at.desc()).limit(most)
        async with self.engine.connect() as connection:
            return tuple(_conversation(row) for row in (await connection.execute(query)).mappings())


async def _of_number(
    connection: AsyncConnection, number: str, queue: str, now: datetime, called: str = ""
) -> str:
    """The conversation with who has this number, which begins where there is none."""
    query = select(conversations.c.id).where(conversations.c.number == number)
    found = (await connection.execute(query.order_by(conversations.c.changed_at.desc()))).scalars().first()
    if found is not None:
        return str(found)
    name = secrets.token_hex(16)
    row = {"id": name, "number": number, "user_id": "", "name": called, "queue": queue, "agent": ""}
    await connection.execute(insert(conversations).values(**row, changed_at=now, unread=0))
    return name


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        number=row["number"],
        user_id=row["user_id"],
        name=row["name"],
        queue=row["queue"],
        agent=row["agent"],
        written_at=row["written_at"],
        opted_in_at=row["opted_in_at"],
        changed_at=row["changed_at"],
        unread=row["unread"],
    )
