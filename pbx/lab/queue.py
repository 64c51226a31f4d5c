"""The queues: callers wait in order and ring the member idle longest, one offer a member at a time.

A pure model: no socket, no clock. Every ``now`` is in seconds of one steady clock, every method returns the
events of ``hub.ports.pbx`` that it caused. Whoever drives it rings the phone for each ``AgentOffered``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerHeld,
    CallerJoined,
    CallerLeft,
    CallerResumed,
    HandedOn,
    OfferEnded,
    PbxEvent,
    QueueRow,
    TalkingCaller,
    WaitingCaller,
)
from pbx.lab.roster import QueueError, Roster
from pbx.lab.timeline import Timeline

_EXTENSION = re.compile(r"[0-9]{1,32}")
"""An agent's. Everybody else's number is in E.164, with its plus."""


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
    held: bool = False
    """By the agent, in the talk."""
    handed_on: bool = False
    """By another agent: the queue has counted them already, and has kept nobody for them."""


@dataclass(slots=True)
class _Count:
    completed: int = 0
    abandoned: int = 0
    in_time: int = 0


class Queues:
    """All queues of the exchange over one roster of ``members``."""

    def __init__(self, settings: Iterable[QueueSettings], timeline: Timeline) -> None:
        self._settings = {queue.name: queue for queue in settings}
        self._counts = {name: _Count() for name in self._settings}
        self._callers: dict[str, _Caller] = {}
        self._at = timeline.at
        self.members = Roster(self._settings, timeline)

    # Callers

    def enter(self, queue: str, contact: str, number: str, name: str, now: float) -> list[PbxEvent]:
        """A caller begins to wait, last in line. Raises ``NoSuchQueue`` and ``QueueFull``."""
        self.members.require(queue)
        position, most = len(self._waiting(queue)) + 1, self._settings[queue].most_callers
        if position > most:
            raise QueueFull(f"{queue} holds {most} callers already")
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
            if caller.agent:
                continue
            caller.agent = self.members.reserve(caller.queue, caller.contact, now)
            if caller.agent:
                caller.offered = now
                events.append(AgentOffered(caller.queue, caller.contact, caller.agent, self._at(now)))
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
        self.members.release(agent, rests_until=now + self._settings[caller.queue].retry)
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
        waited, talked = caller.answered - caller.joined, now - caller.answered
        if not caller.handed_on:
            self._count(caller.queue, waited)
            rests_until = now + self._settings[caller.queue].wrap_up
            self.members.release(agent, rests_until=rests_until, idle_since=now)
        return [AgentCompleted(caller.queue, contact, agent, waited, talked, by, self._at(now))]

    def handed_on(self, contact: str, to: str, now: float) -> list[PbxEvent]:
        """The caller talks with ``to`` now, by the wish of who talked with them; told only of an agent."""
        caller = self._callers.get(contact)
        if caller is None or caller.answered is None:
            return []
        events = self.ended(contact, caller.agent, "transfer", now)
        if _EXTENSION.fullmatch(to):
            self._callers[contact] = replace(
                caller, agent=to, joined=now, answered=now, held=False, handed_on=True
            )
            events.append(HandedOn(caller.queue, contact, to, self._at(now)))
        return events

    def held(self, contact: str, agent: str, now: float, *, held: bool) -> list[PbxEvent]:
        """``agent`` put the caller on hold, or talks with them again; told where it changed."""
        caller = self._callers.get(contact)
        talks = caller is not None and caller.agent == agent and caller.answered is not None
        if caller is None or not talks or caller.held is held:
            return []
        caller.held = held
        told = CallerHeld if held else CallerResumed
        return [told(caller.queue, contact, agent, self._at(now))]

    # How things stand

    def rows(self, now: float) -> tuple[QueueRow, ...]:
        """Every queue as it is now and was counted since the start."""
        return tuple(self._row(name, now) for name in self._settings)

    def contact_for(self, number: str, agent: str) -> str:
        """The contact of the caller ``number`` who rings at ``agent``, empty when there is none."""
        offered = (c for c in self._callers.values() if c.agent == agent and c.answered is None)
        return next((caller.contact for caller in offered if caller.number == number), "")

    def _waiting(self, queue: str) -> list[_Caller]:
        return [c for c in self._callers.values() if c.queue == queue and c.answered is None]

    def _offered(self, contact: str, agent: str) -> _Caller | None:
        caller = self._callers.get(contact)
        if caller is None or not agent or caller.agent != agent or caller.answered is not None:
            return None
        return caller

    def _count(self, queue: str, waited: float) -> None:
        count = self._counts[queue]
        count.completed += 1
        count.in_time += waited <= self._settings[queue].service_level

    def _row(self, name: str, now: float) -> QueueRow:
        count = self._counts[name]
        return QueueRow(
            name=name,
            waiting=tuple(
                WaitingCaller(c.contact, c.number, c.name, position, now - c.joined)
                for position, c in enumerate(self._waiting(name), 1)
            ),
            talking=tuple(
                TalkingCaller(
                    *(c.contact, c.number, c.name, c.agent),
                    waited=c.answered - c.joined,
                    talked=now - c.answered,
                    held=c.held,
                )
                for c in self._callers.values()
                if c.queue == name and c.answered is not None
            ),
            members=self.members.rows(name),
            completed=count.completed,
            abandoned=count.abandoned,
            service_level_seconds=self._settings[name].service_level,
            service_level_percent=100 * count.in_time / count.completed if count.completed else 0.0,
        )
