"""What one AMI event means in the port's words. Pure; every text is cleaned here, once.

Agents are the members ``PJSIP/<extension>``; events of other members say nothing to the hub. Asterisk gives
hold and talk times in whole seconds, ring times in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from edge.text import clean
from hub.adapters.ami_fields import (
    NotOurs,
    agent_of,
    caller_name,
    caller_number,
    contact_if_told,
    contact_of,
    number,
    queue_of,
)
from hub.adapters.ami_talks import talks
from hub.adapters.ami_wire import Message
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
    PbxEvent,
    QueueRow,
    WaitingCaller,
)

_STATES: Mapping[str, MemberState] = {
    "1": MemberState.FREE,
    "2": MemberState.BUSY,
    "3": MemberState.BUSY,
    "6": MemberState.RINGING,
    "7": MemberState.BUSY,
    "8": MemberState.ON_HOLD,
}
"""Asterisk's device states (devicestate.h) as numbers; 0 unknown, 4 invalid and 5 unavailable don't ring."""

_OFFERING = "MokedOffer"

_ENDED_BY = {"caller": "caller", "agent": "agent", "transfer": "transfer"}


def pbx_event(message: Message, now: datetime) -> PbxEvent | None:
    """The event in the port's words, None when it says nothing to the hub.

    ``now`` is used where Asterisk sent no time of its own. Never raises, whatever the message holds.
    """
    read = _READERS.get(message.get("Event", ""))
    if read is None:
        return None
    try:
        return read(message, time_of(message, now))
    except NotOurs:
        return None


def queue_rows(messages: Sequence[Message], channels: Sequence[Message]) -> tuple[QueueRow, ...]:
    """The answers to QueueStatus and to Status as rows, in Asterisk's order."""
    talking = talks(channels)
    members: dict[str, list[MemberRow]] = {}
    waiting: dict[str, list[WaitingCaller]] = {}
    for message in messages:
        queue = message.get("Queue", "")
        try:
            if message.get("Event") == "QueueMember":
                members.setdefault(queue, []).append(_member_row(message))
            elif message.get("Event") == "QueueEntry":
                waiting.setdefault(queue, []).append(_waiting(message))
        except NotOurs:
            continue
    return tuple(
        QueueRow(
            name=queue_of(message),
            waiting=tuple(sorted(waiting.get(message["Queue"], []), key=lambda caller: caller.position)),
            talking=tuple(talking.get(message["Queue"], [])),
            members=tuple(members.get(message["Queue"], [])),
            completed=int(number(message, "Completed")),
            abandoned=int(number(message, "Abandoned")),
            service_level_seconds=int(number(message, "ServiceLevel")),
            service_level_percent=number(message, "ServicelevelPerf"),
        )
        for message in messages
        if message.get("Event") == "QueueParams" and "Queue" in message
    )


def _joined(m: Message, at: datetime) -> PbxEvent:
    return CallerJoined(
        *(queue_of(m), contact_of(m)),
        number=caller_number(m),
        name=caller_name(m),
        position=int(number(m, "Position")),
        at=at,
    )


def _abandoned(m: Message, at: datetime) -> PbxEvent:
    return CallerAbandoned(queue_of(m), contact_of(m), number(m, "HoldTime"), at)


def _left(m: Message, at: datetime) -> PbxEvent:
    return CallerLeft(queue_of(m), contact_of(m), at)


def _offered(m: Message, at: datetime) -> PbxEvent:
    return AgentOffered(queue_of(m), contact_of(m), agent_of(m), at)


def _about_to_ring(m: Message, at: datetime) -> PbxEvent:
    """The profile's ``offering.conf`` tells it a moment before the INVITE; AgentCalled comes after it."""
    if m.get("UserEvent") != _OFFERING:
        raise NotOurs
    return AgentOffered(queue_of(m), contact_of({"Uniqueid": m.get("Contact", "")}), agent_of(m), at)


def _no_answer(m: Message, at: datetime) -> PbxEvent:
    return OfferEnded(queue_of(m), contact_if_told(m), agent_of(m), number(m, "RingTime") / 1000, at)


def _connected(m: Message, at: datetime) -> PbxEvent:
    return AgentConnected(queue_of(m), contact_of(m), agent_of(m), number(m, "HoldTime"), at)


def _completed(m: Message, at: datetime) -> PbxEvent:
    return AgentCompleted(
        *(queue_of(m), contact_if_told(m), agent_of(m)),
        waited=number(m, "HoldTime"),
        talked=number(m, "TalkTime"),
        ended_by=_ENDED_BY.get(m.get("Reason", ""), "caller"),
        at=at,
    )


def _member(m: Message, at: datetime) -> PbxEvent:
    row = _member_row(m)
    stays = m["Event"] != "QueueMemberRemoved"
    return MemberChanged(queue_of(m), row.agent, row.state, row.paused, row.reason, stays, at, row.level)


_READERS: Mapping[str, Callable[[Message, datetime], PbxEvent]] = {
    "QueueCallerJoin": _joined,
    "QueueCallerAbandon": _abandoned,
    "QueueCallerLeave": _left,
    "AgentCalled": _offered,
    "UserEvent": _about_to_ring,
    "AgentRingNoAnswer": _no_answer,
    "AgentConnect": _connected,
    "AgentComplete": _completed,
    "QueueMemberAdded": _member,
    "QueueMemberRemoved": _member,
    "QueueMemberPause": _member,
    "QueueMemberStatus": _member,
    "QueueMemberPenalty": _member,
}


def _member_row(m: Message) -> MemberRow:
    paused = m.get("Paused") == "1"
    return MemberRow(
        agent=agent_of(m),
        state=_STATES.get(m.get("Status", ""), MemberState.UNAVAILABLE),
        paused=paused,
        reason=clean(m.get("PausedReason")) if paused else "",
        level=int(number(m, "Penalty")),
    )


def _waiting(m: Message) -> WaitingCaller:
    return WaitingCaller(
        contact=contact_of(m),
        number=caller_number(m),
        name=caller_name(m),
        position=int(number(m, "Position")),
        waited=number(m, "Wait"),
    )


def time_of(m: Message, now: datetime) -> datetime:
    """When Asterisk saw it (``timestampevents``)."""
    try:
        return datetime.fromtimestamp(float(m["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return now
