"""Templates as an agent fills them: with what the card knows, and how that reads. Pure."""

from __future__ import annotations

import re
from typing import Final

from agent_tui.session.state import SessionState
from hub.contract import LONGEST_PARAMETER, AgentTemplate, Card, Conversation

_PLACE: Final = re.compile(r"{{([0-9]+)}}")


def filled(template: AgentTemplate, values: tuple[str, ...]) -> str:
    """How it reads; a place without a value stands as it is."""

    def place(found: re.Match[str]) -> str:
        number = int(found[1])
        return (values[number - 1] if 0 < number <= len(values) else "") or found[0]

    return _PLACE.sub(place, template.body)


def known(template: AgentTemplate, conversation: Conversation, state: SessionState) -> tuple[str, ...]:
    """What the desk knows for each of its places; empty where the agent has to write it."""
    card = _card(conversation, state)
    facts = dict(card.facts) if card is not None else {}
    facts["name"] = card.name if card is not None else conversation.name
    facts["agent"] = state.me.name if state.me is not None else ""
    return tuple(facts.get(one, "")[:LONGEST_PARAMETER] for one in template.parameters)


def _card(conversation: Conversation, state: SessionState) -> Card | None:
    """The customer's, where they are the caller on the desk: no one else's facts go to them."""
    for work in state.work:
        card = work.customer_card
        numbers = {work.card.number if work.card is not None else "", *(card.numbers if card else ())}
        if card is not None and conversation.number and conversation.number in numbers:
            return card
    return None
