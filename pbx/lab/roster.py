"""Queue members: who is in which queue, how their phones stand, and who has been idle longest.

A pure model like the queues: every ``now`` is in seconds of one steady clock, methods return what changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.ports.pbx import MemberChanged, MemberRow, MemberState, PbxEvent
from pbx.lab.timeline import Timeline


class QueueError(Exception):
    """What was asked is not possible; ``str(error)`` says why."""


class NoSuchQueue(QueueError):
    """There is no queue of that name."""


class NoSuchMember(QueueError):
    """That agent is no member of any queue."""


@dataclass(slots=True)
class Member:
    """One agent as the queues see them. Moments are seconds of the exchange's clock."""

    agent: str
    queues: set[str] = field(default_factory=set)
    paused: bool = False
    reason: str = ""
    state: MemberState = MemberState.UNAVAILABLE
    serving: str = ""
    """The contact that rings here or is talked with, empty when there is none."""
    idle_since: float = 0.0
    rests_until: float = 0.0

    def takes_calls(self, queue: str, now: float) -> bool:
        """Whether a caller of ``queue`` may ring here now."""
        return (
            queue in self.queues
            and self.state is MemberState.FREE
            and not self.paused
            and not self.serving
            and now >= self.rests_until
        )

    def set_pause(self, *, paused: bool, reason: str) -> bool:
        """Pause or unpause; a reason is kept only while paused. Whether that changed anything."""
        before = (self.paused, self.reason)
        self.paused, self.reason = paused, reason if paused else ""
        return (self.paused, self.reason) != before


class Roster:
    """All agents that are, or were, member of one of ``queues``."""

    def __init__(self, queues: Iterable[str], timeline: Timeline) -> None:
        self._queues = frozenset(queues)
        self._at = timeline.at
        self._members: dict[str, Member] = {}

    def join(
        self, queue: str, agent: str, now: float, *, paused: bool, reason: str, device: MemberState
    ) -> list[PbxEvent]:
        """Make ``agent``, whose phone stands as ``device`` says, a member; joining again changes the pause.

        Raises ``NoSuchQueue``.
        """
        self.require(queue)
        member = self._members.setdefault(agent, Member(agent, state=device, idle_since=now))
        new, changed = queue not in member.queues, member.set_pause(paused=paused, reason=reason)
        member.queues.add(queue)
        if changed:
            return self._told(member, now)
        return [self._changed(queue, member, now)] if new else []

    def leave(self, queue: str, agent: str, now: float) -> list[PbxEvent]:
        """Take ``agent`` out of a queue; a call in hand goes on. Raises ``NoSuchQueue``."""
        self.require(queue)
        member = self._members.get(agent)
        if member is None or queue not in member.queues:
            return []
        member.queues.discard(queue)
        return [self._changed(queue, member, now)]

    def pause(self, agent: str, now: float, *, paused: bool, reason: str) -> list[PbxEvent]:
        """Pause or unpause ``agent`` in every queue. Raises ``NoSuchMember``."""
        member = self._members.get(agent)
        if member is None or not member.queues:
            raise NoSuchMember(f"{agent} is in no queue")
        changed = member.set_pause(paused=paused, reason=reason)
        return self._told(member, now) if changed else []

    def device(self, agent: str, state: MemberState, now: float) -> list[PbxEvent]:
        """The agent's phone now stands so."""
        member = self._members.get(agent)
        if member is None or member.state is state:
            return []
        member.state = state
        return self._told(member, now)

    def require(self, queue: str) -> None:
        """Raise ``NoSuchQueue`` unless there is such a queue."""
        if queue not in self._queues:
            raise NoSuchQueue(f"no queue {queue}")

    def reserve(self, queue: str, contact: str, now: float) -> str:
        """The free member whose last call lies furthest back, kept for ``contact``; empty when none is."""
        free = (m for m in self._members.values() if m.takes_calls(queue, now))
        member = min(free, key=lambda member: (member.idle_since, member.agent), default=None)
        if member is None:
            return ""
        member.serving = contact
        return member.agent

    def release(self, agent: str, *, rests_until: float, idle_since: float | None = None) -> None:
        """The agent is done with what was kept for them, and rests; ``idle_since`` where there was a talk."""
        member = self._members[agent]
        member.serving = ""
        member.rests_until = rests_until
        if idle_since is not None:
            member.idle_since = idle_since

    def agents(self) -> tuple[str, ...]:
        """All extensions."""
        return tuple(self._members)

    def rows(self, queue: str) -> tuple[MemberRow, ...]:
        """The members of a queue, by extension."""
        return tuple(
            MemberRow(m.agent, m.state, m.paused, m.reason)
            for _agent, m in sorted(self._members.items())
            if queue in m.queues
        )

    def _told(self, member: Member, now: float) -> list[PbxEvent]:
        return [self._changed(queue, member, now) for queue in sorted(member.queues)]

    def _changed(self, queue: str, member: Member, now: float) -> PbxEvent:
        belongs, at = queue in member.queues, self._at(now)
        return MemberChanged(queue, member.agent, member.state, member.paused, member.reason, belongs, at)
