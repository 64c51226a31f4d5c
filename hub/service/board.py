"""The board: today's tallies of every queue and the live load, sent to all desks at most twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from centre.model import Language, Queue
from hub.contract import QueueFigures, QueuesEvent
from hub.db.contacts import ContactStore
from hub.domain.contacts import ContactEvent, State
from hub.domain.figures import Tally, load
from hub.events import Bus
from hub.service.floor import Floor
from hub.service.roster import Roster

PACE = 0.5
"""Seconds between two figures events."""

_LANGUAGES: tuple[Language, Language] = ("en", "he")


class Board:
    """Figures of one centre. ``zone`` says when a day begins, ``now`` the time; ``sleep`` is the pace's."""

    def __init__(
        self,
        roster: Roster,
        floor: Floor,
        zone: ZoneInfo,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._roster = roster
        self._floor = floor
        self._zone = zone
        self._now = now
        self._sleep = sleep
        self._day = date.min
        self._tallies: dict[str, Tally] = {}
        self._stale = asyncio.Event()
        self._roll(now())

    async def restore(self, store: ContactStore) -> None:
        """Count what was stored since midnight. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        midnight = datetime.combine(self._day, time(), self._zone)
        async for queue, event in store.counted_since(midnight):
            self._count(queue, event)

    def count(self, event: ContactEvent) -> None:
        """Count an event of today; one of yesterday that comes late belongs to yesterday."""
        self._roll(event.at)
        if self._date(event.at) == self._day:
            self._count(event.queue, event)
        self.refresh()

    def refresh(self) -> None:
        """Something that figures show has changed."""
        self._stale.set()

    def figures(self, language: Language) -> tuple[QueueFigures, ...]:
        """All queues as they stand, titled for a desk in ``language``."""
        now = self._now()
        self._roll(now)
        return tuple(self._of(queue, language, now) for queue in self._roster.queues.values())

    async def run(self, bus: Bus) -> None:
        """Publish whenever something changed, and while anybody waits, since waits grow by themselves."""
        while True:
            if not self._anybody_waits():
                await self._stale.wait()
            self._stale.clear()
            bus.publish_figures({name: QueuesEvent(queues=self.figures(name)) for name in _LANGUAGES})
            await self._sleep(PACE)

    def _anybody_waits(self) -> bool:
        return any(contact.state is State.WAITING for contact in self._floor.contacts())

    def _of(self, queue: Queue, language: Language, now: datetime) -> QueueFigures:
        tally = self._tallies[queue.name]
        here = load(queue.name, self._floor.contacts(), self._floor.members(queue.name), now)
        return QueueFigures(
            queue=queue.name,
            title=queue.titles.of(language),
            waiting=here.waiting,
            longest_wait=here.longest_wait,
            agents_ready=here.agents_ready,
            agents_busy=here.agents_busy,
            offered=tally.offered,
            answered=tally.answered,
            abandoned=tally.abandoned,
            service_level_seconds=queue.service_level_seconds,
            service_level=tally.service_level,
            average_wait=tally.average_wait,
            average_talk=tally.average_talk,
        )

    def _count(self, queue: str, event: ContactEvent) -> None:
        tally = self._tallies.get(queue)
        if tally is not None:
            tally.add(event)

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _roll(self, moment: datetime) -> None:
        """Begin a new day at the centre's midnight."""
        today = self._date(moment)
        if today > self._day:
            self._day = today
            self._tallies = {
                queue.name: Tally(queue.service_level_seconds) for queue in self._roster.queues.values()
            }
