"""Who an unknown caller is, by the agent's hand: looked for in the CRM, and linked to the contact.

Only while the contact is in the agent's hands, and so many times a quarter of an hour: a card is for whoever
talks with that customer, and nobody leafs through the CRM. Nothing here makes a customer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog
from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from edge.tries import Tries
from hub.contract import MOST_CUSTOMERS_FOUND, Card, CardAnswer, CardStatus, CustomersFound, FoundCustomer
from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact
from hub.domain.numbers import normalise
from hub.ports.crm import CrmError
from hub.refusals import CrmSilent, NotStored, TooMany, Unprocessable
from hub.service.cards import Cards
from hub.service.floor import Floor
from hub.service.work import Work

log = structlog.get_logger(__name__)

MOST_SEARCHES = 240
"""For one agent in a quarter of an hour: many for whoever talks with customers, a name being several as it is
typed, and few for a copyist.
"""
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Linking:
    """Everything raises ``hub.refusals.Refusal``. ``country`` reads numbers that are typed."""

    work: Work
    floor: Floor
    cards: Cards
    contacts: ContactStore
    tries: Tries
    country: str

    async def search(self, agent: str, contact: str, words: str) -> CustomersFound:
        """Some of the customers with this name, telephone number or customer number."""
        self.work.in_hand(agent, contact)
        typed = clean(words, limit=_LONGEST)
        if not self.tries.spend(agent):
            raise TooMany("You have searched very often; wait some minutes.")
        try:
            found = await self._found(typed)
        except CrmError as error:
            raise CrmSilent(str(error)) from error
        log.info("customers searched", agent=agent, contact=contact, found=len(found))
        return CustomersFound(customers=tuple(_shown(card) for card in found[:MOST_CUSTOMERS_FOUND]))

    async def link(self, agent: str, contact: str, customer: str) -> CardAnswer:
        """From here on the contact is this customer's; its card, which no look-up replaces."""
        self.work.in_hand(agent, contact)
        try:
            card = await self.cards.with_id(customer)
        except CrmError as error:
            raise CrmSilent(str(error)) from error
        if card is None:
            raise Unprocessable("The CRM has no such customer.")
        current = replace(self.work.in_hand(agent, contact), customer=card.customer)
        self.cards.identified(contact, card)
        await self._keep(current)
        log.info("customer linked", agent=agent, contact=contact)
        return CardAnswer(contact=contact, number=current.number, status=CardStatus.FOUND, cards=(card,))

    async def _found(self, typed: str) -> tuple[Card, ...]:
        digits = "".join(one for one in typed if one.isdecimal())
        if not digits or any(one.isalpha() for one in typed):
            return await self.cards.with_name(typed)
        number = normalise(typed, self.country)
        with_number = await self.cards.with_number(number, whole=False) if number else ()
        return with_number or await self.cards.named(digits, whole=False)

    async def _keep(self, contact: Contact) -> None:
        """As it stands, and then the desks are told: all at once would tell them before it is so."""
        self.floor.put(contact)
        self.cards.answer(contact)
        try:
            await self.contacts.keep(contact)
        except SQLAlchemyError as error:
            raise NotStored("The hub could not store it; choose again.") from error


def _shown(card: Card) -> FoundCustomer:
    """So much as tells two people of one name apart; the whole card comes with the link."""
    return FoundCustomer(customer=card.customer, name=card.name, city=card.city, numbers=card.numbers[:2])
