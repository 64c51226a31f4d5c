"""The board: figures of every queue and agent, sent to the desks at most twice a second."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from centre.model import Queue
from centre.texts import Language
from hub.contract import (
    AgentCounts,
    AgentFigures,
    OwnFiguresEvent,
    QueueCounts,
    QueueFigures,
    QueuesEvent,
)
from hub.db.agents import AgentStore
from hub.db.contacts import ContactStore
from hub.domain.contacts import Counted, State
from hub.domain.figures import Limits, Tally, load, occupancy
from hub.domain.periods import Chosen, Count, ready_seconds
from hub.domain.presence import Intent
from hub.events import Bus
from hub.ports.pbx import AgentOffered
from hub.service.floor import Floor
from hub.service.roster import Roster

PACE = 0.6
"""Seconds between two figures events: fewer than two a second, also where one is a tenth of a second late."""

_LANGUAGES: tuple[Language, Language] = ("en", "he")


class Board:
    """Figures of one centre. ``zone`` says when a day begins, ``now`` the time; ``sleep`` is the pace's.

    ``callbacks`` tells how many a queue still has to do.
    """

    def __init__(
        self,
        roster: Roster,
        floor: Floor,
        zone: ZoneInfo,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        callbacks: Callable[[str], int] = lambda _queue: 0,
    ) -> None:
        self._roster = roster
        self._floor = floor
        self._callbacks = callbacks
        self._zone = zone
        self._now = now
        self._sleep = sleep
        self._day = date.min
        self._queues: dict[str, Count] = {}
        self._agents: dict[str, Count] = {}
        self._choices: defaultdict[str, list[Chosen]] = defaultdict(list)
        self._stale = asyncio.Event()
        self._changed: set[str] = set()
        """Agents whose own figures are to be sent."""
        self._watcher: Callable[[], None] = lambda: None
        self._roll(now())

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called whenever something that figures show has changed."""
        self._watcher = watcher

    async def restore(self, contacts: ContactStore, agents: AgentStore) -> None:
        """Count what was stored since midnight. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        async for event in contacts.counted_since(self._midnight()):
            self._count(event)
        for agent, choice in (await agents.chosen_before(self._midnight())).items():
            self._choices[agent].append(choice)
        async for agent, choice in agents.chosen_since(self._midnight()):
            self._choices[agent].append(choice)

    def count(self, event: Counted) -> None:
        """Count an event of today; one of yesterday that comes late belongs to yesterday."""
        self._roll(self._now())
        if self._date(event.at) == self._day:
            self._count(event)
        self.refresh()

    def choose(self, agent: str, intent: Intent) -> None:
        """``agent`` chose what to be."""
        if intent.since is not None:
            self._choices[agent].append(Chosen(intent.presence, intent.since))
            self._changed.add(agent)
            self.refresh()

    def refresh(self) -> None:
        """Something that figures show has changed."""
        self._stale.set()
        self._watcher()

    def figures(self, language: Language) -> tuple[QueueFigures, ...]:
        """All queues as they stand, titled for a desk in ``language``."""
        now = self._now()
        self._roll(now)
        return tuple(self._of(queue, language, now) for queue in self._roster.queues.values())

    def _in_all_languages(self) -> dict[str, QueuesEvent]:
        """Counted once: only titles differ."""
        counted, title = self.figures(_LANGUAGES[0]), self._roster.title
        return {
            language: QueuesEvent(
                queues=tuple(one.model_copy(update={"title": title(one.queue, language)}) for one in counted)
            )
            for language in _LANGUAGES
        }

    def own(self, agent: str) -> AgentFigures:
        """The figures of ``agent``."""
        now = self._now()
        self._roll(now)
        count = self._agents[agent]
        mine = (contact for contact in self._floor.concerning(agent) if contact.agent == agent)
        return AgentFigures(
            agent=agent,
            today=_agent_counts(count.today),
            recent=_agent_counts(count.recent(now)),
            occupancy=occupancy(count.today, mine, self._ready(agent, now), now),
        )

    async def run(self, bus: Bus) -> None:
        """Publish whenever something changed, and while anybody waits, since waits grow by themselves."""
        while True:
            if not self._anybody_waits():
                await self._stale.wait()
            self._stale.clear()
            bus.publish_figures(self._in_all_languages())
            changed, self._changed = self._changed, set()
            for agent in changed:
                bus.publish_own(agent, OwnFiguresEvent(own=self.own(agent)))
            await self._sleep(PACE)

    def _anybody_waits(self) -> bool:
        return any(contact.state is State.WAITING for contact in self._floor.contacts())

    def _of(self, queue: Queue, language: Language, now: datetime) -> QueueFigures:
        count = self._queues[queue.name]
        here = load(queue.name, self._floor.contacts(), self._floor.members(queue.name), now)
        return QueueFigures(
            queue=queue.name,
            title=queue.titles.of(language),
            waiting=here.waiting,
            longest_wait=here.longest_wait,
            callbacks=self._callbacks(queue.name),
            agents_ready=here.agents_ready,
            agents_busy=here.agents_busy,
            service_level_seconds=queue.service_level_seconds,
            abandoned_short_seconds=queue.abandoned_short_seconds,
            today=_queue_counts(count.today),
            recent=_queue_counts(count.recent(now)),
        )

    def _count(self, event: Counted) -> None:
        agent = getattr(event, "agent", "")
        if agent in self._agents:
            self._agents[agent].add(event)
            self._changed.add(agent)
        if event.queue in self._queues and not isinstance(event, AgentOffered):
            self._queues[event.queue].add(event)

    def _ready(self, agent: str, now: datetime) -> float:
        """Seconds of today; who was ready before midnight has been since."""
        choices, midnight = self._choices[agent], self._midnight()
        intent = self._floor.intent(agent)
        if not choices and intent is not None:
            choices = [Chosen(intent.presence, midnight)]
        return ready_seconds(choices, midnight, now)

    def _date(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def _midnight(self) -> datetime:
        return datetime.combine(self._day, time(), self._zone)

    def _roll(self, moment: datetime) -> None:
        """Begin a new day at the centre's midnight, and where the clock was set back over it."""
        today = self._date(moment)
        if today != self._day:
            self._day = today
            self._queues = {
                queue.name: Count(Limits(queue.service_level_seconds, queue.abandoned_short_seconds))
                for queue in self._roster.queues.values()
            }
            self._agents = {agent: Count(Limits()) for agent in self._roster.agents}
            self._choices = defaultdict(list, {agent: made[-1:] for agent, made in self._choices.items()})


def _queue_counts(tally: Tally) -> QueueCounts:
    return QueueCounts(
        offered=tally.offered,
        answered=tally.answered,
        abandoned=tally.abandoned,
        abandoned_short=tally.abandoned_short,
        transferred=tally.transferred,
        called_back=tally.called_back,
        unseen=tally.unseen,
        service_level=tally.service_level,
        service_level_offered=tally.service_level_offered,
        average_wait=tally.average_wait,
        average_talk=tally.average_talk,
        average_hold=tally.average_hold,
        average_wrap_up=tally.average_wrap_up,
        average_handling=tally.average_handling,
    )


def _agent_counts(tally: Tally) -> AgentCounts:
    return AgentCounts(
        offered=tally.offered,
        answered=tally.answered,
        transferred=tally.transferred,
        called_back=tally.called_back,
        average_talk=tally.average_talk,
        average_hold=tally.average_hold,
        average_wrap_up=tally.average_wrap_up,
        average_handling=tally.average_handling,
    )
