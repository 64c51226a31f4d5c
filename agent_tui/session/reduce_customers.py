"""Whom the agent looks for in the CRM, and whom they link to a contact."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.session import work_items as items
from agent_tui.session.events import (
    CreationAsked,
    CreationFailed,
    CustomerCreated,
    CustomerLinked,
    CustomersAsked,
    CustomersCame,
    CustomersFailed,
    CustomersLeft,
    LinkAsked,
    LinkFailed,
)
from agent_tui.session.reduce_notices import put
from agent_tui.session.state import Creation, Finding, SessionState, Severity
from agent_tui.session.table import Table


def _asked(state: SessionState, event: CustomersAsked) -> SessionState:
    """What is shown stays until the answer is there, so that nothing flickers while somebody types."""
    before = state.finding
    shown = before.customers if before is not None and before.contact == event.contact else ()
    return replace(state, finding=Finding(event.contact, event.key, event.words, shown))


def _came(state: SessionState, event: CustomersCame) -> SessionState:
    """An answer to anything but the newest search comes too late."""
    finding = state.finding
    if finding is None or finding.key != event.key:
        return state
    return replace(state, finding=replace(finding, customers=event.found.customers, asking=False))


def _failed(state: SessionState, event: CustomersFailed) -> SessionState:
    """What was shown for other words is no answer to these."""
    finding = state.finding
    if finding is None or finding.key != event.key:
        return state
    return replace(state, finding=replace(finding, customers=(), asking=False, trouble=event.words))


def _left(state: SessionState, _event: CustomersLeft) -> SessionState:
    return replace(state, finding=None)


def _link_asked(state: SessionState, event: LinkAsked) -> SessionState:
    finding = state.finding
    if finding is None or finding.contact != event.contact:
        return state
    return replace(state, finding=replace(finding, linking=event.customer, trouble=""))


def _linked(state: SessionState, event: CustomerLinked) -> SessionState:
    """The card is theirs from here on. Whoever chose another one meanwhile goes on looking."""
    finding = state.finding
    contact = event.card.contact
    if finding is not None and (finding.contact, finding.linking) == (contact, event.customer):
        state = replace(state, finding=None)
    work = items.find(state, contact)
    if work is None or work.finishing:
        return state
    own = replace(work, linked=event.customer, customer=event.customer)
    return items.put(state, items.with_card(own, event.card))


def _creation_asked(state: SessionState, event: CreationAsked) -> SessionState:
    return replace(state, creation=Creation(event.key))


def _created(state: SessionState, event: CustomerCreated) -> SessionState:
    """As linked; the form that asked is told."""
    if state.creation is not None and state.creation.key == event.key:
        state = replace(state, creation=Creation(event.key, made=True))
    work = items.find(state, event.card.contact)
    if work is None or work.finishing or not event.card.cards:
        return state
    customer = event.card.cards[0].customer
    own = replace(work, linked=customer, customer=customer)
    return items.put(state, items.with_card(own, event.card))


def _creation_failed(state: SessionState, event: CreationFailed) -> SessionState:
    if state.creation is None or state.creation.key != event.key:
        return state
    return replace(state, creation=Creation(event.key, words=event.words))


def _link_failed(state: SessionState, event: LinkFailed) -> SessionState:
    """Said where the agent looks: in the search, or on the desk when they have left it."""
    finding = state.finding
    if finding is None or finding.contact != event.contact:
        return put(state, "command", Severity.WARNING, event.words)
    if finding.linking != event.customer:
        return state
    return replace(state, finding=replace(finding, linking="", trouble=event.words))


TABLE: Table = {
    CustomersAsked: _asked,
    CustomersCame: _came,
    CustomersFailed: _failed,
    CustomersLeft: _left,
    LinkAsked: _link_asked,
    CustomerLinked: _linked,
    LinkFailed: _link_failed,
    CreationAsked: _creation_asked,
    CustomerCreated: _created,
    CreationFailed: _creation_failed,
}
