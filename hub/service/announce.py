"""What desks are told when a contact changes: the difference between two versions of a visit, in events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hub.contract import ConnectedEvent, ContactEndedEvent, HubEvent, OfferedEvent, OfferEndedEvent
from hub.domain.contacts import Contact, State
from hub.events import Bus
from hub.service.views import Views

_ENDED_BY: dict[str, Literal["caller", "agent", "transfer", "unknown"]] = {
    "caller": "caller",
    "agent": "agent",
    "transfer": "transfer",
}


@dataclass(frozen=True, slots=True)
class Announcer:
    """Tells the desks concerned, and only those."""

    views: Views
    bus: Bus

    def change(self, before: Contact | None, after: Contact, at: datetime) -> None:
        """Tell what became of a visit at ``at``; ``before`` is None when it has just begun."""
        told = (*self._rings(before, after, at), *self._handed_on(before, after), *_talk(before, after, at))
        for agent, event in told:
            self.bus.publish(agent, event)

    def _handed_on(self, before: Contact | None, after: Contact) -> Iterator[tuple[str, HubEvent]]:
        """Who was handed a caller is told whom, since they were never offered them."""
        agent = _talker(after)
        if before is None and agent in self.views.roster.agents:
            yield (
                agent,
                OfferedEvent(offer=self.views.offer(after, agent), card=self.views.cards.answer(after)),
            )

    def _rings(self, before: Contact | None, after: Contact, at: datetime) -> Iterator[tuple[str, HubEvent]]:
        rang = {ring.agent for ring in before.rings} if before else set()
        rings = {ring.agent for ring in after.rings}
        for ring in after.rings:
            if ring.agent not in rang and ring.agent in self.views.roster.agents:
                offer = self.views.offer(after, ring.agent)
                yield ring.agent, OfferedEvent(offer=offer, card=self.views.cards.answer(after))
        for agent in sorted(rang - rings):
            if agent != _talker(after):
                abandoned = after.state is State.ABANDONED
                yield agent, OfferEndedEvent(contact=after.id, abandoned=abandoned, at=at)


def _talk(before: Contact | None, after: Contact, at: datetime) -> Iterator[tuple[str, HubEvent]]:
    if _talker(after) and (before is None or _talker(before) != after.agent):
        yield after.agent, ConnectedEvent(contact=after.id, at=at)
    if before is not None and _talker(before) and after.state is State.WRAP_UP:
        ended_by = _ENDED_BY.get(after.ended_by, "unknown")
        yield after.agent, ContactEndedEvent(contact=after.id, ended_by=ended_by, at=at)


def _talker(contact: Contact) -> str:
    return contact.agent if contact.state is State.TALKING else ""
