"""Who a caller is by the number they typed before any queue, and what the exchange may say to them then.

The card of the contact is the identified customer's from there on, whatever number they call from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

import structlog

from centre.model import Centre
from centre.texts import Language
from hub.contract import Card, Matter
from hub.domain.numbers import normalise
from hub.domain.spoken import Words, amount, digits
from hub.ports.crm import CrmTimeout
from hub.service.caller_facts import CallerFacts
from hub.service.cards import Cards
from hub.service.floor import Floor

log = structlog.get_logger(__name__)

_WITHIN = 0.6
"""Seconds for the CRM; the exchange gives up after one."""

_MOST_WRONG = 5
"""Numbers of nobody that one caller may type: customers' numbers are not found out by trying."""

_LEFT_TO_THE_AGENT: Words = ("balance-agent",)
_NOTHING_TOLD: tuple[Words, ...] = ((), _LEFT_TO_THE_AGENT)

_CALLS_END = timedelta(hours=2)
"""Who is in no queue so long after they typed a number is gone."""


class Tells(StrEnum):
    """What a caller who is identified hears."""

    NOTHING = ""
    ORDER = "order"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class Typed:
    """What a caller typed, the number they call from, and what they hear in which language."""

    contact: str
    typed: str
    number: str
    tells: Tells
    language: Literal["en", "he"]


@dataclass(slots=True)
class _Caller:
    at: datetime
    wrong: int = 0


@dataclass(slots=True)
class Identification:
    """Answers within the second that the exchange waits."""

    centre: Centre
    cards: Cards
    floor: Floor
    facts: CallerFacts
    now: Callable[[], datetime]
    _callers: dict[str, _Caller] = field(default_factory=dict)

    async def identify(self, asked: Typed) -> Words | None:
        """The prompts for the customer who is identified; None when the number is nobody's or several have
        it. Raises ``CrmError``.
        """
        self._forget_who_is_gone()
        caller = self._callers.setdefault(asked.contact, _Caller(self.now()))
        card = await self._find(asked.typed) if caller.wrong < _MOST_WRONG else None
        log.info("caller typed a number", contact=asked.contact, identified=card is not None)
        if card is None:
            caller.wrong += 1
            self.facts.typed(asked.contact, asked.typed, found=False)
            return None
        self.cards.identified(asked.contact, card)
        said = self._said(card, asked)
        heard = "" if said in _NOTHING_TOLD else asked.tells.value
        self.facts.typed(asked.contact, asked.typed, found=True, heard=heard)
        return said

    async def _find(self, typed: str) -> Card | None:
        try:
            async with asyncio.timeout(_WITHIN):
                found = await self.cards.named(typed)
                number = normalise(typed, self.centre.country)
                if not found and number:
                    found = await self.cards.with_number(number)
        except TimeoutError:
            raise CrmTimeout("The CRM did not answer in time") from None
        return found[0] if len(found) == 1 else None

    def _said(self, card: Card, asked: Typed) -> Words:
        if asked.tells is Tells.ORDER:
            return self._order(card, asked.typed)
        if asked.tells is Tells.BALANCE:
            return self._balance(card, asked)
        return ()

    def _order(self, card: Card, typed: str) -> Words:
        """Of the matter that was typed, else of the newest."""
        if not card.matters:
            return ("matter-none",)
        typed_one = (matter for matter in card.matters if _digits(matter) == typed)
        matter = next(typed_one, card.matters[0])
        status = self.centre.spoken_statuses.get(matter.status, "status-open")
        return ("matter", *digits(matter.reference), status)

    def _balance(self, card: Card, asked: Typed) -> Words:
        """Only to who calls from a number of the customer's own: a number typed is no proof."""
        said = amount(card.facts.get("balance", ""), asked.language)
        if not said or normalise(asked.number, self.centre.country) not in card.numbers:
            return _LEFT_TO_THE_AGENT
        return ("balance", *said)

    def _forget_who_is_gone(self) -> None:
        before = self.now() - _CALLS_END
        for contact in [one for one, caller in self._callers.items() if caller.at < before]:
            del self._callers[contact]
            if not self.floor.visits(contact):
                self.cards.forget(contact)


def _digits(matter: Matter) -> str:
    return "".join(sign for sign in matter.reference if sign.isdigit())


def spoken_language(sent: str) -> Language:
    """What the exchange says the caller's language is; English for any other."""
    return "he" if sent == "he" else "en"
