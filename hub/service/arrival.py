"""When a card look-up ends: the contact learns its customer, the desks concerned get the card."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.contract import CardAnswer, CardEvent, CardStatus
from hub.db.contacts import ContactStore
from hub.events import Bus
from hub.service.floor import Floor

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CardArrival:
    """Called by ``Cards`` for every look-up that ends."""

    floor: Floor
    store: ContactStore
    bus: Bus

    async def __call__(self, answer: CardAnswer) -> None:
        """Tell the agents in whose hands the contact is; keep the customer when there is but one."""
        for agent in self.floor.holders(answer.contact):
            self.bus.publish(agent, CardEvent(card=answer))
        if answer.status is CardStatus.FOUND:
            for visit in [held.visit for held in self.floor.visits(answer.contact)]:
                await self._keep(answer.contact, visit, answer.cards[0].customer)

    async def _keep(self, contact: str, visit: int, customer: str) -> None:
        """Reads the visit anew: it may have changed while another was stored."""
        held = self.floor.visit(contact, visit)
        if held is None or held.customer or not held.open:
            return
        known = replace(held, customer=customer)
        self.floor.put(known)
        try:
            await self.store.keep(known)
        except SQLAlchemyError as error:
            log.warning("customer not kept", contact=contact, error=type(error).__name__)
