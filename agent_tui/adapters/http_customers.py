"""Customers over HTTP: the part of the hub's contract that searches for them and links them."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel

from agent_tui.adapters import hub_wire as wire
from hub import contract as c


class Ask(Protocol):
    """One request to the hub, and the body of its answer. Raises ``HubError``."""

    def __call__(
        self, method: str, path: str, body: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> Awaitable[bytes]:
        """Ask, with ``body`` as JSON."""
        ...


@dataclass(frozen=True, slots=True)
class HttpCustomers:
    """``agent_tui.ports.CustomersPort``, by what asks the hub."""

    ask: Ask

    async def find(self, contact: str, words: str) -> c.CustomersFound:
        """Some of those who fit."""
        asked = c.CustomerSearch(words=words)
        return wire.read(
            c.CustomersFound, await self.ask("POST", wire.contact_path(contact, "customers"), asked)
        )

    async def link(self, contact: str, customer: str) -> c.CardAnswer:
        """Say whom the contact is with."""
        link = c.CustomerLink(customer=customer)
        return wire.read(c.CardAnswer, await self.ask("PUT", wire.contact_path(contact, "customer"), link))

    async def create(self, contact: str, customer: c.CustomerNew, key: str) -> c.CardAnswer:
        """Somebody new, once by ``key``."""
        path, headers = wire.contact_path(contact, "customer"), {"Idempotency-Key": key}
        return wire.read(c.CardAnswer, await self.ask("POST", path, customer, headers))
