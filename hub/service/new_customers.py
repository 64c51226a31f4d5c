"""Who is not in the CRM, put there by an agent's explicit act, once, and linked to the contact.

Neither HubSpot nor Odoo knows a key that makes a customer be created once. So the same key here is one
customer, an answer that did not come is *unknown* and not asked for again, and who stands in the CRM with
this name and number is linked and not created.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field

import structlog

from edge.text import clean
from edge.tries import Tries
from hub.contract import CardAnswer, CustomerNew
from hub.domain.numbers import normalise
from hub.ports.crm import CrmBusy, CrmDenied, CrmError, CrmNotReached, CrmRefused, NewCustomer
from hub.refusals import CrmSilent, TooMany, Unprocessable
from hub.service.cards import Cards
from hub.service.linking import Linking

log = structlog.get_logger(__name__)

MOST_CREATED = 30
"""By one agent in a quarter of an hour."""
_LONGEST_NAME = 200
_DIALLED = re.compile(r"[+*#]?[0-9]{2,20}", re.ASCII)
_KEPT = 1000
_NOT_DONE = (CrmNotReached, CrmBusy, CrmDenied, CrmRefused)
"""After these it is known that nobody was created."""
_UNKNOWN = "It is not known whether the CRM has created the customer: search for the name first."


@dataclass(slots=True)
class NewCustomers:
    """Everything raises ``hub.refusals.Refusal``."""

    linking: Linking
    cards: Cards
    tries: Tries
    country: str
    _turns: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """One at a time for an agent, so that the same one sent twice meets its own key."""
    _made: OrderedDict[tuple[str, str], str] = field(default_factory=OrderedDict)
    """By agent and key the customer, empty where no answer came."""

    async def create(self, agent: str, contact: str, asked: CustomerNew, key: str) -> CardAnswer:
        """Put them into the CRM, and link them; once for ``key``."""
        self.linking.work.in_hand(agent, contact)
        new = self._read(asked)
        async with self._turns[agent]:
            customer = self._made.get((agent, key)) or await self._once(agent, key, new)
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
        if (agent, key) not in self._made and not self.tries.spend(agent):
            raise TooMany("You have created very many customers; wait some minutes.")
        try:
            there = await self._there(new)
            if not there and (agent, key) in self._made:
                raise Unprocessable(_UNKNOWN)
            self._remember(agent, key, there or await self._create(agent, key, new))
        except CrmError as error:
            words = str(error) if (agent, key) not in self._made else f"{error}. {_UNKNOWN}"
            raise CrmSilent(words) from error
        return self._made[agent, key]

    async def _there(self, new: NewCustomer) -> str:
        found = await self.cards.with_number(new.number) if new.number else ()
        same = (card.customer for card in found if card.name.casefold() == new.name.casefold())
        return next(same, "")

    async def _create(self, agent: str, key: str, new: NewCustomer) -> str:
        self._remember(agent, key, "")
        try:
            customer = await self.cards.create(new, f"{agent} {key}")
        except _NOT_DONE:
            del self._made[agent, key]
            raise
        log.info("customer created", agent=agent, customer=customer)
        return customer

    def _remember(self, agent: str, key: str, customer: str) -> None:
        self._made[agent, key] = customer
        if len(self._made) > _KEPT:
            self._made.popitem(last=False)
