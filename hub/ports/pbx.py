"""What the hub needs of an exchange with queues: what happens there, how it stands, and what can be done.

``hub.adapters.ami`` fills the port for Asterisk, ``hub.adapters.lab`` for the lab exchange; one contract
suite runs against both. All text in events and rows has been cleaned by the adapter.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from hub.contract import ListenMode
from hub.ports.listening import ListeningCall, ListeningEnded, ListeningHeard


class MemberState(StrEnum):
    """How the exchange sees a queue member's device (Asterisk's device states, grouped)."""

    FREE = "free"
    RINGING = "ringing"
    BUSY = "busy"
    ON_HOLD = "on_hold"
    UNAVAILABLE = "unavailable"
    """The exchange cannot reach the device: it would not ring."""


@dataclass(frozen=True, slots=True)
class PbxLink:
    """The line to the exchange came up or went down; after ``up`` the hub reads a new snapshot."""

    up: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """A caller began to wait. ``position`` counts from 1; ``at`` is aware, UTC."""

    queue: str
    contact: str
    number: str
    name: str
    position: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallerAbandoned:
    """A caller hung up before an agent answered. ``waited`` in seconds."""

    queue: str
    contact: str
    waited: float
    at: datetime


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """A caller is no longer waiting, answered or not. Follows all events that say why."""

    queue: str
    contact: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AgentOffered:
    """The exchange rings ``agent`` for this caller."""

    queue: str
    contact: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferEnded:
    """The ring at ``agent`` ended unanswered: declined, too long, given up by the caller (then it follows
    ``CallerAbandoned``), or answered by somebody else. ``rang`` in seconds.
    """

    queue: str
    contact: str
    agent: str
    rang: float
    at: datetime


@dataclass(frozen=True, slots=True)
class AgentConnected:
    """``agent`` and the caller talk. ``waited`` (seconds) is the caller's whole time in the queue."""

    queue: str
    contact: str
    agent: str
    waited: float
    at: datetime


@dataclass(frozen=True, slots=True)
class AgentCompleted:
    """The talk is over for ``agent``: either side hung up, or the caller was transferred.

    ``waited`` and ``talked`` in seconds; ``ended_by`` is ``caller``, ``agent`` or ``transfer``. ``held`` of
    ``talked`` the caller was on hold: the hub's own sum of the holds told, no exchange's word.
    """

    queue: str
    contact: str
    agent: str
    waited: float
    talked: float
    ended_by: str
    at: datetime
    held: float = 0.0


@dataclass(frozen=True, slots=True)
class CallerTold:
    """A caller who waits was told their ``place``, from 1, and about how many ``minutes`` it takes; 0 where
    that was not said.
    """

    queue: str
    contact: str
    place: int
    minutes: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CallerHeld:
    """``agent`` put the caller on hold. What the caller's own phone holds is told of nobody."""

    queue: str
    contact: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CallerResumed:
    """``agent`` talks with the caller again. A hold that lasts when the talk ends has no end of its own."""

    queue: str
    contact: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class HandedOn:
    """The caller talks on with ``agent``, to whom another agent handed them. Follows the end of that talk;
    its own end is an ``AgentCompleted`` with no wait, and counts in no figure of the exchange. Of a number
    that is no agent's nothing is told.
    """

    queue: str
    contact: str
    agent: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A member's state, pause or membership as the exchange has it now."""

    queue: str
    agent: str
    state: MemberState
    paused: bool
    reason: str
    member: bool
    at: datetime
    level: int = 1


class CallEnd(StrEnum):
    """How a call to a customer ended (Q.850's causes, grouped)."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    HUNG_UP = "hung_up"
    """It was answered and ended as calls do."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class CustomerCallEnded:
    """A call that ``call_customer`` began is gone, answered or not."""

    contact: str
    end: CallEnd
    at: datetime


@dataclass(frozen=True, slots=True)
class DialFailed:
    """``agent`` dialled ``number`` by hand, and nobody answered: ``end`` says why. ``contact`` is the call's
    own; it came by no queue.
    """

    contact: str
    agent: str
    number: str
    end: CallEnd
    at: datetime
    queue: str = ""


PbxEvent: TypeAlias = (
    PbxLink
    | CallerJoined
    | CallerAbandoned
    | CallerLeft
    | AgentOffered
    | OfferEnded
    | AgentConnected
    | AgentCompleted
    | CallerTold
    | CallerHeld
    | CallerResumed
    | HandedOn
    | MemberChanged
    | CustomerCallEnded
    | DialFailed
    | ListeningHeard
    | ListeningEnded
)


@dataclass(frozen=True, slots=True)
class CustomerCall:
    """A call to a customer, who waits in ``queue`` as ``contact`` once they said that it is them.

    ``place``: they wait as if they had come then (seconds since 1970). Only members of level ``RESERVED`` are
    rung for them, after one ring time everybody. ``entry`` is the queue's number, ``language`` that of the
    prompts.
    """

    contact: str
    number: str
    queue: str
    entry: str
    language: str
    place: int


RESERVED = 1000
"""The level of a member who is kept for a call; no agent has it of their own."""


@dataclass(frozen=True, slots=True)
class WaitingCaller:
    """One caller in a queue. ``waited`` in seconds at the time of the snapshot."""

    contact: str
    number: str
    name: str
    position: int
    waited: float


@dataclass(frozen=True, slots=True)
class TalkingCaller:
    """One caller of a queue who talks with ``agent``.

    ``waited`` and ``talked`` in seconds at the time of the snapshot; ``talked`` may hold the last ring.
    ``held``: the agent has them on hold now.
    """

    contact: str
    number: str
    name: str
    agent: str
    waited: float
    talked: float
    held: bool = False


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One member of a queue. Those of ``level`` 1 are rung first (Asterisk's penalty)."""

    agent: str
    state: MemberState
    paused: bool
    reason: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue as the exchange counts it since its own start.

    ``service_level_seconds`` is the threshold the exchange counts ``within_service_level`` by
    (Asterisk's ``ServicelevelPerf``: percent of the completed calls answered in time).
    """

    name: str
    waiting: tuple[WaitingCaller, ...]
    talking: tuple[TalkingCaller, ...]
    members: tuple[MemberRow, ...]
    completed: int
    abandoned: int
    service_level_seconds: int
    service_level_percent: float


class PbxError(Exception):
    """The exchange did not do it. ``str(error)`` is for the log and, cleaned, for the agent."""


class PbxDown(PbxError):
    """There is no line to the exchange, or no answer: what was asked may have been done, or not.

    An exchange that does not answer has its line given up, so that a ``PbxLink`` follows when it is back, and
    all that stands is compared and asked for anew.
    """


class PbxRefused(PbxError):
    """The exchange said no: no such queue, no such member, not allowed."""


class Pbx(Protocol):
    """One exchange. Agents are named by their extension (``1001``)."""

    async def run(self) -> None:
        """Stay connected for as long as the task lives; reconnect with back-off."""
        ...

    def events(self) -> AsyncIterator[PbxEvent]:
        """All events from now on, in order. One consumer."""
        ...

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now. Raises ``PbxDown``, and ``PbxRefused`` where the hub may not know."""
        ...

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "", level: int = 1) -> None:
        """Make ``agent`` a member of ``queue``; one who already is becomes paused or not, and of ``level``.

        An exchange without levels has everybody at 1.
        """
        ...

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``; leaving twice is no error."""
        ...

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` in every queue; ``PbxRefused`` when they are in none."""
        ...

    async def call_customer(self, call: CustomerCall) -> None:
        """Begin a call; ``CustomerCallEnded`` tells its end. ``PbxRefused`` where no customers are called."""
        ...

    async def listen(self, call: ListeningCall) -> None:
        """Ring the trainer; ``ListeningHeard`` and ``ListeningEnded`` tell what comes of it.

        ``PbxRefused`` where nobody can listen, or there is no such talk.
        """
        ...

    async def turn_listening(self, call: str, mode: ListenMode) -> None:
        """Let the trainer of this call, who listens, be heard otherwise."""
        ...

    async def end_listening(self, call: str) -> None:
        """End this call; one that has ended is no error."""
        ...

    async def calls(self) -> frozenset[str]:
        """The contacts of all calls that go on."""
        ...
