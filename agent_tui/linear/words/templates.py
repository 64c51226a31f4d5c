"""Words about approved messages: hear which there are, how one reads filled in, and send just that."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from agent_tui.commands import model as do
from agent_tui.linear.hand import Hand
from agent_tui.linear.words.writing import what_goes
from agent_tui.screens.template_form import chooser
from agent_tui.session.answering import can_send_template
from agent_tui.session.templates import filled, known
from agent_tui.text.catalogue import Phrase, _
from agent_tui.widgets.cells import Cell, Page, Row
from edge.text import clean
from hub.contract import LONGEST_PARAMETER, AgentTemplate, Conversation, TemplateToSend

_AGREED: Final = ("agreed", "הסכמה")
"""What is typed behind the word for sending once the customer has just said yes."""


def template(hand: Hand, typed: str) -> None:
    """One by its number, with what is to stand in its places; without a number, hear them all."""
    state, shown = hand.state, hand.state.writing.shown
    if shown is None:
        hand.say(_("Type whatsapp and a number first."))
        return
    if not can_send_template(state, hand.now):
        what_goes(hand)
        return
    number, _space, rest = typed.partition(" ")
    rows = tuple(Row((Cell(words),), key=name) for name, words in chooser(state.writing.templates))
    name = hand.chosen(Page(rows), number)
    found = next((one for one in state.writing.templates if one.template == name), None)
    if found is not None:
        _fill(hand, found, shown, rest)


def send(hand: Hand, typed: str) -> None:
    """What was read out last, once; to who never asked to be written to, after they agreed."""
    asked, shown = hand.filled, hand.state.writing.shown
    if asked is None or shown is None or shown.conversation != asked.conversation:
        hand.say(_("Type template and a number first."))
    elif not shown.can.opted_in and typed.lower() not in _AGREED:
        hand.say(_ask_them())
    else:
        agreed = not shown.can.opted_in
        hand.send(replace(asked, asked=asked.asked.model_copy(update={"agreed": agreed})))
        hand.filled = None


def _fill(hand: Hand, found: AgentTemplate, shown: Conversation, typed: str) -> None:
    own = tuple(clean(one, limit=LONGEST_PARAMETER).strip() for one in typed.split(";")) if typed else ()
    values = own or known(found, shown, hand.state)
    hand.filled = None
    if len(values) != len(found.parameters) or not all(values):
        places = "; ".join(found.parameters)
        hand.say(found.body)
        hand.say(str(Phrase("Type the template's number and then: {places}", places=places)))
        return
    text = filled(found, values)
    asked = TemplateToSend(template=found.template, parameters=values)
    hand.filled = do.SendTemplate(shown.conversation, asked, text, uuid.uuid4().hex)
    hand.say(text)
    hand.say(_("Type send to send it.") if shown.can.opted_in else _ask_them())


def _ask_them() -> str:
    return _("The customer has not asked to be written to. Ask them, then type send agreed.")
