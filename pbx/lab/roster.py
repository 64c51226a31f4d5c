"""Queue members: who is in which queue, how their phones stand, and who has been idle longest."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.ports.pbx import MemberRow, MemberState


@dataclass(slots=True)
class Member:
    """One agent as the queues see them. Moments are seconds of the exchange's clock."""

    agent: str
    queues: set[str] = field(default_factory=set)
    paused: bool = False
    reason: str = ""
    state: MemberState = MemberState.UNAVAILABLE
    offered: str = ""
    """The contact that rings here or is talked with, empty when there is none."""
    idle_since: float = 0.0
    rests_until: float = 0.0

    def takes_calls(self, queue: str, now: float) -> bool:
        """Whether a caller of ``queue`` may ring here now."""
        return (
            queue in self.queues
            and self.state is MemberState.FREE
            and not self.paused
            and not self.offered
            and now >= self.rests_until
        )

    def set_pause(self, *, paused: bool, reason: str) -> bool:
        """Pause or unpause; a reason is kept only while paused. Whether that changed anything."""
        before = (self.paused, self.reason)
        self.paused, self.reason = paused, reason if paused else ""
        return (self.paused, self.reason) != before


class Roster:
    """All agents that are, or were, member of a queue."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}

    def get(self, agent: str) -> Member | None:
        """The agent, if they ever were a member."""
        return self._members.get(agent)

    def make(self, agent: str, state: MemberState, now: float) -> Member:
        """The agent, known from now on; ``state`` is how their phone stands if they are new."""
        return self._members.setdefault(agent, Member(agent, state=state, idle_since=now))

    def longest_idle(self, queue: str, now: float) -> Member | None:
        """The free member whose last call lies furthest back."""
        free = (m for m in self._members.values() if m.takes_calls(queue, now))
        return min(free, key=lambda member: (member.idle_since, member.agent), default=None)

    def rows(self, queue: str) -> tuple[MemberRow, ...]:
        """The members of a queue, by extension."""
        return tuple(
            MemberRow(m.agent, m.state, m.paused, m.reason)
            for _agent, m in sorted(self._members.items())
            if queue in m.queues
        )

    def agents(self) -> tuple[str, ...]:
        """All extensions."""
        return tuple(self._members)
