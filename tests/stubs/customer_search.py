"""Customers of a CRM behind a hub in memory: found by a piece of the name or of a number, linked by id."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from agent_tui.ports import HubRefused
from hub import contract as c


class StubCustomers:
    """``agent_tui.ports.CustomersPort``. What is ``delay``ed is answered later."""

    def __init__(
        self,
        reach: Callable[[str], Awaitable[None]],
        mine: Callable[[str], c.OpenContact],
        tell: Callable[[c.HubEvent], None],
    ) -> None:
        self._reach = reach
        self._mine = mine
        self._tell = tell
        self.known: dict[str, c.Card] = {}
        self.made: dict[str, str] = {}
        self.slow: dict[str, asyncio.Event] = {}

    def delay(self, request: str) -> asyncio.Event:
        """This request, as ``find noa`` or ``link C-1``, is answered once the event is set."""
        return self.slow.setdefault(request, asyncio.Event())

    async def find(self, contact: str, words: str) -> c.CustomersFound:
        await self._come(f"find {words}")
        self._mine(contact)
        fits = [
            one for one in self.known.values() if words.casefold() in f"{one.name} {one.numbers}".casefold()
        ]
        found = (
            c.FoundCustomer(customer=one.customer, name=one.name, city=one.city, numbers=one.numbers[:2])
            for one in fits[: c.MOST_CUSTOMERS_FOUND]
        )
        return c.CustomersFound(customers=tuple(found))

    async def link(self, contact: str, customer: str) -> c.CardAnswer:
        await self._come(f"link {customer}")
        opened = self._mine(contact)
        if customer not in self.known:
            raise HubRefused("The CRM has no such customer.")
        cards = (self.known[customer],)
        answer = c.CardAnswer(
            contact=contact, number=opened.offer.number, status=c.CardStatus.FOUND, cards=cards
        )
        self._tell(c.CardEvent(card=answer))
        return answer

    async def create(self, contact: str, customer: c.CustomerNew, key: str) -> c.CardAnswer:
        await self._come(f"create {customer.name}")
        self._mine(contact)
        if key not in self.made:
            self.made[key] = name = f"N-{len(self.made) + 1}"
            numbers = (customer.number,) if customer.number else ()
            self.known[name] = c.Card(customer=name, name=customer.name, numbers=numbers)
        return await self.link(contact, self.made[key])

    async def _come(self, request: str) -> None:
        await self._reach(request)
        gate = self.slow.get(request)
        if gate is not None:
            await gate.wait()
