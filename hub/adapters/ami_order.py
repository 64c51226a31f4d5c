"""Asterisk's queue events put into the port's order, and made whole.

Asterisk says that a caller left the queue just before it says who answered. It does not say that a ring ended
when the caller gave up or somebody else answered. Where the caller hangs up at the very moment of the answer,
it ends the talk without saying whose it was; where the caller was joined with a number that leads to no other
phone, it often names the agent's second call (in 7 of 60, measured), whose place the caller took. The port
promises the reason first, an end for every offer, and the caller's contact in every event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerLeft,
    MemberChanged,
    OfferEnded,
    PbxEvent,
    QueueRow,
)


class EventOrder:
    """Remembers open offers, talks, and leavings not yet explained: as many as there are callers."""

    def __init__(self) -> None:
        self._offers: dict[str, dict[str, AgentOffered]] = {}
        """Contact → agent → the ring at that agent."""
        self._talks: dict[str, tuple[str, str]] = {}
        """Contact → queue and agent, in the order of the answers."""
        self._leaving: dict[str, CallerLeft] = {}
        self._members: dict[tuple[str, str], MemberChanged] = {}

    def know_talks(self, rows: Iterable[QueueRow]) -> None:
        """Learn from a snapshot of the talks that began out of sight."""
        for row in rows:
            for talk in row.talking:
                self._talks[talk.contact] = (row.name, talk.agent)

    def take(self, event: PbxEvent) -> list[PbxEvent]:
        """What is to be told now that ``event`` came."""
        told: list[PbxEvent] = [event]
        match event:
            case AgentOffered():
                rings = self._offers.setdefault(event.contact, {})
                told = [] if event.agent in rings else told  # the dialplan may have told it first
                rings.setdefault(event.agent, event)
            case OfferEnded():
                told = self._offer_ended(event)
            case AgentConnected():
                self._talks[event.contact] = (event.queue, event.agent)
                told += self._end_offers(event.contact, event.at, answered=event.agent)
                told += self._left(event.contact)
            case CallerAbandoned():
                told += self._end_offers(event.contact, event.at) + self._left(event.contact)
            case CallerLeft() if self._offers.get(event.contact):
                self._leaving[event.contact] = event
                told = []
            case AgentCompleted():
                told = self._completed(event)
            case MemberChanged():
                told = self._member(event)
        return told

    def _offer_ended(self, event: OfferEnded) -> list[PbxEvent]:
        rung = [contact for contact, rings in self._offers.items() if event.agent in rings]
        contact = event.contact or next(iter(rung), "")
        rings = self._offers.get(contact, {})
        rings.pop(event.agent, None)
        if not rings:
            self._offers.pop(contact, None)
        left = [] if rings else self._left(contact)
        return [replace(event, contact=contact), *left] if contact else []

    def _end_offers(self, contact: str, at: datetime, *, answered: str = "") -> list[PbxEvent]:
        rings = self._offers.pop(contact, {})
        return [
            OfferEnded(ring.queue, contact, agent, max(0.0, (at - ring.at).total_seconds()), at)
            for agent, ring in rings.items()
            if agent != answered
        ]

    def _left(self, contact: str) -> list[PbxEvent]:
        left = self._leaving.pop(contact, None)
        return [left] if left else []

    def _completed(self, event: AgentCompleted) -> list[PbxEvent]:
        contact = event.contact if event.contact in self._talks else self._talk_of(event)
        self._talks.pop(contact, None)
        return [replace(event, contact=contact)] if contact else []

    def _talk_of(self, event: AgentCompleted) -> str:
        """The agent's last answered caller; the contact told, perhaps none, where the answer was missed."""
        theirs = (one for one in reversed(self._talks) if self._talks[one] == (event.queue, event.agent))
        return next(theirs, event.contact)

    def _member(self, event: MemberChanged) -> list[PbxEvent]:
        """Asterisk repeats a member's state at every touch; only a change is told."""
        key = (event.queue, event.agent)
        known = self._members.pop(key, None)
        if event.member:
            self._members[key] = event
        same = known and replace(known, at=event.at) == event
        return [] if same else [event]
