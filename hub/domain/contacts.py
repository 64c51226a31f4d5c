"""The life of a contact: one table over what the exchange tells.

    waiting → (rings at agents) → talking → wrap-up → done
       ├→ abandoned   the caller hung up first
       └→ left        neither: time-out, a key, or out of sight of the hub

A contact that rings somewhere is still waiting; its ``rings`` say where. The table forgives order: Asterisk
tells that a caller left the queue just before it tells who answered, and after a gap the hub hears of ends
whose beginnings it missed. Agents are named by their id here, not by their extension.

A caller who is transferred after a talk, into a queue or to another agent, keeps the contact's id but begins
a new *visit*: the first agent still owes a wrap-up for the visit before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeAlias

from hub.contract import ScriptProgress, VoiceQuality
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
)


class State(StrEnum):
    """Where a contact stands."""

    WAITING = "waiting"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    DONE = "done"
    ABANDONED = "abandoned"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class SightLost:
    """A visit ended while the exchange was out of the hub's sight: nobody knows how. ``at``: when found."""

    queue: str
    contact: str
    visit: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WrappedUp:
    """``agent`` stored what was owed for a contact, ``seconds`` after the talk; 0 when during it."""

    queue: str
    contact: str
    agent: str
    seconds: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Unseen:
    """The exchange counted ``calls`` of ``queue`` while the hub had no line to it; ``at``: when found."""

    queue: str
    calls: int
    at: datetime


ContactEvent: TypeAlias = (
    CallerJoined
    | CallerAbandoned
    | CallerLeft
    | AgentOffered
    | OfferEnded
    | AgentConnected
    | AgentCompleted
    | CallerHeld
    | CallerResumed
    | HandedOn
    | SightLost
)

Counted: TypeAlias = ContactEvent | WrappedUp | Unseen
"""What figures are sums of."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The exchange rings ``agent`` for the contact since ``at``."""

    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """One visit of a caller. ``number`` is normalised, "" when withheld or not seen; times in seconds.

    ``held`` of ``talked`` the caller was on hold. In the talk that goes on it is ``on_hold`` so far, and what
    has passed ``held_since``.
    """

    id: str
    queue: str
    joined_at: datetime
    visit: int = 1
    number: str = ""
    name: str = ""
    state: State = State.WAITING
    rings: tuple[Ring, ...] = ()
    agent: str = ""
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    waited: float | None = None
    talked: float | None = None
    held: float | None = None
    on_hold: float = 0.0
    held_since: datetime | None = None
    ended_by: str = ""
    customer: str = ""
    note: str = ""
    disposition: str = ""
    wrapped_up_at: datetime | None = None
    script: ScriptProgress | None = None
    voice: VoiceQuality | None = None

    @property
    def open(self) -> bool:
        """Whether anything is still to come: somebody waits, talks or owes a wrap-up."""
        return self.state in _OPEN or bool(self.rings)

    def ring_at(self, agent: str) -> Ring | None:
        """The ring at ``agent``, if there is one."""
        return next((ring for ring in self.rings if ring.agent == agent), None)

    def in_hands_of(self, agent: str) -> bool:
        """Whether ``agent`` is offered the contact, talks in it or owes its wrap-up: who may see its card."""
        working = self.state in {State.TALKING, State.WRAP_UP} and self.agent == agent
        return working or self.ring_at(agent) is not None

    def talks_with(self, agent: str) -> bool:
        """Whether ``agent`` talks in it now."""
        return self.state is State.TALKING and self.agent == agent

    def hold_until(self, end: datetime) -> float:
        """Seconds on hold in the talk that goes on, if it goes on until ``end``."""
        lasting = (end - self.held_since).total_seconds() if self.held_since else 0.0
        return self.on_hold + max(lasting, 0.0)


_OPEN = frozenset({State.WAITING, State.TALKING, State.WRAP_UP})
_UNANSWERED = frozenset({State.WAITING, State.LEFT})
_ENDED = frozenset({State.WRAP_UP, State.DONE, State.ABANDONED})


def visit_of(visits: Sequence[Contact], event: ContactEvent) -> Contact | None:
    """Which of ``visits`` (oldest first) ``event`` belongs to: mostly the last; None when it begins one."""
    last = visits[-1] if visits else None
    if isinstance(event, AgentCompleted | CallerHeld | CallerResumed):
        talks = (visit for visit in visits if visit.talks_with(event.agent))
        return next(talks, last)
    if isinstance(event, SightLost):
        return next((visit for visit in visits if visit.visit == event.visit), None)
    if isinstance(event, HandedOn):
        theirs = last is not None and last.agent == event.agent
        return last if last and theirs and last.state in {State.TALKING, State.WRAP_UP} else None
    begins = (isinstance(event, CallerJoined) and last is not None and last.state not in _UNANSWERED) or (
        isinstance(event, AgentOffered) and last is not None and last.state in _ENDED
    )
    return None if begins else last


def with_missed(visit: Contact | None, event: ContactEvent) -> tuple[ContactEvent, ...]:
    """``event`` after the beginnings it must have had out of the hub's sight; nothing when it tells nothing.

    So every answer has its offer and every end its answer and its holds, in the table as in the figures.
    """
    if isinstance(event, CallerJoined | HandedOn):
        return (event,)
    if visit is None and isinstance(event, CallerLeft | OfferEnded | SightLost | CallerHeld | CallerResumed):
        return ()
    if visit is not None and isinstance(event, AgentCompleted):
        event = replace(event, held=min(visit.hold_until(event.at), event.talked))
    unanswered = visit is None or visit.state in _UNANSWERED
    story: list[ContactEvent] = [event]
    if isinstance(event, AgentCompleted) and unanswered:
        connected = event.at - timedelta(seconds=event.talked)
        story.insert(0, AgentConnected(event.queue, event.contact, event.agent, event.waited, connected))
    first = story[0]
    if isinstance(first, AgentConnected) and unanswered and not (visit and visit.ring_at(first.agent)):
        story.insert(0, AgentOffered(first.queue, first.contact, first.agent, first.at))
    if visit is None:
        waited = timedelta(seconds=getattr(event, "waited", 0.0))
        story.insert(0, CallerJoined(event.queue, event.contact, "", "", 0, story[0].at - waited))
    return tuple(story)


def begin(event: CallerJoined | HandedOn, before: Contact | None) -> Contact:
    """The visit that begins with ``event``, after ``before``. Who is handed on is known, and waits not."""
    visit = before.visit + 1 if before else 1
    if isinstance(event, CallerJoined):
        return Contact(event.contact, event.queue, event.at, visit, event.number, event.name)
    known = before or Contact(event.contact, event.queue, event.at)
    return Contact(
        event.contact,
        event.queue,
        event.at,
        visit,
        known.number,
        known.name,
        State.TALKING,
        agent=event.agent,
        connected_at=event.at,
        waited=0.0,
        customer=known.customer,
    )


def apply(contact: Contact, event: ContactEvent) -> Contact:
    """``contact`` after ``event``; the same object when the event tells nothing new."""
    return _TABLE[type(event)](contact, event)


def _joined(contact: Contact, event: CallerJoined) -> Contact:
    """A caller met late is known by number now; one who left waits again, perhaps elsewhere."""
    known = contact if contact.number else replace(contact, number=event.number, name=event.name)
    if contact.state is State.WAITING and contact.queue == event.queue:
        return known
    if contact.state not in _UNANSWERED:
        return contact
    return replace(known, queue=event.queue, state=State.WAITING, ended_at=None, waited=None)


def _offered(contact: Contact, event: AgentOffered) -> Contact:
    if contact.state not in _UNANSWERED or contact.ring_at(event.agent):
        return contact
    return replace(contact, rings=(*contact.rings, Ring(event.agent, event.at)))


def _offer_ended(contact: Contact, event: OfferEnded) -> Contact:
    if contact.ring_at(event.agent) is None:
        return contact
    return replace(contact, rings=tuple(ring for ring in contact.rings if ring.agent != event.agent))


def _connected(contact: Contact, event: AgentConnected) -> Contact:
    if contact.state not in _UNANSWERED:
        return contact
    return replace(
        contact,
        queue=event.queue,
        state=State.TALKING,
        rings=(),
        agent=event.agent,
        connected_at=event.at,
        ended_at=None,
        waited=event.waited,
    )


def _completed(contact: Contact, event: AgentCompleted) -> Contact:
    """Also the late word on a talk that was given up as out of sight."""
    given_up = contact.state in {State.WRAP_UP, State.DONE} and contact.ended_by == "unknown"
    if contact.agent != event.agent or not (contact.state is State.TALKING or given_up):
        return contact
    return replace(
        contact,
        state=State.DONE if contact.wrapped_up_at else State.WRAP_UP,
        ended_at=event.at,
        waited=event.waited,
        talked=(contact.talked or 0.0) + event.talked,
        held=(contact.held or 0.0) + event.held,
        on_hold=0.0,
        held_since=None,
        ended_by=event.ended_by,
    )


def _held(contact: Contact, event: CallerHeld) -> Contact:
    if not contact.talks_with(event.agent) or contact.held_since:
        return contact
    return replace(contact, held_since=event.at)


def _resumed(contact: Contact, event: CallerResumed) -> Contact:
    if not contact.talks_with(event.agent) or not contact.held_since:
        return contact
    return replace(contact, on_hold=contact.hold_until(event.at), held_since=None)


def _handed_on(contact: Contact, event: HandedOn) -> Contact:
    """Whom nobody took comes back to the agent who owes the wrap-up, and the talk goes on."""
    if contact.state is not State.WRAP_UP or contact.agent != event.agent:
        return contact
    return replace(contact, state=State.TALKING, ended_at=None)


def _abandoned(contact: Contact, event: CallerAbandoned) -> Contact:
    if contact.state not in _UNANSWERED:
        return contact
    return replace(contact, state=State.ABANDONED, rings=(), ended_at=event.at, waited=event.waited)


def _left(contact: Contact, event: CallerLeft) -> Contact:
    """The rings stay: if one is answered, that is told next; if not, each one's end is told."""
    if contact.state is not State.WAITING or contact.queue != event.queue:
        return contact
    waited = max((event.at - contact.joined_at).total_seconds(), 0.0)
    return replace(contact, state=State.LEFT, ended_at=event.at, waited=waited)


def _sight_lost(contact: Contact, event: SightLost) -> Contact:
    if contact.state is State.TALKING:
        state = State.DONE if contact.wrapped_up_at else State.WRAP_UP
        return replace(contact, state=state, ended_at=event.at, ended_by="unknown")
    if contact.state is State.WAITING:
        return replace(contact, state=State.LEFT, rings=(), ended_at=event.at)
    return replace(contact, rings=()) if contact.rings else contact


_TABLE: Mapping[type, Callable[[Contact, Any], Contact]] = MappingProxyType(
    {
        CallerJoined: _joined,
        AgentOffered: _offered,
        OfferEnded: _offer_ended,
        AgentConnected: _connected,
        AgentCompleted: _completed,
        CallerHeld: _held,
        CallerResumed: _resumed,
        HandedOn: _handed_on,
        CallerAbandoned: _abandoned,
        CallerLeft: _left,
        SightLost: _sight_lost,
    }
)
