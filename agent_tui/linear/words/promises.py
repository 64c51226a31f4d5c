"""Words about callbacks: promise one, hear what is to come, take one back."""

from __future__ import annotations

import re
import uuid
from datetime import UTC

from agent_tui.commands import model as do
from agent_tui.commands.when import read_when
from agent_tui.linear.hand import Hand
from agent_tui.screens.views.agenda import agenda_page
from agent_tui.session.agenda import whom
from agent_tui.text.catalogue import _
from edge.text import clean
from hub.contract import CallbackRequest

_MOST_NUMBERS, _LONGEST_NUMBER, _LONGEST_NAME, _LONGEST_ABOUT = 4, 64, 200, 200
"""As the hub's contract has them."""


def callback(hand: Hand, rest: str) -> None:
    """Promise one for whoever is free."""
    _promise(hand, rest, mine=False)


def mine(hand: Hand, rest: str) -> None:
    """Promise one that is kept for this agent."""
    _promise(hand, rest, mine=True)


def agenda(hand: Hand, _rest: str) -> None:
    """The callbacks to come."""
    hand.read(agenda_page(hand.state, hand.now), numbered=True)


def cancel(hand: Hand, number: str) -> None:
    """Take one of them back."""
    key = hand.chosen(agenda_page(hand.state, hand.now), number)
    if key is not None:
        hand.send(do.CancelCallback(key))


def _promise(hand: Hand, rest: str, *, mine: bool) -> None:
    when, about, numbers, queue = [part.strip() for part in (rest + ";;;").split(";")[:4]]
    state, now = hand.state, hand.now
    known, at = whom(state), read_when(when, now)
    given = tuple(part for part in re.split(r"[\s,]+", numbers) if part) or known.numbers
    queues = state.me.queues if state.me is not None else ()
    queue = queue or known.queue or next(iter(queues), "")
    few_enough = 0 < len(given) <= _MOST_NUMBERS and all(len(one) <= _LONGEST_NUMBER for one in given)
    if at is None or not few_enough or (queue not in queues and queue != known.queue):
        hand.say(_("Type callback and: when; what about; numbers; queue. When is 20, 15:00 or 29.5 10:00."))
        return
    asked = CallbackRequest(
        queue=queue,
        numbers=given,
        customer=known.customer,
        name=clean(known.name, limit=_LONGEST_NAME),
        language=known.language,
        at=at.at.astimezone(UTC) if at.at is not None else None,
        minutes=at.minutes,
        mine=mine,
        words=clean(about, limit=_LONGEST_ABOUT),
    )
    hand.send(do.PromiseCallback(asked, uuid.uuid4().hex))
