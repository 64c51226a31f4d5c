"""A queue exchange in memory that fills ``hub.ports.pbx.Pbx``; tests say what callers and agents do.

It is a verified fake: ``tests/contract/test_pbx.py`` runs the same suite against it and the real Asterisk.
Nothing happens by time. A caller is offered at once to the free member who waited longest for a call; the
ring ends when a test says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    MemberRow,
    MemberState,
    OfferEnded,
    PbxDown,
    PbxEvent,
    PbxLink,
    PbxRefused,
    QueueRow,
    WaitingCaller,
)

_QUEUE_LIMIT = 10_000


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Caller:
    contact: str
    queue: str
    number: str
    name: str
    joined: datetime
    agent: str = ""
    offered: datetime | None = None
    connected: datetime | None = None
    waited: float = 0.0


@dataclass(slots=True)
class _Member:
    agent: str
    paused: bool
    reason: str
    calls: int = 0


@dataclass(slots=True)
class _Queue:
    name: str
    service_level_seconds: int
    waiting: list[_Caller] = field(default_factory=list)
    members: dict[str, _Member] = field(default_factory=dict)
    completed: int = 0
    in_time: int = 0
    abandoned: int = 0


class FakePbx:
    """The exchange and its script. Methods named after callers and agents are what they do."""

    def __init__(self, queues: dict[str, int] | None = None, *, now: Callable[[], datetime] = _now) -> None:
        """``queues`` maps names to service level thresholds in seconds."""
        self._queues = {n: _Queue(n, s) for n, s in (queues or {"support": 20, "sales": 30}).items()}
        self._now = now
        self._callers: dict[str, _Caller] = {}
        self._devices: dict[str, MemberState] = {}
        self._events: asyncio.Queue[PbxEvent] | None = None
        self._up = False
        self._serial = 0

    # the port

    async def run(self) -> None:
        """Be reachable for as long as the task lives."""
        self.link_up()
        try:
            await asyncio.Event().wait()
        finally:
            self._up = False

    def events(self) -> AsyncIterator[PbxEvent]:
        """All events from this call on."""
        queue = self._events = asyncio.Queue(_QUEUE_LIMIT)

        async def each() -> AsyncIterator[PbxEvent]:
            while True:
                yield await queue.get()

        return each()

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now."""
        self._need_link()
        return tuple(self._row(queue) for queue in self._queues.values())

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "") -> None:
        """Make ``agent`` a member, paused or not."""
        members = self._queue(queue).members
        known = members.get(agent)
        members[agent] = _Member(agent, paused, reason if paused else "", known.calls if known else 0)
        self._tell_member(queue, agent)
        self._offer()

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``."""
        members = self._queue(queue).members
        if agent in members:
            self._tell_member(queue, agent, member=False)
            del members[agent]

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` everywhere."""
        self._need_link()
        found = [queue for queue in self._queues.values() if agent in queue.members]
        if not found:
            raise PbxRefused(f"{agent} is in no queue")
        for queue in found:
            member = queue.members[agent]
            member.paused, member.reason = paused, reason if paused else ""
            self._tell_member(queue.name, agent)
        self._offer()

    # what callers do

    def caller_joins(self, queue: str, number: str = "0525550101", name: str = "") -> str:
        """A caller begins to wait; returns the contact."""
        self._serial += 1
        caller = _Caller(f"fake-{self._serial}", queue, number, name, self._now())
        waiting = self._queues[queue].waiting
        waiting.append(caller)
        self._callers[caller.contact] = caller
        self._tell(CallerJoined(queue, caller.contact, number, name, len(waiting), caller.joined))
        self._offer()
        return caller.contact

    def caller_hangs_up(self, contact: str) -> None:
        """The caller gives up waiting, or ends the talk."""
        caller = self._callers[contact]
        if caller.connected is not None:
            self._complete(caller, "caller")
            return
        self._queues[caller.queue].abandoned += 1
        now = self._now()
        self._tell(CallerAbandoned(caller.queue, contact, self._since(caller.joined), now))
        agent = caller.agent
        if agent:
            self._end_ring(caller, agent)
        self._leave_waiting(caller)
        del self._callers[contact]
        self._offer()

    # what agents do

    def agent_answers(self, agent: str) -> None:
        """The agent's phone answers the ringing call."""
        caller = self._offered(agent)
        caller.connected = self._now()
        caller.waited = (caller.connected - caller.joined).total_seconds()
        self._tell(AgentConnected(caller.queue, caller.contact, agent, caller.waited, caller.connected))
        self._leave_waiting(caller)
        self.device(agent, MemberState.BUSY)

    def agent_rejects(self, agent: str) -> None:
        """The agent's phone declines; someone else free is rung, the agent again only after them."""
        caller = self._offered(agent)
        caller.agent = ""
        self._end_ring(caller, agent)
        for queue in self._queues.values():
            if agent in queue.members:
                queue.members[agent].calls += 1
        self._offer()

    def ring_times_out(self, agent: str) -> None:
        """Nobody answered at the agent's phone within the queue's ring time."""
        self.agent_rejects(agent)

    def agent_hangs_up(self, agent: str) -> None:
        """The agent ends the talk."""
        self._complete(self._talking(agent), "agent")

    def agent_transfers(self, agent: str) -> None:
        """The agent hands the caller on; for this exchange the talk is over."""
        self._complete(self._talking(agent), "transfer")

    def device(self, agent: str, state: MemberState) -> None:
        """The agent's device comes to ``state``: registered (FREE), gone (UNAVAILABLE), in a call."""
        if self._devices.get(agent, MemberState.FREE) is not state:
            self._devices[agent] = state
            for queue in self._queues.values():
                if agent in queue.members:
                    self._tell_member(queue.name, agent)
        self._offer()

    # the line

    def link_down(self, words: str = "the line was cut") -> None:
        """The line to the exchange breaks: actions fail, and what happens is not told."""
        self._tell(PbxLink(up=False, words=words))
        self._up = False

    def link_up(self) -> None:
        """The line comes back."""
        if not self._up:
            self._up = True
            self._tell(PbxLink(up=True))

    # inside

    def _tell(self, event: PbxEvent) -> None:
        if self._up and self._events is not None:
            self._events.put_nowait(event)

    def _tell_member(self, queue: str, agent: str, *, member: bool = True) -> None:
        row = self._member_row(self._queues[queue].members[agent])
        self._tell(MemberChanged(queue, agent, row.state, row.paused, row.reason, member, self._now()))

    def _need_link(self) -> None:
        if not self._up:
            raise PbxDown("no line to the exchange")

    def _queue(self, name: str) -> _Queue:
        self._need_link()
        if name not in self._queues:
            raise PbxRefused(f"no queue {name}")
        return self._queues[name]

    def _since(self, start: datetime) -> float:
        return (self._now() - start).total_seconds()

    def _offer(self) -> None:
        for queue in self._queues.values():
            for caller in [caller for caller in queue.waiting if not caller.agent]:
                free = [member for member in queue.members.values() if self._rings(member)]
                if not free:
                    break
                member = min(free, key=lambda member: member.calls)
                caller.agent, caller.offered = member.agent, self._now()
                self._devices[member.agent] = MemberState.RINGING
                self._tell(AgentOffered(queue.name, caller.contact, member.agent, caller.offered))
                self._tell_member(queue.name, member.agent)

    def _rings(self, member: _Member) -> bool:
        return not member.paused and self._devices.get(member.agent, MemberState.FREE) is MemberState.FREE

    def _end_ring(self, caller: _Caller, agent: str) -> None:
        rang = self._since(caller.offered or caller.joined)
        self._tell(OfferEnded(caller.queue, caller.contact, agent, rang, self._now()))
        self._devices[agent] = MemberState.FREE
        if agent in self._queues[caller.queue].members:
            self._tell_member(caller.queue, agent)

    def _leave_waiting(self, caller: _Caller) -> None:
        self._queues[caller.queue].waiting.remove(caller)
        self._tell(CallerLeft(caller.queue, caller.contact, self._now()))

    def _complete(self, caller: _Caller, ended_by: str) -> None:
        connected = caller.connected or self._now()
        queue = self._queues[caller.queue]
        queue.completed += 1
        queue.in_time += caller.waited <= queue.service_level_seconds
        del self._callers[caller.contact]
        self._tell(
            AgentCompleted(
                *(caller.queue, caller.contact, caller.agent),
                waited=caller.waited,
                talked=self._since(connected),
                ended_by=ended_by,
                at=self._now(),
            )
        )
        if caller.agent in queue.members:
            queue.members[caller.agent].calls += 1
        self.device(caller.agent, MemberState.FREE)

    def _offered(self, agent: str) -> _Caller:
        return next(c for c in self._callers.values() if c.agent == agent and c.connected is None)

    def _talking(self, agent: str) -> _Caller:
        return next(c for c in self._callers.values() if c.agent == agent and c.connected is not None)

    def _member_row(self, member: _Member) -> MemberRow:
        state = self._devices.get(member.agent, MemberState.FREE)
        return MemberRow(member.agent, state, member.paused, member.reason)

    def _row(self, queue: _Queue) -> QueueRow:
        waiting = tuple(
            WaitingCaller(c.contact, c.number, c.name, position, self._since(c.joined))
            for position, c in enumerate(queue.waiting, start=1)
        )
        return QueueRow(
            name=queue.name,
            waiting=waiting,
            members=tuple(self._member_row(member) for member in queue.members.values()),
            completed=queue.completed,
            abandoned=queue.abandoned,
            service_level_seconds=queue.service_level_seconds,
            service_level_percent=100.0 * queue.in_time / queue.completed if queue.completed else 0.0,
        )
