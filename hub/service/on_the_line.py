"""Customers who are on the line just now: whoever is, is not called, wherever the exchange has them.

A caller who is handed on to somebody outside of the queues, or rings there, is a contact that has ended for
the hub. So the exchange is asked which calls go on: a call's Uniqueid is its contact.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hub.db.contacts import ContactStore
from hub.domain.callbacks import Callback
from hub.ports.pbx import Pbx


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """Everything raises ``sqlalchemy.exc.SQLAlchemyError`` and ``PbxError``."""

    pbx: Pbx
    contacts: ContactStore

    async def of(self, callbacks: Collection[Callback]) -> frozenset[str]:
        """Those of ``callbacks`` whose customer, or one of whose numbers, is in a call."""
        if not callbacks:
            return frozenset()
        visits = await self.contacts.of_calls(await self.pbx.calls())
        names = {name for visit in visits for name in (visit.customer, visit.number) if name}
        return frozenset(one.id for one in callbacks if names.intersection((one.customer, *one.numbers)))
