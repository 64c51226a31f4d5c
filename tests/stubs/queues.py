"""What a queue exchange in memory keeps of callers, members and queues, and the rows of a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.ports.pbx import MemberRow, MemberState, QueueRow, TalkingCaller, WaitingCaller


@dataclass(slots=True)
class Caller:
    """Somebody in a queue: rung for ``agent`` since ``offered``, in a talk with them since ``connected``."""

    contact: str
    queue: str
    number: str
    name: str
    joined: datetime
    agent: str = ""
    offered: datetime | None = None
    connected: datetime | None = None
    waited: float = 0.0
    held: bool = False
    handed_on: bool = False
    """By another agent; counted already."""
    reserved: bool = False
    """Members of level ``RESERVED`` alone are rung."""


@dataclass(slots=True)
class Member:
    """One member of a queue, and how many calls were theirs."""

    agent: str
    paused: bool
    reason: str
    calls: int = 0
    level: int = 1

    def row(self, devices: Mapping[str, MemberState]) -> MemberRow:
        """How it stands now; a device of which nothing was told is free."""
        state = devices.get(self.agent, MemberState.FREE)
        return MemberRow(self.agent, state, self.paused, self.reason, self.level)


@dataclass(slots=True)
class Queue:
    """One queue."""

    name: str
    service_level_seconds: int
    waiting: list[Caller] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    completed: int = 0
    in_time: int = 0
    abandoned: int = 0

    def row(self, callers: Iterable[Caller], devices: Mapping[str, MemberState], now: datetime) -> QueueRow:
        """How it stands ``now``. ``callers`` are those of every queue, those who talk among them."""
        waiting = tuple(
            WaitingCaller(c.contact, c.number, c.name, position, _seconds(c.joined, now))
            for position, c in enumerate(self.waiting, start=1)
        )
        talks = ((c, c.connected) for c in callers if c.queue == self.name)
        return QueueRow(
            name=self.name,
            waiting=waiting,
            talking=tuple(
                TalkingCaller(*(c.contact, c.number, c.name, c.agent, c.waited), _seconds(since, now), c.held)
                for c, since in talks
                if since is not None
            ),
            members=tuple(member.row(devices) for member in self.members.values()),
            completed=self.completed,
            abandoned=self.abandoned,
            service_level_seconds=self.service_level_seconds,
            service_level_percent=100.0 * self.in_time / self.completed if self.completed else 0.0,
        )


def _seconds(since: datetime, now: datetime) -> float:
    """Never negative, as the adapter of the real exchange tells it."""
    return max(0.0, (now - since).total_seconds())
