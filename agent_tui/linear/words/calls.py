"""Words about calls: dial, hand on, go over, send keys."""

from __future__ import annotations

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.linear.hand import Hand
from agent_tui.screens.views import directory
from agent_tui.screens.views.calls import calls_page
from agent_tui.session.directory import contacts, found
from agent_tui.session.state import Link
from agent_tui.text.catalogue import _
from agent_tui.widgets.least_room import Room
from edge.text import clean


def transfer(hand: Hand, number: str) -> None:
    """To a number; without one, the customer to the colleague who was asked."""
    if number:
        hand.send(do.Transfer(number))
    else:
        hand.say(_("Type transfer and the number. After asking a colleague, type connect."))


def dial(hand: Hand, number: str) -> None:
    """A new call."""
    if number:
        hand.send(do.Dial(number))
    else:
        hand.say(_("Type dial and the number."))


def who(hand: Hand, name: str) -> None:
    """Colleagues and the centre's numbers, who can take a call first; only those that the name fits."""
    state = hand.state
    listed = found(contacts(state), clean(name))
    if state.hub is not Link.UP or state.pbx is not Link.UP:
        hand.say(pages.said(directory.hint_row(state)))
    hand.read(directory.list_page(state, listed, "", hand.now, Room.ENOUGH))


def keys(hand: Hand, digits: str) -> None:
    """Telephone keys."""
    if digits and set(digits) <= set("0123456789*#"):
        hand.send(do.SendKeys(digits))
    else:
        hand.say(_("Type keys and the digits, * or #."))


def call(hand: Hand, number: str) -> None:
    """Go over to one of the calls."""
    hand.choose("calls", calls_page(hand.state, hand.now), number)


def calls(hand: Hand, _rest: str) -> None:
    """The open calls, or the missed ones."""
    hand.read(calls_page(hand.state, hand.now), numbered=True)
