"""Queue figures as a pure sum over stored events, so that a restarted hub shows the same numbers.

Service level is Asterisk's ``ServicelevelPerf``: of the answered, the percent whose wait was at most the
threshold.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from hub.domain.contacts import Contact, State
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    CallerAbandoned,
    CallerJoined,
    MemberRow,
    MemberState,
)

_BUSY = frozenset({MemberState.RINGING, MemberState.BUSY, MemberState.ON_HOLD})


@dataclass(slots=True)
class Tally:
    """What one queue counted in one day. Times are seconds; ``within`` counts by ``threshold``."""

    threshold: int
    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    wait: float = 0.0
    talks: int = 0
    talk: float = 0.0

    def add(self, event: object) -> None:
        """Count one event of this queue; others than these change no figure."""
        match event:
            case CallerJoined():
                self.offered += 1
            case CallerAbandoned():
                self.abandoned += 1
            case AgentConnected():
                self.answered += 1
                self.wait += event.waited
                self.within += event.waited <= self.threshold
            case AgentCompleted():
                self.talks += 1
                self.talk += event.talked
            case _:
                pass

    @property
    def service_level(self) -> float | None:
        """Percent answered in time of the answered; None before the first answer."""
        return 100 * self.within / self.answered if self.answered else None

    @property
    def average_wait(self) -> float | None:
        """Average speed of answer in seconds."""
        return self.wait / self.answered if self.answered else None

    @property
    def average_talk(self) -> float | None:
        """Average talk in seconds, of talks that ended."""
        return self.talk / self.talks if self.talks else None


@dataclass(frozen=True, slots=True)
class Load:
    """One queue at this moment."""

    waiting: int
    longest_wait: float
    agents_ready: int
    agents_busy: int


def load(queue: str, contacts: Iterable[Contact], members: Iterable[MemberRow], now: datetime) -> Load:
    """Who waits in ``queue`` now, for how long, and who could answer."""
    waits = [
        (now - contact.joined_at).total_seconds()
        for contact in contacts
        if contact.queue == queue and contact.state is State.WAITING
    ]
    rows = tuple(members)
    return Load(
        waiting=len(waits),
        longest_wait=max([0.0, *waits]),
        agents_ready=sum(row.state is MemberState.FREE and not row.paused for row in rows),
        agents_busy=sum(row.state in _BUSY for row in rows),
    )
