"""Whose desk is there: who has been without one for too long gets no new calls until it is back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta


class Desks:
    """A desk is there while an event stream of its agent is open. ``grace`` seconds without one are too long;
    where it is 0 nobody is ever lost.

    When the hub starts nobody's desk is there yet: everybody gets the grace, and whoever never opens a stream
    (a telephone without a desk) counts as lost after it.
    """

    def __init__(self, agents: Iterable[str], grace: float, now: Callable[[], datetime]) -> None:
        self._grace = timedelta(seconds=grace)
        self._now = now
        self._gone = dict.fromkeys(agents, now())
        """Who has no stream open, since when."""
        self._lost: set[str] = set()
        """Those who were lost when ``turned`` was last asked."""

    def hear(self, agent: str, *, listens: bool) -> None:
        """The first stream of ``agent`` was opened, or the last one ended."""
        if listens:
            self._gone.pop(agent, None)
        else:
            self._gone[agent] = self._now()

    def see(self, agent: str) -> None:
        """``agent`` chose something: whoever has no stream open gets the grace once more."""
        if agent in self._gone:
            self._gone[agent] = self._now()

    def remember(self, agent: str) -> None:
        """The exchange keeps calls from ``agent`` for want of a desk: they were lost before this hub was."""
        if agent in self._gone:
            self._gone[agent] = min(self._gone[agent], self._now() - self._grace)

    def lost(self, agent: str) -> bool:
        """Whether ``agent`` has been without a desk for too long."""
        since = self._gone.get(agent)
        return since is not None and bool(self._grace) and self._now() >= since + self._grace

    def seconds_left(self) -> float | None:
        """Until the next one is lost; None while nobody can be."""
        ends = [since + self._grace for agent, since in self._gone.items() if agent not in self._lost]
        return max(0.0, (min(ends) - self._now()).total_seconds()) if ends and self._grace else None

    def turned(self) -> set[str]:
        """Who is lost, or is no more, since this was last asked."""
        lost = {agent for agent in self._gone if self.lost(agent)}
        turned, self._lost = lost ^ self._lost, lost
        return turned
