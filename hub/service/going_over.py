"""Goes over from a call to writing: the conversation with a caller becomes that of the agent who has them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from hub import contract as c
from hub.domain.contacts import Contact
from hub.domain.numbers import normalise, reached_by_text
from hub.refusals import NotYours, Unprocessable, WrongPhase
from hub.service.cards import Cards
from hub.service.conversation_news import ConversationNews
from hub.service.conversations import stored
from hub.service.work import Work

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class GoingOver:
    """Everything raises ``hub.refusals.Refusal``. ``writes``: whether anything customers write comes here."""

    work: Work
    cards: Cards
    news: ConversationNews
    writes: bool
    country: str

    async def open(self, agent: str, contact: str) -> c.Conversation:
        """The conversation with the caller of ``contact``, begun where there is none. Nothing is sent."""
        caller = self.work.in_hand(agent, contact)
        if caller.agent != agent:
            raise NotYours("You have not talked with this caller yet.")
        if not self.writes:
            raise Unprocessable("This centre does not write by WhatsApp.")
        number = self._number(caller)
        store, now = self.news.store, self.news.now()
        found = await stored(store.with_number(number, caller.queue, self._name(caller), now))
        if found.agent != agent:
            if not await stored(store.hand_over(found.id, "", agent)):
                raise WrongPhase("A colleague writes with this customer already.")
            log.info("conversation taken over from a call", conversation=found.id, contact=contact)
        mine = replace(found, agent=agent)
        self.news.handed_over(mine)
        return self.news.view(mine, agent)

    def _number(self, caller: Contact) -> str:
        number = normalise(caller.number, self.country) or ""
        if not reached_by_text(number):
            raise Unprocessable("The number is withheld, or none that messages reach.")
        return number

    def _name(self, caller: Contact) -> str:
        card = self.cards.answer(caller)
        return card.cards[0].name if card.status is c.CardStatus.FOUND and card.cards else caller.name
