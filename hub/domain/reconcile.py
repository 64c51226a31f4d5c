"""What must have happened while the exchange was out of sight, from its snapshot and what the hub knew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from hub.domain.contacts import Contact, ContactEvent, SightLost, State
from hub.ports.pbx import CallerJoined, MemberState, OfferEnded, QueueRow, WaitingCaller

_TALKING = frozenset({MemberState.BUSY, MemberState.ON_HOLD, MemberState.RINGING})


def reconcile(rows: Sequence[QueueRow], known: Iterable[Contact], now: datetime) -> tuple[ContactEvent, ...]:
    """Events that bring ``known`` contacts to what ``rows`` show. Agents in ``rows`` are named by id.

    Nothing is guessed: who vanished ends as "out of sight", and a later word of the exchange corrects it.
    """
    contacts = tuple(known)
    return (*_newly_waiting(rows, contacts, now), *_vanished(rows, contacts, now))


def _newly_waiting(
    rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime
) -> Iterator[ContactEvent]:
    waiting = {(contact.queue, contact.id) for contact in contacts if contact.state is State.WAITING}
    for row in rows:
        for caller in row.waiting:
            if (row.name, caller.contact) not in waiting:
                yield _joined(row.name, caller, now)


def _joined(queue: str, caller: WaitingCaller, now: datetime) -> CallerJoined:
    return CallerJoined(
        queue=queue,
        contact=caller.contact,
        number=caller.number,
        name=caller.name,
        position=caller.position,
        at=now - timedelta(seconds=caller.waited),
    )


def _vanished(rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime) -> Iterator[ContactEvent]:
    waiting = {caller.contact for row in rows for caller in row.waiting}
    states = {member.agent: member.state for row in rows for member in row.members}
    for contact in contacts:
        if contact.state is State.TALKING:
            if states.get(contact.agent) not in _TALKING:
                yield SightLost(contact.queue, contact.id, contact.visit, now)
        elif contact.state is not State.WRAP_UP and contact.id not in waiting:
            yield SightLost(contact.queue, contact.id, contact.visit, now)
        else:
            yield from _silent_rings(contact, states, now)


def _silent_rings(contact: Contact, states: dict[str, MemberState], now: datetime) -> Iterator[ContactEvent]:
    for ring in contact.rings:
        if states.get(ring.agent) is not MemberState.RINGING:
            rang = (now - ring.at).total_seconds()
            yield OfferEnded(contact.queue, contact.id, ring.agent, rang, now)
