"""Numbers that agents dialled by hand and did not reach: each is a contact of that agent's, to be noted of.

Colleagues and queues are none: nobody keeps a record of them. Nothing is owed, so no call is kept away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import structlog

from hub.contract import DialEnd, DialFailedEvent, Offer
from hub.db.contacts import ContactStore
from hub.domain.contacts import Contact, State
from hub.domain.numbers import normalise
from hub.events import Bus
from hub.ports.pbx import CallEnd, DialFailed
from hub.service.roster import Roster

log = structlog.get_logger(__name__)

_ENDS: Mapping[CallEnd, DialEnd] = MappingProxyType(
    {CallEnd.BUSY: "busy", CallEnd.NO_ANSWER: "no_answer", CallEnd.FAILED: "failed"}
)


@dataclass(frozen=True, slots=True)
class FailedDials:
    """``country`` reads the numbers."""

    roster: Roster
    contacts: ContactStore
    bus: Bus
    country: str

    def take(self, event: DialFailed) -> None:
        """Store it, and tell the agent who dialled."""
        end = _ENDS.get(event.end)
        if event.agent not in self.roster.agents or end is None or self._inside(event.number):
            return
        contact = Contact(
            id=event.contact,
            queue="",
            joined_at=event.at,
            number=normalise(event.number, self.country) or event.number,
            state=State.LEFT,
            agent=event.agent,
            ended_at=event.at,
            waited=0.0,
            ended_by=end,
        )
        self.contacts.record(event, contact).add_done_callback(_tell_when_not_stored)
        offer = Offer(
            contact=contact.id,
            queue="",
            queue_title="",
            number=contact.number,
            name="",
            waited=0.0,
            offered_at=event.at,
        )
        self.bus.publish(event.agent, DialFailedEvent(offer=offer, end=end))

    def _inside(self, number: str) -> bool:
        agents = (one.extension for one in self.roster.agents.values())
        return number in {*agents, *(one.number for one in self.roster.queues.values())}


def _tell_when_not_stored(stored: asyncio.Future[None]) -> None:
    error = None if stored.cancelled() else stored.exception()
    if error is not None:
        log.warning("dialled call not stored", error=type(error).__name__)
