"""What the hub needs of a CRM: the cards that fit a caller's number, or a number they typed.

``hub.adapters.builtin_crm`` fills the port from the hub's own database.
"""

from __future__ import annotations

from typing import Protocol

from hub.contract import Card


class CrmError(Exception):
    """The CRM did not answer the question. ``str(error)`` is for the agent, cleaned."""


class CrmDown(CrmError):
    """The CRM cannot be reached, or broke."""


class CrmTimeout(CrmError):
    """The CRM did not answer in time."""


class Crm(Protocol):
    """One CRM. All text in cards has been cleaned by the adapter."""

    async def find(self, number: str) -> tuple[Card, ...]:
        """The customers with this number (E.164 or a short code), most likely first; none is no error.

        Raises ``CrmError``.
        """
        ...

    async def named(self, typed: str) -> tuple[Card, ...]:
        """The customers whose customer number, or an open matter's reference, has just these digits; none is
        no error. Raises ``CrmError``.
        """
        ...

    async def healthy(self) -> bool:
        """Whether a look-up would be answered now."""
        ...
