"""What one AMI event means in the port's words. Pure; every text is cleaned here, once.

Agents are the members ``PJSIP/<extension>``; events of other members say nothing to the hub. Asterisk gives
hold and talk times in whole seconds, ring times in milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from edge.text import clean
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

_INTERFACE = re.compile(r"PJSIP/([0-9]{1,32})")
_CONTACT = re.compile(r"[A-Za-z0-9._-]{1,150}")
_NOT_IN_NUMBERS = re.compile(r"[^0-9+]")
_LONGEST_NUMBER = 32
_TOO_MUCH = 1e9
_UNKNOWN = "<unknown>"

_STATES: Mapping[str, MemberState] = {
    "1": MemberState.FREE,
    "2": MemberState.BUSY,
    "3": MemberState.BUSY,
    "6": MemberState.RINGING,
    "7": MemberState.BUSY,
    "8": MemberState.ON_HOLD,
}
"""Asterisk's device states (devicestate.h) as numbers; 0 unknown, 4 invalid and 5 unavailable don't ring."""

_ENDED_BY = {"caller": "caller", "agent": "agent", "transfer": "transfer"}


class NotOurs(Exception):
    """The message is about a member that is no agent, or names no contact."""


def pbx_event(message: Message, now: datetime) -> PbxEvent | None:
    """The event in the port's words, None when it says nothing to the hub.

    ``now`` is used where Asterisk sent no time of its own. Never raises, whatever the message holds.
    """
    read = _READERS.get(message.get("Event", ""))
    if read is None:
        return None
    try:
        return read(message, _time(message, now))
    except NotOurs:
        return None


def queue_rows(messages: list[Message]) -> tuple[QueueRow, ...]:
    """The answer to QueueStatus as rows, in Asterisk's order."""
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
            name=_queue(message),
            waiting=tuple(sorted(waiting.get(message["Queue"], []), key=lambda caller: caller.position)),
            members=tuple(members.get(message["Queue"], [])),
            completed=int(_number(message, "Completed")),
            abandoned=int(_number(message, "Abandoned")),
            service_level_seconds=int(_number(message, "ServiceLevel")),
            service_level_percent=_number(message, "ServicelevelPerf"),
        )
        for message in messages
        if message.get("Event") == "QueueParams" and "Queue" in message
    )


def _joined(m: Message, at: datetime) -> PbxEvent:
    return CallerJoined(
        *(_queue(m), _contact(m)),
        number=_caller_number(m),
        name=_caller_name(m),
        position=int(_number(m, "Position")),
        at=at,
    )


def _abandoned(m: Message, at: datetime) -> PbxEvent:
    return CallerAbandoned(_queue(m), _contact(m), _number(m, "HoldTime"), at)


def _left(m: Message, at: datetime) -> PbxEvent:
    return CallerLeft(_queue(m), _contact(m), at)


def _offered(m: Message, at: datetime) -> PbxEvent:
    return AgentOffered(_queue(m), _contact(m), _agent(m), at)


def _no_answer(m: Message, at: datetime) -> PbxEvent:
    return OfferEnded(_queue(m), _contact_if_told(m), _agent(m), _number(m, "RingTime") / 1000, at)


def _connected(m: Message, at: datetime) -> PbxEvent:
    return AgentConnected(_queue(m), _contact(m), _agent(m), _number(m, "HoldTime"), at)


def _completed(m: Message, at: datetime) -> PbxEvent:
    return AgentCompleted(
        *(_queue(m), _contact_if_told(m), _agent(m)),
        waited=_number(m, "HoldTime"),
        talked=_number(m, "TalkTime"),
        ended_by=_ENDED_BY.get(m.get("Reason", ""), "caller"),
        at=at,
    )


def _member(m: Message, at: datetime) -> PbxEvent:
    row = _member_row(m)
    stays = m["Event"] != "QueueMemberRemoved"
    return MemberChanged(_queue(m), row.agent, row.state, row.paused, row.reason, stays, at)


_READERS: Mapping[str, Callable[[Message, datetime], PbxEvent]] = {
    "QueueCallerJoin": _joined,
    "QueueCallerAbandon": _abandoned,
    "QueueCallerLeave": _left,
    "AgentCalled": _offered,
    "AgentRingNoAnswer": _no_answer,
    "AgentConnect": _connected,
    "AgentComplete": _completed,
    "QueueMemberAdded": _member,
    "QueueMemberRemoved": _member,
    "QueueMemberPause": _member,
    "QueueMemberStatus": _member,
}


def _member_row(m: Message) -> MemberRow:
    paused = m.get("Paused") == "1"
    return MemberRow(
        agent=_agent(m),
        state=_STATES.get(m.get("Status", ""), MemberState.UNAVAILABLE),
        paused=paused,
        reason=clean(m.get("PausedReason")) if paused else "",
    )


def _waiting(m: Message) -> WaitingCaller:
    return WaitingCaller(
        contact=_contact(m),
        number=_caller_number(m),
        name=_caller_name(m),
        position=int(_number(m, "Position")),
        waited=_number(m, "Wait"),
    )


def _queue(m: Message) -> str:
    return clean(m.get("Queue"), limit=64)


def _contact(m: Message) -> str:
    contact = m.get("Uniqueid", "")
    if not _CONTACT.fullmatch(contact):
        raise NotOurs
    return contact


def _contact_if_told(m: Message) -> str:
    """Empty when Asterisk had forgotten the caller's channel by the time it spoke of the agent's."""
    return _contact(m) if "Uniqueid" in m else ""


def _agent(m: Message) -> str:
    found = _INTERFACE.fullmatch(m.get("Interface") or m.get("Location", ""))
    if found is None:
        raise NotOurs
    return found.group(1)


def _caller_number(m: Message) -> str:
    return _NOT_IN_NUMBERS.sub("", m.get("CallerIDNum", ""))[:_LONGEST_NUMBER]


def _caller_name(m: Message) -> str:
    name = m.get("CallerIDName", "")
    return "" if name == _UNKNOWN else clean(name)


def _number(m: Message, key: str) -> float:
    """A quantity that cannot be negative; 0 where Asterisk sent none or nonsense."""
    try:
        value = float(m.get(key, ""))
    except ValueError:
        return 0.0
    return value if 0.0 <= value < _TOO_MUCH else 0.0


def _time(m: Message, now: datetime) -> datetime:
    """When Asterisk saw it (``timestampevents``)."""
    try:
        return datetime.fromtimestamp(float(m["Timestamp"]), UTC)
    except (KeyError, ValueError, OverflowError, OSError):
        return now
