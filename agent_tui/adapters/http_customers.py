"""Customers over HTTP: the part of the hub's contract that searches for them and links them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent_tui.adapters.hub_address import contact_path
from hub import contract as c

if TYPE_CHECKING:
    from agent_tui.adapters.hub_line import HubLine


@dataclass(frozen=True, slots=True)
class HttpCustomers:
    """``agent_tui.ports.CustomersPort``, over the line to the hub. ``line`` raises ``HubUnreachable``."""

    line: Callable[[], HubLine]

    async def find(self, contact: str, words: str) -> c.CustomersFound:
        """Some of those who fit."""
        asked = c.CustomerSearch(words=words)
        return await self.line().read(c.CustomersFound, "POST", contact_path(contact, "customers"), asked)

    async def link(self, contact: str, customer: str) -> c.CardAnswer:
        """Say whom the contact is with."""
        link = c.CustomerLink(customer=customer)
        return await self.line().read(c.CardAnswer, "PUT", contact_path(contact, "customer"), link)

    async def create(self, contact: str, customer: c.CustomerNew, key: str) -> c.CardAnswer:
        """Somebody new, once by ``key``."""
        path, headers = contact_path(contact, "customer"), {"Idempotency-Key": key}
        return await self.line().read(c.CardAnswer, "POST", path, customer, headers)
