"""What must have happened while the exchange was out of sight, from its snapshot and what the hub knew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from hub.domain.contacts import Contact, ContactEvent, Ring, SightLost, State
from hub.ports.pbx import (
    AgentConnected,
    CallerHeld,
    CallerJoined,
    CallerResumed,
    MemberState,
    OfferEnded,
    QueueRow,
    TalkingCaller,
    WaitingCaller,
)


def reconcile(rows: Sequence[QueueRow], known: Iterable[Contact], now: datetime) -> tuple[ContactEvent, ...]:
    """Events that bring ``known`` contacts to what ``rows`` show. Agents in ``rows`` are named by id.

    Nothing is guessed: who vanished ends as "out of sight", and a later word of the exchange corrects it.
    """
    contacts = tuple(known)
    return (
        *_vanished(rows, contacts, now),
        *_newly_waiting(rows, contacts, now),
        *_newly_talking(rows, contacts, now),
        *_holds(rows, contacts, now),
    )


def _newly_waiting(
    rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime
) -> Iterator[ContactEvent]:
    waiting = {(contact.queue, contact.id) for contact in contacts if contact.state is State.WAITING}
    for row in rows:
        for caller in row.waiting:
            if (row.name, caller.contact) not in waiting:
                yield _joined(row.name, caller, caller.position, now - timedelta(seconds=caller.waited))


def _newly_talking(
    rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime
) -> Iterator[ContactEvent]:
    """The whole story of each talk that began out of sight, as far as it is new."""
    known = _talks_known(contacts)
    unanswered = {contact.id for contact in contacts if contact.state in (State.WAITING, State.LEFT)}
    for row in rows:
        for talk in row.talking:
            if (row.name, talk.contact, talk.agent) in known:
                continue
            connected = now - timedelta(seconds=talk.talked)
            if talk.contact not in unanswered:
                yield _joined(row.name, talk, 0, connected - timedelta(seconds=talk.waited))
            yield AgentConnected(row.name, talk.contact, talk.agent, talk.waited, connected)


def _holds(rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime) -> Iterator[ContactEvent]:
    """A hold that began or ended out of sight does so when it is found."""
    on_hold = {
        (talk.queue, talk.id, talk.agent)
        for talk in contacts
        if talk.state is State.TALKING and talk.held_since is not None
    }
    for row in rows:
        for talk in row.talking:
            if talk.held != ((row.name, talk.contact, talk.agent) in on_hold):
                told = CallerHeld if talk.held else CallerResumed
                yield told(row.name, talk.contact, talk.agent, now)


def _joined(queue: str, caller: WaitingCaller | TalkingCaller, position: int, at: datetime) -> CallerJoined:
    return CallerJoined(queue, caller.contact, caller.number, caller.name, position, at)


def _vanished(rows: Sequence[QueueRow], contacts: Sequence[Contact], now: datetime) -> Iterator[ContactEvent]:
    talking = {(row.name, talk.contact, talk.agent) for row in rows for talk in row.talking}
    there = {caller.contact for row in rows for caller in row.waiting} | {talk[1] for talk in talking}
    ringing = {member.agent for row in rows for member in row.members if member.state is MemberState.RINGING}
    answered = {(contact, agent) for _queue, contact, agent in talking}
    for contact in contacts:
        if contact.state is State.TALKING:
            if not _talks_known([contact]) <= talking:
                yield SightLost(contact.queue, contact.id, contact.visit, now)
        elif contact.state is not State.WRAP_UP and contact.id not in there:
            yield SightLost(contact.queue, contact.id, contact.visit, now)
        else:
            unheard = (ring for ring in contact.rings if (contact.id, ring.agent) not in answered)
            yield from _silent_rings(contact, unheard, ringing, now)


def _talks_known(contacts: Iterable[Contact]) -> set[tuple[str, str, str]]:
    """Queue, contact and agent of each talk."""
    return {(talk.queue, talk.id, talk.agent) for talk in contacts if talk.state is State.TALKING}


def _silent_rings(
    contact: Contact, rings: Iterable[Ring], ringing: set[str], now: datetime
) -> Iterator[ContactEvent]:
    for ring in rings:
        if ring.agent not in ringing:
            rang = (now - ring.at).total_seconds()
            yield OfferEnded(contact.queue, contact.id, ring.agent, rang, now)
