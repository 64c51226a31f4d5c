"""Queues in memory: who waits, whom they are offered to, who talks. Nothing happens by time.

A caller is offered at once to the free member who had the fewest calls; a ring ends when a test says so.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from hub.ports.pbx import (
    RESERVED,
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerHeld,
    CallerJoined,
    CallerLeft,
    CallerResumed,
    HandedOn,
    MemberChanged,
    MemberState,
    OfferEnded,
    PbxEvent,
    QueueRow,
)
from tests.stubs.queues import Caller, Member, Queue


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class QueueFloor(ABC):
    """Callers, agents and queues. Methods named after callers and agents are what they do."""

    def __init__(self, queues: dict[str, int], *, now: Callable[[], datetime]) -> None:
        """``queues`` maps names to service level thresholds in seconds."""
        self._queues = {name: Queue(name, threshold) for name, threshold in queues.items()}
        self._now = now
        self._callers: dict[str, Caller] = {}
        self._devices: dict[str, MemberState] = {}
        self._outside: set[str] = set()
        """Contacts of callers who talk outside."""
        self._serial = 0

    @abstractmethod
    def _tell(self, event: PbxEvent) -> None:
        """What happened, to whoever reads the exchange."""

    # what callers do

    def caller_joins(
        self, queue: str, number: str = "0525550101", name: str = "", *, reserved: str = "", again: str = ""
    ) -> str:
        """A caller begins to wait; returns the contact. ``reserved``: that of a customer who was called;
        ``again``: that of one who waited before.
        """
        self._serial += 1
        contact = reserved or again or f"fake-{self._serial}"
        caller = Caller(contact, queue, number, name, self._now(), reserved=bool(reserved))
        waiting = self._queues[queue].waiting
        waiting.append(caller)
        self._callers[caller.contact] = caller
        self._tell(CallerJoined(queue, caller.contact, number, name, len(waiting), caller.joined))
        self._offer()
        return caller.contact

    def caller_hangs_up(self, contact: str) -> None:
        """The caller gives up waiting, or ends the talk."""
        if contact in self._outside:
            self._outside.remove(contact)
            return
        caller = self._callers[contact]
        if caller.connected is not None:
            self._complete(caller, "caller")
            return
        self._queues[caller.queue].abandoned += 1
        now = self._now()
        self._tell(CallerAbandoned(caller.queue, contact, _seconds(caller.joined, now), now))
        agent = caller.agent
        if agent:
            self._end_ring(caller, agent)
        self._leave_waiting(caller)
        del self._callers[contact]
        self._offer()

    # what agents do

    def agent_answers(self, agent: str) -> None:
        """The agent's phone answers the ringing call."""
        caller = self._caller_of(agent, talking=False)
        caller.connected = self._now()
        caller.waited = max(0.0, (caller.connected - caller.joined).total_seconds())
        self._tell(AgentConnected(caller.queue, caller.contact, agent, caller.waited, caller.connected))
        self._leave_waiting(caller)
        self.device(agent, MemberState.BUSY)

    def agent_rejects(self, agent: str) -> None:
        """The agent's phone declines; someone else free is rung, the agent again only after them."""
        caller = self._caller_of(agent, talking=False)
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
        self._complete(self._caller_of(agent, talking=True), "agent")

    def agent_holds(self, agent: str) -> None:
        """The agent puts the caller on hold."""
        caller = self._caller_of(agent, talking=True)
        caller.held = True
        self._tell(CallerHeld(caller.queue, caller.contact, agent, self._now()))
        self.device(agent, MemberState.ON_HOLD)

    def agent_resumes(self, agent: str) -> None:
        """The agent talks with the caller again."""
        caller = self._caller_of(agent, talking=True)
        caller.held = False
        self._tell(CallerResumed(caller.queue, caller.contact, agent, self._now()))
        self.device(agent, MemberState.BUSY)

    def agent_transfers(self, agent: str, to: str) -> None:
        """The agent hands the caller on to another agent, or to a number outside (with a plus)."""
        caller = self._caller_of(agent, talking=True)
        self._complete(caller, "transfer")
        if to.startswith("+"):
            self._outside.add(caller.contact)
            return
        caller.agent, caller.connected, caller.waited, caller.handed_on = to, self._now(), 0.0, True
        caller.held = False
        self._callers[caller.contact] = caller
        self._tell(HandedOn(caller.queue, caller.contact, to, caller.connected))
        self.device(to, MemberState.BUSY)

    def device(self, agent: str, state: MemberState) -> None:
        """The agent's device comes to ``state``: registered (FREE), gone (UNAVAILABLE), in a call."""
        self._set_device(agent, state)
        self._offer()

    # how it comes about

    def _set_device(self, agent: str, state: MemberState) -> None:
        if self._devices.get(agent, MemberState.FREE) is not state:
            self._devices[agent] = state
            for queue in self._queues.values():
                if agent in queue.members:
                    self._tell_member(queue.name, agent)

    def _tell_member(self, queue: str, agent: str, *, member: bool = True) -> None:
        row = self._queues[queue].members[agent].row(self._devices)
        self._tell(
            MemberChanged(queue, agent, row.state, row.paused, row.reason, member, self._now(), row.level)
        )

    def _offer(self) -> None:
        for queue in self._queues.values():
            for caller in [caller for caller in queue.waiting if not caller.agent]:
                free = [one for one in queue.members.values() if _may(one, caller, self._devices)]
                if not free:
                    continue
                member = min(free, key=lambda member: (member.level, member.calls))
                caller.agent, caller.offered = member.agent, self._now()
                self._tell(AgentOffered(queue.name, caller.contact, member.agent, caller.offered))
                self._set_device(member.agent, MemberState.RINGING)

    def _end_ring(self, caller: Caller, agent: str) -> None:
        rang = _seconds(caller.offered or caller.joined, self._now())
        self._tell(OfferEnded(caller.queue, caller.contact, agent, rang, self._now()))
        self._set_device(agent, MemberState.FREE)

    def _leave_waiting(self, caller: Caller) -> None:
        self._queues[caller.queue].waiting.remove(caller)
        self._tell(CallerLeft(caller.queue, caller.contact, self._now()))

    def _complete(self, caller: Caller, ended_by: str) -> None:
        connected = caller.connected or self._now()
        queue = self._queues[caller.queue]
        if not caller.handed_on:
            queue.completed += 1
            queue.in_time += caller.waited <= queue.service_level_seconds
        del self._callers[caller.contact]
        self._tell(
            AgentCompleted(
                *(caller.queue, caller.contact, caller.agent),
                waited=caller.waited,
                talked=_seconds(connected, self._now()),
                ended_by=ended_by,
                at=self._now(),
            )
        )
        if caller.agent in queue.members:
            queue.members[caller.agent].calls += 1
        self.device(caller.agent, MemberState.FREE)

    def _caller_of(self, agent: str, *, talking: bool) -> Caller:
        callers = (caller for caller in self._callers.values() if caller.agent == agent)
        return next(caller for caller in callers if (caller.connected is not None) is talking)

    def _row(self, queue: Queue) -> QueueRow:
        return queue.row(self._callers.values(), self._devices, self._now())


def _may(member: Member, caller: Caller, devices: Mapping[str, MemberState]) -> bool:
    """Whether ``caller`` may ring at ``member`` now."""
    reached = devices.get(member.agent, MemberState.FREE) is MemberState.FREE
    return reached and not member.paused and (member.level == RESERVED or not caller.reserved)


def _seconds(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds())
