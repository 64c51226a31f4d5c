"""What the exchange is told of a caller before their queue. It is their card's own look-up that is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from centre.model import Centre
from hub.domain.contacts import Contact
from hub.domain.numbers import normalise
from hub.domain.routing import Place, place_of
from hub.service.cards import Cards
from hub.service.first_agent import FirstAgent
from hub.service.floor import Floor

log = structlog.get_logger(__name__)

_WITHIN = 0.6
"""Seconds for a card to decide; the exchange gives up after one."""

_NEVER_CAME = timedelta(minutes=1)
"""Who was asked about and is in no queue by then hung up before."""


@dataclass(slots=True)
class Routing:
    """Answers at once, by the card or without one."""

    centre: Centre
    cards: Cards
    floor: Floor
    first: FirstAgent
    now: Callable[[], datetime]
    _placed: dict[str, tuple[datetime, Place]] = field(default_factory=dict)

    async def place(self, contact: str, queue: str, number: str, dialled: str = "") -> Place:
        """Where the caller comes in, and whom they wait for first; ``dialled`` is the extension of the agent
        whose own number it was. The look-up that this begins ends as the card of the contact.
        """
        self._forget_who_never_came()
        self._placed[contact] = (self.now(), Place())
        number = normalise(number, self.centre.country) or ""
        caller = Contact(contact, queue, self.now(), number=number)
        answer = await self.cards.soon(caller, _WITHIN)
        place = place_of(answer.cards, self.centre.segments, self.centre.customer_values)
        agent = await self.first.of(caller, answer.cards, dialled)
        if agent is not None:
            place = replace(place, first=agent.extension)
        self._placed[contact] = (self.now(), place)
        log.info(
            "caller placed",
            contact=contact,
            card=answer.status.value,
            segment=place.segment,
            head_start=place.head_start_seconds,
            first=agent.id if agent else "",
        )
        return place

    def head_start(self, contact: str) -> timedelta:
        """How much longer than they have the caller counts as having waited."""
        _, place = self._placed.get(contact, (None, Place()))
        return timedelta(seconds=place.head_start_seconds)

    def _forget_who_never_came(self) -> None:
        before = self.now() - _NEVER_CAME
        for contact in [one for one, (asked, _) in self._placed.items() if asked < before]:
            if not self.floor.visits(contact):
                del self._placed[contact]
                self.cards.forget(contact)
