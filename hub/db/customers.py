"""Customers of the built-in CRM, their open matters and what was spoken before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.elements import literal

from hub.db.tables import contacts, customer_numbers, customers, matters, past_contacts
from hub.db.upsert import upsert

_HISTORY = 20
"""Past contacts a card shows."""
_MOST_NAMED = 20
"""Customers that a name finds."""


@dataclass(frozen=True, slots=True)
class MatterRow:
    """An open matter to import, or of the hub's own, which is a ``queue``'s to do."""

    customer: str
    reference: str
    title: str
    opened: datetime
    status: str
    queue: str = ""


@dataclass(frozen=True, slots=True)
class PastRow:
    """A past contact to import."""

    customer: str
    at: datetime
    channel: str
    summary: str
    agent: str


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """A customer to import. ``fields`` are shown on the card in order; ``facts`` fill scripts."""

    id: str
    name: str
    language: str
    numbers: tuple[str, ...]
    segment: str = ""
    city: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """All that the tables hold of one customer, rows as mappings."""

    customer: RowMapping
    numbers: tuple[str, ...]
    matters: Sequence[RowMapping]
    history: Sequence[RowMapping]


@dataclass(frozen=True, slots=True)
class CustomerStore:
    """Reads and imports customers. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def with_number(self, number: str) -> tuple[Found, ...]:
        """The customers who have ``number``, by id."""
        query = (
            select(customers)
            .join(customer_numbers, customer_numbers.c.customer == customers.c.id)
            .where(customer_numbers.c.number == number)
            .order_by(customers.c.id)
        )
        return await self._all(query)

    async def with_digits(self, digits: str) -> tuple[Found, ...]:
        """The customers whose id or a matter's reference has just these digits, whatever stands between."""
        like = f"%{'%'.join(digits)}%"
        keys = union_all(
            select(customers.c.id.label("key"), customers.c.id).where(customers.c.id.like(like)),
            select(matters.c.reference, matters.c.customer).where(matters.c.reference.like(like)),
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(keys)).all()
            ids = {customer for key, customer in rows if _digits(key) == digits}
            query = select(customers).where(customers.c.id.in_(sorted(ids))).order_by(customers.c.id)
            named = (await connection.execute(query)).mappings().all() if ids else ()
            return tuple([await _found(connection, row) for row in named])

    async def with_id(self, customer: str) -> tuple[Found, ...]:
        """The customer with this id, if there is one."""
        return await self._all(select(customers).where(customers.c.id == customer))

    async def with_words(self, words: Sequence[str]) -> tuple[Found, ...]:
        """Some of the customers whose name has all of ``words`` in it, by name."""
        if not words:
            return ()
        named = [customers.c.name.icontains(word, autoescape=True) for word in words]
        return await self._all(
            select(customers).where(*named).order_by(customers.c.name, customers.c.id).limit(_MOST_NAMED)
        )

    async def _all(self, query: Select[Any]) -> tuple[Found, ...]:
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
            return tuple([await _found(connection, row) for row in rows])

    async def count(self) -> int:
        """How many customers there are."""
        async with self.engine.connect() as connection:
            return (await connection.execute(select(func.count()).select_from(customers))).scalar_one()

    async def ids(self) -> frozenset[str]:
        """All customers' ids."""
        async with self.engine.connect() as connection:
            return frozenset((await connection.scalars(select(customers.c.id))).all())

    async def put(
        self,
        people: Sequence[CustomerRow],
        open_matters: Sequence[MatterRow] = (),
        history: Sequence[PastRow] = (),
    ) -> None:
        """Import all or nothing; a customer, matter or past contact that is there already is replaced."""
        async with self.engine.begin() as connection:
            await _put_customers(connection, people)
            await _replace(connection, matters, open_matters, ("reference",))
            await _replace(connection, past_contacts, history, ("customer", "at", "channel"))


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isdigit())


async def _found(connection: AsyncConnection, customer: RowMapping) -> Found:
    key = customer["id"]
    numbers = select(customer_numbers.c.number).where(customer_numbers.c.customer == key)
    open_matters = select(matters).where(matters.c.customer == key, _open()).order_by(matters.c.opened.desc())
    return Found(
        customer=customer,
        numbers=tuple((await connection.scalars(numbers.order_by(customer_numbers.c.position))).all()),
        matters=(await connection.execute(open_matters)).mappings().all(),
        history=(await connection.execute(_history(key))).mappings().all(),
    )


def _open() -> ColumnElement[bool]:
    """Whether a matter is to be done still: its queue has wrapped up no talk with the customer since."""
    talked = exists().where(
        contacts.c.customer == matters.c.customer,
        contacts.c.queue == matters.c.queue,
        contacts.c.connected_at > matters.c.opened,
        contacts.c.wrapped_up_at.is_not(None),
    )
    return or_(matters.c.queue == "", ~talked)


def _history(customer: str) -> Any:
    """Imported past contacts and the hub's own wrapped-up ones, newest first."""
    imported = select(
        past_contacts.c.at, past_contacts.c.channel, past_contacts.c.summary, past_contacts.c.agent
    ).where(past_contacts.c.customer == customer)
    own = select(
        contacts.c.joined_at.label("at"),
        literal("call").label("channel"),
        contacts.c.note.label("summary"),
        contacts.c.agent,
    ).where(contacts.c.customer == customer, contacts.c.wrapped_up_at.is_not(None))
    both = union_all(imported, own).subquery()
    return select(both).order_by(both.c.at.desc()).limit(_HISTORY)


async def _put_customers(connection: AsyncConnection, people: Sequence[CustomerRow]) -> None:
    """A known customer is updated in place: matters and history hang on the row."""
    rows = [_customer_values(person) for person in people]
    if rows:
        await connection.execute(upsert(connection, customers), rows)
    await _put_numbers(connection, people)


async def _put_numbers(connection: AsyncConnection, people: Sequence[CustomerRow]) -> None:
    owners = [{"owner": person.id} for person in people]
    if owners:
        theirs = customer_numbers.c.customer == bindparam("owner")
        await connection.execute(delete(customer_numbers).where(theirs), owners)
    rows = [
        {"customer": person.id, "number": number, "position": position}
        for person in people
        for position, number in enumerate(person.numbers)
    ]
    if rows:
        await connection.execute(insert(customer_numbers), rows)


async def _replace(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[MatterRow] | Sequence[PastRow],
    key: tuple[str, ...],
) -> None:
    """Of rows with the same key the last one stays."""
    values = {tuple(getattr(row, name) for name in key): _values(row) for row in rows}
    if values:
        there = [table.c[name] == bindparam(f"there_{name}") for name in key]
        keys = [{f"there_{name}": row[name] for name in key} for row in values.values()]
        await connection.execute(delete(table).where(*there), keys)
        await connection.execute(insert(table), list(values.values()))


def _customer_values(person: CustomerRow) -> dict[str, Any]:
    return {
        "id": person.id,
        "name": person.name,
        "language": person.language,
        "segment": person.segment,
        "city": person.city,
        "fields": [list(pair) for pair in person.fields],
        "facts": person.facts,
    }


def _values(row: MatterRow | PastRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}
