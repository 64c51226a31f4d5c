"""Words about the agent's own calls of before: search them, hear one, call back.

An answer of the hub is told when it comes. What was found is kept for the numbers that are typed next, until
it is forgotten or searched for anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from agent_tui.commands import model as do
from agent_tui.commands.history import LONGEST_SEARCH
from agent_tui.linear import pages
from agent_tui.linear.hand import Hand
from agent_tui.screens.views import history as view
from agent_tui.session import select
from agent_tui.session.past import Past, past_calls
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import _
from agent_tui.widgets.cells import Page
from agent_tui.widgets.least_room import Room
from edge.text import clean


def history(hand: Hand, words: str) -> None:
    """The newest calls, or those that the words fit. While the hub is away, what the phone knows."""
    if do.SearchHistory in select.possible(hand.state):
        hand.send(do.SearchHistory(clean(words, limit=LONGEST_SEARCH), uuid.uuid4().hex))
    else:
        _read(hand)


def older(hand: Hand, _rest: str) -> None:
    """The next page."""
    if do.OlderHistory in select.possible(hand.state):
        hand.send(do.OlderHistory())
    else:
        hand.say(_("There is nothing older. Type history to search."))


def past(hand: Hand, number: str) -> None:
    """All of one call, its note whole."""
    found = _chosen(hand, number)
    if found is not None:
        hand.read(view.details_page(hand.state, found, hand.now))


def redial(hand: Hand, number: str) -> None:
    """Call the number of one of them."""
    found = _chosen(hand, number)
    if found is not None and found.number:
        hand.send(do.Dial(found.number))
    elif found is not None:
        hand.say(_("This caller showed no number."))


def forget(hand: Hand, _rest: str) -> None:
    """Customers' names stay no longer than they are needed: of calls of before, and of the floor."""
    hand.send(do.LeaveHistory())
    hand.send(do.LeaveFloor())


def came(old: SessionState, new: SessionState) -> bool:
    """Whether an answer came that was asked for, or none will."""
    history = new.history
    return history is not None and history is not old.history and not history.asking


def tell(hand: Hand) -> None:
    """Read what came."""
    _read(hand)


def _read(hand: Hand) -> None:
    for line in _lines(hand):
        hand.say(line)


def _lines(hand: Hand) -> Iterator[str]:
    state, calls = hand.state, _calls(hand)
    yield pages.said(view.told(state, calls))
    yield from pages.read(_page(hand, calls), numbered=True)


def _calls(hand: Hand) -> tuple[Past, ...]:
    searched = hand.state.history
    return past_calls(hand.state, searched.words if searched is not None else "")


def _page(hand: Hand, calls: tuple[Past, ...]) -> Page:
    return view.list_page(hand.state, calls, "", hand.now, Room.ENOUGH)


def _chosen(hand: Hand, number: str) -> Past | None:
    """The call that bears the number; where none does, all are read out."""
    calls = _calls(hand)
    key = pages.choice(_page(hand, calls), number)
    found = next((one for one in calls if one.key == key), None)
    if found is None:
        _read(hand)
    return found
