"""What changed from one state to the next, as values for machines: what a screen would show, by names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from agent_tui.session.state import SessionState

Fact: TypeAlias = dict[str, str | int | float | bool]
"""``event`` names it; the rest are its values, strings that were cleaned where they came in."""


def facts(old: SessionState, new: SessionState) -> Iterator[Fact]:
    """In the order in which they are told; none where only figures and timers changed."""
    for tell in _TELLERS:
        yield from tell(old, new)


def _links(old: SessionState, new: SessionState) -> Iterator[Fact]:
    if new.registration.state is not old.registration.state:
        yield {"event": "registration", "state": new.registration.state.value}
    for name, before, now in (("phone", old.phone, new.phone), ("hub", old.hub, new.hub)):
        if now is not before:
            yield {"event": "link", "to": name, "state": now.value}
    if new.pbx is not old.pbx:
        yield {"event": "link", "to": "exchange", "state": new.pbx.value}


def _presence(old: SessionState, new: SessionState) -> Iterator[Fact]:
    if new.me is not None and (old.me is None or new.me.presence is not old.me.presence):
        yield {"event": "presence", "agent": new.me.agent, "state": new.me.presence.value}


def _calls(old: SessionState, new: SessionState) -> Iterator[Fact]:
    if new.calls is old.calls:
        return
    before = {call.id: call for call in old.calls}
    for call in new.calls:
        if call.id not in before or before[call.id].state is not call.state:
            party = {"name": call.party.name, "number": call.party.number}
            yield {
                "event": "call",
                "call": call.id,
                "contact": call.contact,
                "state": call.state.value,
                **party,
            }
    for identity in before.keys() - {call.id for call in new.calls}:
        yield {"event": "call", "call": identity, "contact": before[identity].contact, "state": "closed"}


def _work(old: SessionState, new: SessionState) -> Iterator[Fact]:
    if new.work is old.work:
        return
    before = {work.contact: work for work in old.work}
    for work in new.work:
        known = before.get(work.contact)
        card, was = work.customer_card, known.customer_card if known is not None else None
        if known is None or known.phase is not work.phase:
            yield {"event": "contact", "contact": work.contact, "state": work.phase.value}
        if card is not None and (was is None or was.customer != card.customer):
            yield {"event": "card", "contact": work.contact, "customer": card.customer, "name": card.name}
    still = {work.contact for work in new.work}
    for work in old.work:
        if work.contact not in still:
            ended = "wrapped_up" if work.finishing else "gone"
            yield {"event": "contact", "contact": work.contact, "state": ended, "outcome": work.disposition}


def _notices(old: SessionState, new: SessionState) -> Iterator[Fact]:
    before = {notice.topic: notice for notice in old.notices}
    for notice in new.notices:
        if before.get(notice.topic) != notice:
            yield {"event": "notice", "severity": notice.severity.value, "words": str(notice.words)}


_TELLERS: tuple[Callable[[SessionState, SessionState], Iterator[Fact]], ...] = (
    _links,
    _presence,
    _calls,
    _work,
    _notices,
)
