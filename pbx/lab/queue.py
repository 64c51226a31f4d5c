"""The queues: callers wait in order and ring the member idle longest, one offer a member at a time.

A pure model: no socket, no clock. Every ``now`` is in seconds of one steady clock, every method returns the
events of ``hub.ports.pbx`` that it caused. Whoever drives it rings the phone for each ``AgentOffered``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    MemberState,
    OfferEnded,
    PbxEvent,
    QueueRow,
    WaitingCaller,
)
from pbx.lab.roster import Member, Roster


class QueueError(Exception):
    """What was asked is not possible; ``str(error)`` says why."""


class NoSuchQueue(QueueError):
    """There is no queue of that name."""


class NoSuchMember(QueueError):
    """That agent is no member of any queue."""


class QueueFull(QueueError):
    """The queue holds as many callers as it may (``maxlen`` of Asterisk's queues.conf)."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue, in the words of Asterisk's queues.conf; times in seconds.

    ``timeout`` is how long one member rings, ``retry`` how long that member is then left alone,
    ``wrap_up`` how long after a call.
    """

    name: str
    service_level: int = 20
    timeout: float = 15.0
    retry: float = 2.0
    wrap_up: float = 1.0
    most_callers: int = 100


@dataclass(frozen=True, slots=True)
class Timeline:
    """Ties the steady clock to the calendar once, so that a corrected wall clock moves no figure."""

    began: datetime
    zero: float

    @classmethod
    def starting(cls, now: float) -> Timeline:
        """A timeline on which ``now`` is this moment."""
        return cls(datetime.now(UTC), now)

    def at(self, now: float) -> datetime:
        """The time of day, aware and UTC, of a moment of the clock."""
        return self.began + timedelta(seconds=now - self.zero)


@dataclass(slots=True)
class _Caller:
    contact: str
    queue: str
    number: str
    name: str
    joined: float
    agent: str = ""
    """Who is offered this caller or talks to them."""
    offered: float = 0.0
    answered: float | None = None


@dataclass(slots=True)
class _Count:
    completed: int = 0
    abandoned: int = 0
    in_time: int = 0


class Queues:
    """All queues of the exchange over one roster of members."""

    def __init__(self, settings: Iterable[QueueSettings], timeline: Timeline) -> None:
        self._settings = {queue.name: queue for queue in settings}
        self._counts = {name: _Count() for name in self._settings}
        self._callers: dict[str, _Caller] = {}
        self._roster = Roster()
        self._at = timeline.at

    # Callers

    def enter(self, queue: str, contact: str, number: str, name: str, now: float) -> list[PbxEvent]:
        """A caller begins to wait, last in line. Raises ``NoSuchQueue`` and ``QueueFull``."""
        settings = self._queue(queue)
        position = len(self._waiting(queue)) + 1
        if position > settings.most_callers:
            raise QueueFull(f"{queue} holds {settings.most_callers} callers already")
        self._callers[contact] = _Caller(contact, queue, number, name, now)
        return [CallerJoined(queue, contact, number, name, position, self._at(now))]

    def hang_up(self, contact: str, now: float) -> list[PbxEvent]:
        """The caller is gone: out of the queue, or out of the talk. No error when that is known already."""
        caller = self._callers.get(contact)
        if caller is None:
            return []
        if caller.answered is not None:
            return self.ended(contact, caller.agent, "caller", now)
        rang = self.refused(contact, caller.agent, now)
        del self._callers[contact]
        self._counts[caller.queue].abandoned += 1
        at = self._at(now)
        abandoned = CallerAbandoned(caller.queue, contact, now - caller.joined, at)
        return [abandoned, *rang, CallerLeft(caller.queue, contact, at)]

    # The course of an offer

    def offer(self, now: float) -> list[PbxEvent]:
        """Ring members for those who wait, first come first served."""
        events: list[PbxEvent] = []
        for caller in self._callers.values():
            member = None if caller.agent else self._roster.longest_idle(caller.queue, now)
            if member is not None:
                caller.agent, caller.offered = member.agent, now
                member.offered = caller.contact
                events.append(AgentOffered(caller.queue, caller.contact, member.agent, self._at(now)))
        return events

    def expire(self, now: float) -> list[PbxEvent]:
        """End the offers that rang for as long as their queue lets a member ring."""
        overdue = [
            caller
            for caller in self._callers.values()
            if caller.agent
            and caller.answered is None
            and now - caller.offered >= self._settings[caller.queue].timeout
        ]
        return [event for caller in overdue for event in self.refused(caller.contact, caller.agent, now)]

    def refused(self, contact: str, agent: str, now: float) -> list[PbxEvent]:
        """``agent`` did not take the call: busy, declined, unreachable or rung out. The caller waits on."""
        caller = self._offered(contact, agent)
        if caller is None:
            return []
        caller.agent = ""
        self._release(agent, now + self._settings[caller.queue].retry)
        return [OfferEnded(caller.queue, contact, agent, now - caller.offered, self._at(now))]

    def answered(self, contact: str, agent: str, now: float) -> list[PbxEvent]:
        """``agent`` took the call; too late for an offer that has ended."""
        caller = self._offered(contact, agent)
        if caller is None:
            return []
        caller.answered = now
        waited, at = now - caller.joined, self._at(now)
        return [
            AgentConnected(caller.queue, contact, agent, waited, at),
            CallerLeft(caller.queue, contact, at),
        ]

    def ended(self, contact: str, agent: str, by: str, now: float) -> list[PbxEvent]:
        """The talk is over; ``by`` as ``AgentCompleted.ended_by``."""
        caller = self._callers.get(contact)
        if caller is None or caller.agent != agent or caller.answered is None:
            return []
        del self._callers[contact]
        settings, count = self._settings[caller.queue], self._counts[caller.queue]
        waited = caller.answered - caller.joined
        count.completed += 1
        count.in_time += waited <= settings.service_level
        self._release(agent, now + settings.wrap_up)
        member = self._roster.get(agent)
        if member is not None:
            member.idle_since = now
        talked = now - caller.answered
        return [AgentCompleted(caller.queue, contact, agent, waited, talked, by, self._at(now))]

    # Members

    def join(
        self, queue: str, agent: str, now: float, *, paused: bool, reason: str, device: MemberState
    ) -> list[PbxEvent]:
        """Make ``agent`` a member; joining again changes the pause. Raises ``NoSuchQueue``."""
        self._queue(queue)
        member = self._roster.make(agent, device, now)
        new, changed = queue not in member.queues, member.set_pause(paused=paused, reason=reason)
        member.queues.add(queue)
        if changed:
            return self._told(member, now)
        return [self._changed(queue, member, now)] if new else []

    def leave(self, queue: str, agent: str, now: float) -> list[PbxEvent]:
        """Take ``agent`` out of a queue; a call in hand goes on. Raises ``NoSuchQueue``."""
        self._queue(queue)
        member = self._roster.get(agent)
        if member is None or queue not in member.queues:
            return []
        member.queues.discard(queue)
        return [self._changed(queue, member, now)]

    def pause(self, agent: str, now: float, *, paused: bool, reason: str) -> list[PbxEvent]:
        """Pause or unpause ``agent`` in every queue. Raises ``NoSuchMember``."""
        member = self._roster.get(agent)
        if member is None or not member.queues:
            raise NoSuchMember(f"{agent} is in no queue")
        changed = member.set_pause(paused=paused, reason=reason)
        return self._told(member, now) if changed else []

    def device(self, agent: str, state: MemberState, now: float) -> list[PbxEvent]:
        """The agent's phone now stands so."""
        member = self._roster.get(agent)
        if member is None or member.state is state:
            return []
        member.state = state
        return self._told(member, now)

    # How things stand

    def agents(self) -> tuple[str, ...]:
        """Everybody who is, or was, member of a queue."""
        return self._roster.agents()

    def rows(self, now: float) -> tuple[QueueRow, ...]:
        """Every queue as it is now and was counted since the start."""
        return tuple(self._row(name, now) for name in self._settings)

    def contact_for(self, number: str, agent: str) -> str:
        """The contact of the caller ``number`` who rings at ``agent``, empty when there is none."""
        offered = (c for c in self._callers.values() if c.agent == agent and c.answered is None)
        return next((caller.contact for caller in offered if caller.number == number), "")

    def _queue(self, name: str) -> QueueSettings:
        if name not in self._settings:
            raise NoSuchQueue(f"no queue {name}")
        return self._settings[name]

    def _waiting(self, queue: str) -> list[_Caller]:
        return [c for c in self._callers.values() if c.queue == queue and c.answered is None]

    def _offered(self, contact: str, agent: str) -> _Caller | None:
        caller = self._callers.get(contact)
        if caller is None or not agent or caller.agent != agent or caller.answered is not None:
            return None
        return caller

    def _release(self, agent: str, rests_until: float) -> None:
        member = self._roster.get(agent)
        if member is not None:
            member.offered = ""
            member.rests_until = rests_until

    def _told(self, member: Member, now: float) -> list[PbxEvent]:
        return [self._changed(queue, member, now) for queue in sorted(member.queues)]

    def _changed(self, queue: str, member: Member, now: float) -> PbxEvent:
        return MemberChanged(
            queue,
            member.agent,
            member.state,
            member.paused,
            member.reason,
            queue in member.queues,
            self._at(now),
        )

    def _row(self, name: str, now: float) -> QueueRow:
        count = self._counts[name]
        return QueueRow(
            name=name,
            waiting=tuple(
                WaitingCaller(c.contact, c.number, c.name, position, now - c.joined)
                for position, c in enumerate(self._waiting(name), 1)
            ),
            members=self._roster.rows(name),
            completed=count.completed,
            abandoned=count.abandoned,
            service_level_seconds=self._settings[name].service_level,
            service_level_percent=100 * count.in_time / count.completed if count.completed else 0.0,
        )
