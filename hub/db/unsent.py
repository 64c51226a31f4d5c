"""Messages that are not sent, for an administrator: what there is, and what is to become of it.

A hub may be sending meanwhile. It stores that it sends before it does, and each act here is of a message
that stands otherwise at that very moment: of the two one finds that it came too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.audit import record
from hub.db.tables import callbacks, contacts, outbox
from hub.domain.outbox import STUCK, State


@dataclass(frozen=True, slots=True)
class Unsent:
    """One message. ``queue`` is where its caller waited, or that of its callback; empty where that is not
    known any more.
    """

    id: str
    channel: str
    template: str
    state: State
    queue: str
    recipient: str
    made_at: datetime
    at: datetime
    tries: int
    code: int
    words: str
    aliases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnsentStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``. Who acts is written with the act."""

    engine: AsyncEngine

    async def all(self) -> tuple[Unsent, ...]:
        """All that is not sent, in the order in which it was stored."""
        visits = select(contacts.c.queue).where(contacts.c.id == outbox.c.contact)
        waited = visits.order_by(contacts.c.visit.desc()).limit(1).scalar_subquery()
        owed = select(callbacks.c.queue).where(callbacks.c.id == outbox.c.contact).scalar_subquery()
        named = (outbox.c.id, outbox.c.channel, outbox.c.template, outbox.c.state, outbox.c.recipient)
        told = (
            outbox.c.made_at,
            outbox.c.at,
            outbox.c.tries,
            outbox.c.code,
            outbox.c.words,
            outbox.c.aliases,
        )
        query = (
            select(*named, *told, func.coalesce(waited, owed, "").label("queue"))
            .where(outbox.c.state != State.SENT.value)
            .order_by(outbox.c.serial)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(_unsent(row) for row in rows)

    async def resend(self, message: str, by: str, now: datetime) -> bool:
        """Have a stuck one sent as if it were made now; False when it is none, or not stuck.

        Its tries and its age begin anew, and it counts against the limits of today.
        """
        again = {"state": State.WAITING.value, "tries": 0, "made_at": now, "at": now}
        async with self.engine.begin() as connection:
            changed = update(outbox).where(outbox.c.id == message, _stands(*STUCK)).values(**again)
            if (await connection.execute(changed)).rowcount != 1:
                return False
            await record(connection, by, "message resent", message, "", now)
        return True

    async def drop(self, message: str, by: str, now: datetime) -> bool:
        """Let go of one that is not sent and not being sent; False when there is none such."""
        gone = delete(outbox).where(outbox.c.id == message, _stands(*STUCK, State.WAITING))
        async with self.engine.begin() as connection:
            if (await connection.execute(gone)).rowcount != 1:
                return False
            await record(connection, by, "message dropped", message, "", now)
        return True

    async def state(self, message: str) -> State | None:
        """Where a message stands; None where there is none."""
        async with self.engine.connect() as connection:
            found = await connection.scalar(select(outbox.c.state).where(outbox.c.id == message))
        return State(found) if found is not None else None


def _unsent(row: RowMapping) -> Unsent:
    return Unsent(**{**row, "state": State(row["state"]), "aliases": tuple(row["aliases"])})


def _stands(*states: State) -> ColumnElement[bool]:
    return outbox.c.state.in_([state.value for state in states])
