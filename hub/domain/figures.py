"""Figures as pure sums over stored events, so that a restarted hub shows the same numbers.

The formulas are ``hub.contract.Formulas``. The first service level and the averages agree with Asterisk's own
(``ServicelevelPerf``, app_queue), with one difference: hold is part of talk there, and apart here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from hub.domain.callbacks import is_called_back
from hub.domain.contacts import Contact, Counted, State, Unseen, WrappedUp
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    MemberRow,
    MemberState,
)

_BUSY = frozenset({MemberState.RINGING, MemberState.BUSY, MemberState.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Limits:
    """What a queue counts by, in seconds: answered in time, and given up at once."""

    in_time: int = 20
    short: int = 5


@dataclass(slots=True)
class Tally:
    """What one queue, or one agent, counted in some time. Times are seconds, ``talk`` without ``hold``.

    A queue is offered callers, an agent is offered rings. Holds count with the end of their talk. Who is
    ``called_back`` is among the offered and answered, too.
    """

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    transferred: int = 0
    called_back: int = 0
    unseen: int = 0
    wait: float = 0.0
    talks: int = 0
    talk: float = 0.0
    hold: float = 0.0
    wrap_up: float = 0.0

    def add(self, event: Counted, limits: Limits) -> None:
        """Count one event; others than these change no figure."""
        match event:
            case CallerJoined() | AgentOffered():
                self.offered += 1
            case CallerAbandoned():
                self.abandoned += 1
                self.abandoned_short += event.waited <= limits.short
            case AgentConnected():
                self.answered += 1
                self.wait += event.waited
                self.within += event.waited <= limits.in_time
                self.called_back += is_called_back(event.contact)
            case AgentCompleted():
                self.talks += 1
                self.talk += event.talked - event.held
                self.hold += event.held
                self.transferred += event.ended_by == "transfer"
            case WrappedUp():
                self.wrap_up += event.seconds
            case Unseen():
                self.unseen += event.calls
            case _:
                pass

    def plus(self, other: Self) -> Self:
        """Both together."""
        return type(self)(
            **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        )

    @property
    def service_level(self) -> float | None:
        """Percent answered in time of the answered; None before the first answer."""
        return _percent(self.within, self.answered)

    @property
    def service_level_offered(self) -> float | None:
        """Percent answered in time of all who did not give up at once; None before the first of them."""
        return _percent(self.within, self.answered + self.abandoned - self.abandoned_short)

    @property
    def average_wait(self) -> float | None:
        """Average speed of answer (ASA) in seconds."""
        return self.wait / self.answered if self.answered else None

    @property
    def average_talk(self) -> float | None:
        """Average talk without hold in seconds, of talks that ended."""
        return self._by_talk(self.talk)

    @property
    def average_hold(self) -> float | None:
        """Average time on hold in seconds, of talks that ended."""
        return self._by_talk(self.hold)

    @property
    def average_wrap_up(self) -> float | None:
        """Average wrap-up in seconds, by talks that ended."""
        return self._by_talk(self.wrap_up)

    @property
    def average_handling(self) -> float | None:
        """Average handling time (AHT) in seconds, of talks that ended."""
        return self._by_talk(self.talk + self.hold + self.wrap_up)

    def _by_talk(self, seconds: float) -> float | None:
        return seconds / self.talks if self.talks else None


def _percent(part: float, whole: float) -> float | None:
    return 100 * part / whole if whole else None


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


def occupancy(done: Tally, open_contacts: Iterable[Contact], ready: float, now: datetime) -> float | None:
    """Percent of ``ready`` seconds that an agent talked or wrapped up, with what still goes on.

    None before they were ready; never over 100, though a talk may outlast its agent's readiness.
    """
    begun = (_began(contact) for contact in open_contacts)
    running = sum(max(0.0, (now - at).total_seconds()) for at in begun if at is not None)
    share = _percent(done.talk + done.hold + done.wrap_up + running, ready)
    return None if share is None else min(share, 100.0)


def _began(contact: Contact) -> datetime | None:
    """When the talk or the wrap-up that goes on now began."""
    if contact.state is State.TALKING:
        return contact.connected_at
    return contact.ended_at if contact.state is State.WRAP_UP else None
