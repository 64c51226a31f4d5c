"""Callbacks and the calls by which they are tried, in the database. What is promised twice, or dialled twice,
its indexes refuse.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.outbox import keep, take_back
from hub.db.tables import callback_tries, callbacks
from hub.domain.callbacks import Callback, State
from hub.domain.outbox import Message

_STANDING = callbacks.c.state.in_((State.OPEN.value, State.DIALLING.value))


class KeyUsedError(Exception):
    """The key stands for another request."""


class StandingError(Exception):
    """The customer has a callback of this queue that has not ended: ``callback``."""

    def __init__(self, callback: Callback) -> None:
        super().__init__(callback.id)
        self.callback = callback


@dataclass(frozen=True, slots=True)
class Try:
    """A call that goes on, or did when the hub last looked. ``id`` is its channel's."""

    id: str
    callback: Callback
    began: datetime


@dataclass(frozen=True, slots=True)
class CallbackStore:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def promise(
        self, callback: Callback, key: str, digest: str, message: Message | None = None
    ) -> Callback:
        """Keep a new callback, once for ``key``; what is kept under it already is returned as it stands now.

        With it goes ``message`` into the outbox: all or nothing, here as in what follows.

        Raises ``KeyUsedError`` where the key stands for another ``digest``, ``StandingError``.
        """
        before = await self._under(callback.made_by, key, digest)
        if before is not None:
            return before
        try:
            async with self.engine.begin() as connection:
                await connection.execute(insert(callbacks).values(**_row(callback), key=key, digest=digest))
                await _tell(connection, message)
        except IntegrityError:
            at_once = await self._under(callback.made_by, key, digest)
            if at_once is not None:
                return at_once
            standing = await self.standing(callback.customer, callback.queue)
            if standing is None:
                raise
            raise StandingError(standing) from None
        return callback

    async def standing(self, customer: str, queue: str) -> Callback | None:
        """The one of the customer in ``queue`` that has not ended."""
        found = await self._select(_STANDING, callbacks.c.customer == customer, callbacks.c.queue == queue)
        return found[0] if found else None

    async def get(self, callback: str) -> Callback | None:
        """One by its id."""
        found = await self._select(callbacks.c.id == callback)
        return found[0] if found else None

    async def open(self) -> tuple[Callback, ...]:
        """All that have not ended, by when they are due."""
        return await self._select(_STANDING)

    async def change(self, before: Callback, after: Callback, message: Message | None = None) -> bool:
        """Keep ``after`` in the place of ``before``; False when it is no more as it was."""
        async with self.engine.begin() as connection:
            if not await _change(connection, before, after):
                return False
            await _tell(connection, message)
            return True

    async def withdraw(self, callback: Callback, message: str) -> bool:
        """Let go of one that was never tried, and of what the CRM was to be told of it; False when it is
        tried by now.
        """
        untried = (
            callbacks.c.id == callback.id,
            callbacks.c.state == State.OPEN.value,
            callbacks.c.tries == 0,
        )
        async with self.engine.begin() as connection:
            if (await connection.execute(delete(callbacks).where(*untried))).rowcount != 1:
                return False
            await take_back(connection, message)
            return True

    async def claim(self, before: Callback, after: Callback, channel: str, now: datetime) -> bool:
        """Keep that ``before`` is dialled on ``channel`` from now on; False when it is no more as it was.

        Nobody may be dialled without.
        """
        row = {"id": channel, "callback": before.id, "number": before.number, "began": now, "result": ""}
        async with self.engine.begin() as connection:
            if not await _change(connection, before, after):
                return False
            await connection.execute(insert(callback_tries).values(**row))
            return True

    async def settle(
        self, channel: str, before: Callback, after: Callback, message: Message | None = None
    ) -> bool:
        """Keep how the try on ``channel`` ended, with what follows; False when that is kept already."""
        running = (callback_tries.c.id == channel, callback_tries.c.result == "")
        ended = update(callback_tries).where(*running).values(result=after.result)
        async with self.engine.begin() as connection:
            if (await connection.execute(ended)).rowcount != 1:
                return False
            if await _change(connection, before, after):
                await _tell(connection, message)
            return True

    async def running(self) -> tuple[Try, ...]:
        """The tries whose end is not kept, the oldest first."""
        query = (
            select(callbacks, callback_tries.c.id.label("channel"), callback_tries.c.began)
            .join(callbacks, callbacks.c.id == callback_tries.c.callback)
            .where(callback_tries.c.result == "")
            .order_by(callback_tries.c.began)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return tuple(Try(row["channel"], _callback(row), row["began"]) for row in rows)

    async def tried(self, channels: Collection[str]) -> dict[str, Callback]:
        """The callbacks that were dialled on ``channels``, by these, as they stand now."""
        query = (
            select(callbacks, callback_tries.c.id.label("channel"))
            .join(callback_tries, callbacks.c.id == callback_tries.c.callback)
            .where(callback_tries.c.id.in_(channels))
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings()
            return {row["channel"]: _callback(row) for row in rows}

    async def tries_since(self, start: datetime) -> int:
        """How many calls were made since ``start``."""
        query = select(func.count()).where(callback_tries.c.began >= start)
        async with self.engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def knows(self, made_by: str, key: str) -> bool:
        """Whether something was kept under ``key``."""
        query = select(callbacks.c.id).where(callbacks.c.made_by == made_by, callbacks.c.key == key)
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).first() is not None

    async def _under(self, made_by: str, key: str, digest: str) -> Callback | None:
        query = select(callbacks).where(callbacks.c.made_by == made_by, callbacks.c.key == key)
        async with self.engine.connect() as connection:
            row = (await connection.execute(query)).mappings().first()
        if row is None:
            return None
        if row["digest"] != digest:
            raise KeyUsedError
        return _callback(row)

    async def _select(self, *conditions: ColumnElement[bool]) -> tuple[Callback, ...]:
        query = select(callbacks).where(*conditions).order_by(callbacks.c.at, callbacks.c.id)
        async with self.engine.connect() as connection:
            return tuple(_callback(row) for row in (await connection.execute(query)).mappings())


async def _change(connection: AsyncConnection, before: Callback, after: Callback) -> bool:
    as_it_was = (
        callbacks.c.id == before.id,
        callbacks.c.state == before.state.value,
        callbacks.c.tries == before.tries,
    )
    changed = await connection.execute(update(callbacks).where(*as_it_was).values(**_row(after)))
    return changed.rowcount == 1


async def _tell(connection: AsyncConnection, message: Message | None) -> None:
    if message is not None:
        await keep(connection, message)


def _row(callback: Callback) -> dict[str, Any]:
    return {
        "id": callback.id,
        "customer": callback.customer,
        "name": callback.name,
        "queue": callback.queue,
        "numbers": list(callback.numbers),
        "language": callback.language,
        "agent": callback.agent,
        "made_by": callback.made_by,
        "words": callback.words,
        "state": callback.state.value,
        "tries": callback.tries,
        "result": callback.result,
        "promised": callback.promised,
        "at": callback.at,
        "made_at": callback.made_at,
    }


def _callback(row: RowMapping) -> Callback:
    return Callback(
        id=row["id"],
        customer=row["customer"],
        queue=row["queue"],
        numbers=tuple(row["numbers"]),
        at=row["at"],
        promised=row["promised"],
        agent=row["agent"],
        made_by=row["made_by"],
        name=row["name"],
        language=row["language"],
        words=row["words"],
        state=State(row["state"]),
        tries=row["tries"],
        result=row["result"],
        made_at=row["made_at"],
    )
