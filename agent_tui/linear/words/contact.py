"""Words about the contact: who it is, the script, the note, the wrap-up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from itertools import pairwise

from agent_tui.commands import model as do
from agent_tui.commands.why_not import why_not
from agent_tui.linear.hand import Hand
from agent_tui.screens.views.card import card_page
from agent_tui.screens.views.customers import found_page
from agent_tui.screens.views.note import outcome_page
from agent_tui.screens.views.script import script_page
from agent_tui.session import select
from agent_tui.session import work_items as items
from agent_tui.text.catalogue import _
from hub.contract import LONGEST_NOTE


def card(hand: Hand, _rest: str) -> None:
    """The customer."""
    hand.read(card_page(hand.state, hand.now))


def customer(hand: Hand, number: str) -> None:
    """Of several, the one with this number."""
    hand.choose("card", card_page(hand.state, hand.now), number)


def find(hand: Hand, typed: str) -> None:
    """Look for the customer in the CRM; alone, hear again whom it found."""
    if not typed:
        hand.read(found_page(hand.state.finding, ""), numbered=True)
    elif hand.begun:
        hand.send(do.FindCustomer(hand.begun, typed, uuid.uuid4().hex))
    else:
        hand.say(str(why_not(do.FindCustomer)))


def link(hand: Hand, number: str) -> None:
    """Of those found, the one with this number is the customer of that contact."""
    finding = hand.state.finding
    customer = hand.chosen(found_page(finding, ""), number)
    if finding is not None and customer is not None:
        hand.send(do.LinkCustomer(finding.contact, customer))


def create(hand: Hand, name: str) -> None:
    """Put the caller into the CRM, with the number they call from."""
    work = items.find(hand.state, hand.begun)
    if not name or work is None or do.CreateCustomer not in select.possible(hand.state):
        hand.say(_("Type the customer's name.") if not name else str(why_not(do.CreateCustomer)))
        return
    number = work.offer.number if work.offer is not None else ""
    if hand.created != (work.contact, name):
        hand.created, hand.created_under = (work.contact, name), uuid.uuid4().hex
    hand.send(do.CreateCustomer(work.contact, name, number, hand.created_under))


def script(hand: Hand, _rest: str) -> None:
    """All steps, the next one with its text and answers."""
    hand.read(script_page(hand.state), numbered=True)


def step(hand: Hand, number: str) -> None:
    """Tick or untick what bears the number, or take an answer down."""
    hand.choose("script", script_page(hand.state), number)


def done(hand: Hand, _rest: str) -> None:
    """Tick the step that is next, and hear the one after it."""
    work, current = hand.state.shown, select.next_step(hand.state)
    if work is None or current is None or do.TickStep not in select.possible(hand.state):
        hand.say(_("There is no step to tick."))
        return
    hand.send(do.TickStep(work.contact, current.id))
    steps = pairwise(select.script_steps(work))
    following = next((after for before, after in steps if before.id == current.id), None)
    hand.say(following.title if following is not None else _("That was the last step."))
    if following is not None and following.text:
        hand.say(following.text)


def note(hand: Hand, text: str) -> None:
    """Write on; without a text, hear what stands there."""
    _write(hand, text, lambda note: f"{note}\n{text}" if note else text)


def rewrite(hand: Hand, text: str) -> None:
    """Begin the note anew."""
    _write(hand, text, lambda _note: text)


def outcome(hand: Hand, number: str) -> None:
    """How the contact ended."""
    hand.choose("outcome", outcome_page(hand.state), number)


def finish(hand: Hand, _rest: str) -> None:
    """Store the wrap-up."""
    work = hand.state.written
    if work is None or do.FinishWrapUp not in select.possible(hand.state):
        hand.say(_("No wrap-up is owed."))
        return
    hand.send(do.FinishWrapUp(work.contact))


def _write(hand: Hand, text: str, changed: Callable[[str], str]) -> None:
    state = hand.state
    contact = hand.begun if text else (state.written.contact if state.written is not None else "")
    work = next((one for one in state.work if one.contact == contact), None)
    if work is None:
        hand.say(_("There is no note now: it opens with the ring."))
    elif text:
        note = changed(work.note)
        if len(note) > LONGEST_NOTE:
            hand.say(_("The note is full; this was not written."))
        else:
            hand.send(do.EditNote(contact, note))
    else:
        for line in (work.note or _("The note is empty.")).split("\n"):
            hand.say(line)
