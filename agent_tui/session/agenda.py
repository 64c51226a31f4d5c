"""Callbacks as this agent has to do with them: the agenda, and whom a new one would be for. Pure readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final, Literal

from agent_tui.session.state import Phase, SessionState, Work
from hub.contract import CallbackView

SOON: Final = timedelta(minutes=10)
"""How long before its time a callback counts as due soon."""

_MOST_NUMBERS: Final = 4
"""As many as the hub's contract takes."""


class Due(Enum):
    """Where a callback stands against the wall clock."""

    LATER = auto()
    SOON = auto()
    NOW = auto()
    """Its time has come: the customer is called as soon as an agent is free."""
    DIALLING = auto()


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a callback would be for. ``queue`` is empty where the agent has to choose one, ``numbers`` where
    the desk knows none.
    """

    queue: str = ""
    numbers: tuple[str, ...] = ()
    customer: str = ""
    name: str = ""
    language: Literal["en", "he"] = "en"


def agenda(state: SessionState) -> tuple[CallbackView, ...]:
    """The callbacks of this agent and those for anyone in their queues, the next due first."""
    me = state.me
    if me is None:
        return ()
    concerning = (
        one
        for one in state.callbacks
        if me.agent in {one.agent, one.made_by} or (not one.agent and one.queue in me.queues)
    )
    return tuple(sorted(concerning, key=lambda one: (one.at, one.id)))


def due(callback: CallbackView, clock: datetime) -> Due:
    """How ``callback`` stands at ``clock``, the wall clock (aware)."""
    if callback.state == "dialling":
        return Due.DIALLING
    if callback.at <= clock:
        return Due.NOW
    return Due.SOON if callback.at - clock <= SOON else Due.LATER


def pressing(state: SessionState, clock: datetime) -> tuple[CallbackView, ...]:
    """Those of the agenda that are due, or soon."""
    return tuple(one for one in agenda(state) if due(one, clock) is not Due.LATER)


def standing(state: SessionState, work: Work) -> CallbackView | None:
    """The callback that is promised to this contact's customer in its queue already; there is one at most."""
    if work.offer is None:
        return None
    customer, number = work.chosen_customer or work.offer.number, work.offer.number
    for one in state.callbacks:
        same = one.customer == customer or (bool(number) and number in one.numbers)
        if one.queue == work.offer.queue and same:
            return one
    return None


def whom(state: SessionState) -> Whom:
    """Whom a callback would be for now: the number dialled by hand, else the contact that is written on."""
    queues = state.me.queues if state.me is not None else ()
    only = queues[0] if len(queues) == 1 else ""
    call = state.active_call
    if call is not None and call.outgoing and not call.contact and not call.consults:
        return Whom(only, (call.party.number,) if call.party.number else (), name=call.party.name)
    work = state.written
    if work is None or work.phase is Phase.OFFERED:
        return Whom(only)
    return _contact(work, only)


def _contact(work: Work, queue: str) -> Whom:
    """The number that the customer called from comes first, those of their card after it."""
    card, offer = work.customer_card, work.offer
    here = offer.number if offer is not None else ""
    known = dict.fromkeys((here, *(card.numbers if card is not None else ())))
    return Whom(
        queue=offer.queue if offer is not None else queue,
        numbers=tuple(number for number in known if number)[:_MOST_NUMBERS],
        customer=work.chosen_customer,
        name=card.name if card is not None else (offer.name if offer is not None else ""),
        language=card.language if card is not None else "en",
    )
