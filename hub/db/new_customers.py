"""What the database keeps of customers whom agents put into the CRM: under which key, and who it became."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.tables import new_customers
from hub.ports.crm import NewCustomer

_KEPT = timedelta(days=30)
"""No desk sends the same again after so long."""


class Asked(StrEnum):
    """How far a customer came."""

    ASKED = "asked"
    """The CRM was asked, or was about to be: whether they are there is not known."""
    THERE = "there"


@dataclass(frozen=True, slots=True)
class NewCustomerRow:
    """``customer`` is the CRM's id of who is there, else empty."""

    new: NewCustomer
    state: Asked
    customer: str


@dataclass(frozen=True, slots=True)
class NewCustomerStore:
    """One row for each agent's key. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def get(self, agent: str, key: str) -> NewCustomerRow | None:
        """What was asked for under ``key``."""
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(new_customers).where(_is(agent, key)))).one_or_none()
        if row is None:
            return None
        return NewCustomerRow(NewCustomer(row.name, row.number), Asked(row.state), row.customer)

    async def asks(self, agent: str, key: str, new: NewCustomer, now: datetime) -> None:
        """The CRM is about to be asked, for the first time under ``key``. What is old is forgotten."""
        row = {"agent": agent, "key": key, "name": new.name, "number": new.number, "at": now}
        async with self.engine.begin() as connection:
            await connection.execute(delete(new_customers).where(new_customers.c.at < now - _KEPT))
            await connection.execute(insert(new_customers), {**row, "state": Asked.ASKED, "customer": ""})

    async def is_there(self, agent: str, key: str, customer: str) -> None:
        """The CRM has them by this id."""
        found = update(new_customers).where(_is(agent, key))
        async with self.engine.begin() as connection:
            await connection.execute(found.values(state=Asked.THERE, customer=customer))

    async def drop(self, agent: str, key: str) -> None:
        """Nobody was asked for after all."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(new_customers).where(_is(agent, key)))


def _is(agent: str, key: str) -> ColumnElement[bool]:
    return and_(new_customers.c.agent == agent, new_customers.c.key == key)
