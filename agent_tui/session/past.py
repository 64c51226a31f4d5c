"""What an agent had before, from the hub and from the phone, in one list. Pure readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Final, Literal

from agent_tui.session.agenda import Whom
from agent_tui.session.state import SessionState
from hub.contract import PastCall
from sip.events import CloseReason, DialledCall, MissedCall

_RINGS_AT_MOST: Final = timedelta(minutes=3)
_OF_A_NUMBER: Final = 7
"""Digits at the end by which a number is the same, dialled with its country or without."""
_ENDS: Final = {
    CloseReason.NORMAL: "",
    CloseReason.TRANSFERRED: "transfer",
    CloseReason.BUSY: "busy",
    CloseReason.DECLINED: "declined",
    CloseReason.NO_ANSWER: "no_answer",
    CloseReason.CANCELLED: "cancelled",
    CloseReason.NOT_FOUND: "not_found",
}


class Way(Enum):
    """Which way a call went."""

    CAME = auto()
    MISSED = auto()
    CALLED_BACK = auto()
    """The centre called the customer, as was promised."""
    DIALLED = auto()


_WAYS: Final = {"missed": Way.MISSED, "dialled": Way.DIALLED}


@dataclass(frozen=True, slots=True)
class Past:
    """One call of before. ``ended`` is as ``hub.contract.PastCall`` has it, or one of a dialled call's ends;
    "" where there is nothing to say. ``local``: only this phone knows of it.
    """

    key: str
    at: datetime
    way: Way
    number: str
    name: str
    queue: str = ""
    queue_title: str = ""
    customer: str = ""
    waited: float | None = None
    talked: float | None = None
    held: float | None = None
    ended: str = ""
    note: str = ""
    disposition: str = ""
    crm: Literal["", "waiting", "given_up", "unknown"] = ""
    """What the company's CRM lacks of it, as ``hub.contract.PastCall`` has it, and why."""
    crm_words: str = ""
    local: bool = False


def past_calls(state: SessionState, words: str) -> tuple[Past, ...]:
    """The newest first: what the hub answered, with what the phone alone knows among it, searched for
    ``words`` here.
    """
    history = state.history
    calls = history.calls if history is not None else ()
    told = [_of_hub(call, state) for call in calls]
    known = {call.contact for call in calls}
    own = [one for one in _of_phone(state, known) if _fits(one, words) and not _told(one, told)]
    if told and history is not None and (history.next or history.cut):
        own = [one for one in own if one.at >= told[-1].at]
    return tuple(sorted((*told, *own), key=lambda one: one.at, reverse=True))


def _told(own: Past, told: list[Past]) -> bool:
    """Whether the hub tells of this call of the phone's, too: one that was dialled in vain and noted."""
    digits = "".join(one for one in own.number if one.isdigit())[-_OF_A_NUMBER:]
    dialled = (one for one in told if one.way is Way.DIALLED and own.way is Way.DIALLED)
    return own.talked is None and any(
        timedelta() <= one.at - own.at < _RINGS_AT_MOST and one.number.endswith(digits) for one in dialled
    )


def whom(past: Past, state: SessionState) -> Whom:
    """Whom a callback would be for; only into a queue that is still there."""
    language: Literal["en", "he"] = "he" if any("\u0590" <= one <= "\u05ff" for one in past.name) else "en"
    queues = state.me.queues if state.me is not None else ()
    queue = past.queue if past.queue in queues else queues[0] if len(queues) == 1 else ""
    numbers = (past.number,) if past.number else ()
    return Whom(queue, numbers, past.customer, past.name, language)


def _of_hub(call: PastCall, state: SessionState) -> Past:
    """A missed caller is called by the number that rang here, which the exchange knows how to dial."""
    number = call.number
    if call.kind == "missed":
        rang = (one.number for one in state.missed if one.contact == call.contact and one.number)
        number = next(rang, number)
    way = _WAYS.get(call.kind, Way.CALLED_BACK if call.called else Way.CAME)
    return Past(
        key=f"{call.kind} {call.visit} {call.contact}",
        at=call.at,
        way=way,
        number=number,
        name=call.name,
        queue=call.queue,
        queue_title=call.queue_title,
        customer=call.customer,
        waited=call.waited,
        talked=call.talked,
        held=call.held,
        ended=call.ended,
        note=call.note,
        disposition=call.disposition,
        crm=call.crm,
        crm_words=call.crm_words,
    )


def _of_phone(state: SessionState, known: set[str]) -> Iterator[Past]:
    titles = {queue.queue: queue.title for queue in state.queues}
    for missed in state.missed:
        if not missed.contact or missed.contact not in known:
            yield replace(_missed(missed), queue_title=titles.get(missed.queue, missed.queue))
    yield from map(_dialled, state.dialled)


def _missed(call: MissedCall) -> Past:
    at = datetime.fromtimestamp(call.at, UTC)
    return Past(f"phone {call.call}", at, Way.MISSED, call.number, call.name, call.queue, local=True)


def _dialled(call: DialledCall) -> Past:
    return Past(
        key=f"phone {call.call}",
        at=datetime.fromtimestamp(call.at, UTC),
        way=Way.DIALLED,
        number=call.number,
        name=call.name,
        talked=call.talked,
        ended=_ENDS.get(call.reason, "failed"),
        local=True,
    )


def _fits(past: Past, words: str) -> bool:
    """As the hub looks: each word in the name, or all of them a piece of the number."""
    digits = "".join(one for one in words if one.isdigit()).lstrip("0")
    own = "".join(one for one in past.number if one.isdigit())
    return all(word in past.name.casefold() for word in words.casefold().split()) or (
        bool(digits) and digits in own
    )
