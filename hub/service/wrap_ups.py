"""How long what is still to be wrapped up keeps calls away, by the limit of its queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from hub.contract import Presence, WrapUpOverEvent
from hub.domain.contacts import Contact, State
from hub.events import Bus
from hub.service.floor import Floor
from hub.service.roster import Roster


class WrapUps:
    """Who takes longer than the limit gets calls again, and is told; what is owed stays to be done."""

    def __init__(self, roster: Roster, floor: Floor, bus: Bus, now: Callable[[], datetime]) -> None:
        self._roster = roster
        self._floor = floor
        self._bus = bus
        self._now = now
        self._over: set[tuple[str, int]] = set()
        """Contacts and their visits whose end was seen."""

    def busy(self, agent: str) -> bool:
        """Whether ``agent`` talks with a caller of a queue, or owes a wrap-up that may still take time."""
        now = self._now()
        theirs = [contact for contact in self._floor.concerning(agent) if contact.agent == agent]
        owed = (contact for contact in theirs if contact.state is State.WRAP_UP)
        talks = any(contact.state is State.TALKING for contact in theirs)
        return talks or any(not self._is_over(contact, now) for contact in owed)

    def seconds_left(self) -> float | None:
        """Until the next one's time is over; None when none has a limit."""
        ends = [end for contact in self._owed() if (end := self._end(contact)) is not None]
        return max(0.0, (min(ends) - self._now()).total_seconds()) if ends else None

    def newly_over(self) -> set[str]:
        """The agents whose time for a wrap-up is over since this was last asked; who is ready is told."""
        now = self._now()
        over = [contact for contact in self._owed() if self._is_over(contact, now)]
        for contact in over:
            intent = self._floor.intent(contact.agent)
            if intent is not None and intent.presence is Presence.READY:
                self._bus.publish(contact.agent, WrapUpOverEvent(contact=contact.id))
        self._over |= {(contact.id, contact.visit) for contact in over}
        return {contact.agent for contact in over}

    def _owed(self) -> Iterator[Contact]:
        """Those whose end was not seen yet; what was wrapped up is forgotten."""
        owed = self._floor.owed()
        self._over &= owed.keys()
        return (contact for visit, contact in owed.items() if visit not in self._over)

    def _is_over(self, contact: Contact, now: datetime) -> bool:
        end = self._end(contact)
        return end is not None and now >= end

    def _end(self, contact: Contact) -> datetime | None:
        queue = self._roster.queues.get(contact.queue)
        if queue is None or not queue.wrap_up_limit_seconds or contact.ended_at is None:
            return None
        return contact.ended_at + timedelta(seconds=queue.wrap_up_limit_seconds)
