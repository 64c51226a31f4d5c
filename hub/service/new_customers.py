"""Who is not in the CRM, put there by an agent's explicit act, once, and linked to the contact.

Neither HubSpot nor Odoo knows a key that makes a customer be created once. So a key is stored before the CRM
is asked, and again with who it became. One without an end (no answer came, or the hub was killed meanwhile)
is looked for: by the key where the CRM holds it, else by name and number. Where neither tells, the customer
is *unknown* and not asked for again. Who stands in the CRM with this name and number is linked, not created.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from edge.tries import Tries
from hub.contract import CardAnswer, CustomerNew
from hub.db.new_customers import NewCustomerStore
from hub.domain.numbers import normalise
from hub.ports.crm import CrmBusy, CrmDenied, CrmError, CrmNotReached, CrmRefused, NewCustomer
from hub.refusals import CrmSilent, NotStored, TooMany, Unprocessable
from hub.service.cards import Cards
from hub.service.linking import Linking

log = structlog.get_logger(__name__)

MOST_CREATED = 30
"""By one agent in a quarter of an hour."""
_LONGEST_NAME = 200
_DIALLED = re.compile(r"[+*#]?[0-9]{2,20}", re.ASCII)
_NOT_DONE = (CrmNotReached, CrmBusy, CrmDenied, CrmRefused)
"""After these it is known that nobody was created."""
_UNKNOWN = "It is not known whether the CRM has created the customer: search for the name first."


@dataclass(slots=True)
class NewCustomers:
    """Everything raises ``hub.refusals.Refusal``."""

    linking: Linking
    cards: Cards
    tries: Tries
    store: NewCustomerStore
    country: str
    now: Callable[[], datetime]
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """One at a time for an agent, so that the same one sent twice meets its own key."""

    async def create(self, agent: str, contact: str, asked: CustomerNew, key: str) -> CardAnswer:
        """Put them into the CRM, and link them; once for ``key``."""
        self.linking.work.in_hand(agent, contact)
        new = self._read(asked)
        async with self._turns[agent]:
            customer = await self._once(agent, key, new)
        return await self.linking.link(agent, contact, customer)

    def _read(self, asked: CustomerNew) -> NewCustomer:
        name = " ".join(clean(asked.name, limit=_LONGEST_NAME).split())
        typed = clean(asked.number).strip()
        number = normalise(typed, self.country) if typed else ""
        if not name:
            raise Unprocessable("Type the customer's name.")
        if number and not _DIALLED.fullmatch(number):
            raise Unprocessable("This is no telephone number.")
        return NewCustomer(name, number or "")

    async def _once(self, agent: str, key: str, new: NewCustomer) -> str:
        try:
            known = await self.store.get(agent, key)
            if known is None:
                return await self._first(agent, key, new)
            if known.new != new:
                raise Unprocessable("This Idempotency-Key was used for another customer.")
            return known.customer or await self._again(agent, key, new)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store it; try again.") from error

    async def _first(self, agent: str, key: str, new: NewCustomer) -> str:
        if not self.tries.spend(agent):
            raise TooMany("You have created very many customers; wait some minutes.")
        try:
            there = await self._alike(new)
        except CrmError as error:
            raise CrmSilent(str(error)) from error
        if there:
            return there
        await self.store.asks(agent, key, new, self.now())
        try:
            return await self._create(agent, key, new)
        except _NOT_DONE as error:
            await self.store.drop(agent, key)
            raise CrmSilent(str(error)) from error
        except CrmError as error:
            raise CrmSilent(f"{error}. {_UNKNOWN}") from error

    async def _again(self, agent: str, key: str, new: NewCustomer) -> str:
        """The CRM was asked and no answer is known: who is there is taken, and nobody created where the CRM
        cannot tell whether they are.
        """
        try:
            made = await self.cards.created(_name_of(agent, key))
            there = made or await self._alike(new)
            if there:
                await self.store.is_there(agent, key, there)
                return there
            if made is None:
                raise Unprocessable(_UNKNOWN)
            return await self._create(agent, key, new)
        except CrmError as error:
            raise CrmSilent(f"{error}. {_UNKNOWN}") from error

    async def _alike(self, new: NewCustomer) -> str:
        """Who stands in the CRM with this name and number."""
        found = await self.cards.with_number(new.number, whole=False) if new.number else ()
        same = (card.customer for card in found if card.name.casefold() == new.name.casefold())
        return next(same, "")

    async def _create(self, agent: str, key: str, new: NewCustomer) -> str:
        customer = await self.cards.create(new, _name_of(agent, key))
        log.info("customer created", agent=agent, customer=customer)
        await self.store.is_there(agent, key, customer)
        return customer


def _name_of(agent: str, key: str) -> str:
    """The key as the CRM is told it: another agent's is another."""
    return f"{agent} {key}"
