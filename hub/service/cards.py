"""Looks customers up: begun when a caller joins, so that the card is there before the first ring.

An offer never waits for the CRM. A look-up still running is PENDING; one that failed or ran out of time is
CRM_DOWN and is tried again, ever more seldom while the contact is open, and at once when a desk asks. A card
on which something is missing is shown, and asked for again a few times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from itertools import chain, repeat
from typing import TypeVar

import structlog

from edge.text import clean
from hub.contract import Card, CardAnswer, CardStatus
from hub.domain.contacts import Contact
from hub.ports.crm import Crm, CrmDown, CrmError, CrmTimeout, NewCustomer

log = structlog.get_logger(__name__)

_AT_ONCE = 16
"""Look-ups in flight; more wait their turn within their own time limit."""

_AGAIN_AFTER = (2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds from a failed look-up to the next; the last one again and again."""


Asked = TypeVar("Asked")
Told = TypeVar("Told")


class Cards:
    """Answers by contact. ``arrived`` is told of every look-up that ends."""

    def __init__(
        self,
        crm: Crm,
        *,
        limit: float,
        arrived: Callable[[CardAnswer], Awaitable[None]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``limit`` in seconds; ``sleep`` waits between look-ups that fail."""
        self._crm = crm
        self._limit = limit
        self._arrived = arrived
        self._sleep = sleep
        self._answers: dict[str, CardAnswer] = {}
        self._identified: dict[str, Card] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._told: dict[str, asyncio.Event] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def answer(self, contact: Contact) -> CardAnswer:
        """What is known of the contact's caller now; begins the look-up when there was none."""
        if not (contact.number or contact.customer) and contact.id not in self._identified:
            return CardAnswer(
                contact=contact.id,
                number="",
                status=CardStatus.PRIVATE,
            )
        known = self._answers.get(contact.id)
        if known is None or known.number != contact.number:
            known = self._begin(contact)
        return known

    async def soon(self, contact: Contact, seconds: float) -> CardAnswer:
        """As ``answer``, but waits for the first word of a look-up, up to ``seconds``."""
        known = self.answer(contact)
        told = self._told.get(contact.id)
        if known.status is CardStatus.PENDING and told is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await told.wait()
        return self.answer(contact)

    def answer_again(self, contact: Contact) -> CardAnswer:
        """As ``answer``, but a look-up that failed is begun anew: the agent asks for it."""
        known = self.answer(contact)
        return self._begin(contact) if known.status is CardStatus.CRM_DOWN else known

    def numbers(self, contact: Contact) -> tuple[str, ...]:
        """The telephone numbers of the contact's customer where their card is here; nobody is asked."""
        answer = self._answers.get(contact.id)
        cards = answer.cards if answer else ()
        return next((card.numbers for card in cards if card.customer == contact.customer), ())

    def identified(self, contact: str, card: Card) -> None:
        """The caller is this customer, whatever number they call from."""
        self.forget(contact)
        self._identified[contact] = card

    async def named(self, typed: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers with a number that somebody typed. Raises ``CrmError``."""
        return await self._ask(partial(self._crm.named, whole=whole), typed)

    async def with_name(self, name: str) -> tuple[Card, ...]:
        """Some of the customers whose name has these words in it. Raises ``CrmError``."""
        return await self._ask(self._crm.search, name)

    async def with_id(self, customer: str) -> Card | None:
        """The customer with this id. Raises ``CrmError``."""
        return await self._ask(self._crm.card, customer)

    async def with_number(self, number: str, *, whole: bool = True) -> tuple[Card, ...]:
        """The customers with a telephone number. Raises ``CrmError``."""
        return await self._ask(partial(self._crm.find, whole=whole), number)

    @property
    def creates(self) -> bool:
        """Whether agents may put customers into the CRM."""
        return self._crm.creates

    async def create(self, customer: NewCustomer, key: str) -> str:
        """Put somebody into the CRM; the id. Raises ``CrmError``."""

        async def asked(new: NewCustomer) -> str:
            return await self._crm.create_customer(new, key)

        return await self._ask(asked, customer)

    async def created(self, key: str) -> str | None:
        """Whom the CRM was given under this key, as ``hub.ports.crm.Crm``. Raises ``CrmError``."""
        return await self._ask(self._crm.created, key)

    def forget(self, contact: str) -> None:
        """The contact has ended for everybody."""
        self._identified.pop(contact, None)
        self._answers.pop(contact, None)
        self._told.pop(contact, None)
        running = self._running.pop(contact, None)
        if running is not None:
            running.cancel()

    async def close(self) -> None:
        """End all look-ups."""
        running = tuple(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _begin(self, contact: Contact) -> CardAnswer:
        pending = CardAnswer(contact=contact.id, number=contact.number, status=CardStatus.PENDING)
        self._answers[contact.id] = pending
        self._told[contact.id] = asyncio.Event()
        running = self._running.get(contact.id)
        if running is not None:
            running.cancel()
        self._running[contact.id] = asyncio.create_task(self._look_up(contact))
        return pending

    async def _look_up(self, looked_for: Contact) -> None:
        contact = looked_for.id
        for tries, pause in enumerate(chain(_AGAIN_AFTER, repeat(_AGAIN_AFTER[-1]))):
            found, after = await self._find(looked_for)
            known = self._answers[contact]
            if known.cards and not found.cards:  # what is there already is not taken away
                found = known
            self._answers[contact] = found
            self._told[contact].set()
            if not _again(found, tries):
                break
            if found != known:  # one word an outage, not one a try
                await self._arrived(found)
            await self._sleep(max(pause, after))
        del self._running[contact]
        await self._arrived(found)

    async def _find(self, looked_for: Contact) -> tuple[CardAnswer, float]:
        """The answer, and for how many seconds there is no use in asking again."""
        contact, number = looked_for.id, looked_for.number
        try:
            cards = await self._theirs(looked_for)
        except CrmError as error:
            log.warning("card look-up failed", contact=contact, error=type(error).__name__)
            words = clean(f"{error}: the card is missing and is asked for again.")
            down = CardAnswer(contact=contact, number=number, status=CardStatus.CRM_DOWN, words=words)
            return down, error.after
        status = (CardStatus.UNKNOWN, CardStatus.FOUND, CardStatus.SEVERAL)[min(len(cards), 2)]
        return CardAnswer(contact=contact, number=number, status=status, cards=cards), 0.0

    async def _theirs(self, contact: Contact) -> tuple[Card, ...]:
        """Whose it is known to be, also since before a restart; else those with the number."""
        known = self._identified.get(contact.id)
        if known is None and contact.customer:
            known = await self.with_id(contact.customer)
        if known is not None:
            return (known,)
        return await self.with_number(contact.number) if contact.number else ()

    async def _ask(self, ask: Callable[[Asked], Awaitable[Told]], what: Asked) -> Told:
        try:
            async with asyncio.timeout(self._limit), self._turns:
                return await ask(what)
        except TimeoutError:
            raise CrmTimeout("The CRM did not answer in time") from None
        except CrmError:
            raise
        except Exception as error:
            # An adapter is somebody else's program at this edge: its fault may cost a card, never the floor.
            log.exception("the CRM adapter broke")
            raise CrmDown("The CRM look-up broke") from error


def _again(found: CardAnswer, tries: int) -> bool:
    """Whether there may be more to know."""
    if any(card.missing for card in found.cards):
        return tries < len(_AGAIN_AFTER)
    return found.status is CardStatus.CRM_DOWN
