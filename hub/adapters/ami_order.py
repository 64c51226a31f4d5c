"""Asterisk's queue events put into the port's order.

Asterisk says that a caller left the queue just before it says who answered, and does not say at all that a
ring ended when the caller gave up or somebody else answered. The port promises both: the reason first, and an
end for every offer.
"""

from __future__ import annotations

from datetime import datetime

from hub.ports.pbx import (
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerLeft,
    MemberChanged,
    OfferEnded,
    PbxEvent,
)


class EventOrder:
    """Remembers open offers and leavings not yet explained; as many as callers wait, no more."""

    def __init__(self) -> None:
        self._offers: dict[str, dict[str, AgentOffered]] = {}
        self._leaving: dict[str, CallerLeft] = {}
        self._members: dict[tuple[str, str], MemberChanged] = {}

    def take(self, event: PbxEvent) -> list[PbxEvent]:
        """What is to be told now that ``event`` came."""
        match event:
            case AgentOffered():
                self._offers.setdefault(event.contact, {})[event.agent] = event
            case OfferEnded():
                offers = self._offers.get(event.contact, {})
                offers.pop(event.agent, None)
                return [event] if offers else [event, *self._left(event.contact)]
            case AgentConnected():
                return [
                    event,
                    *self._end_offers(event.contact, event.at, event.agent),
                    *self._left(event.contact),
                ]
            case CallerAbandoned():
                return [event, *self._end_offers(event.contact, event.at), *self._left(event.contact)]
            case CallerLeft() if self._offers.get(event.contact):
                self._leaving[event.contact] = event
                return []
            case CallerLeft():
                self._offers.pop(event.contact, None)
            case MemberChanged():
                return self._member(event)
            case _:
                pass
        return [event]

    def _end_offers(self, contact: str, at: datetime, answered: str = "") -> list[PbxEvent]:
        offers = self._offers.pop(contact, {})
        return [
            OfferEnded(offer.queue, contact, agent, (at - offer.at).total_seconds(), at)
            for agent, offer in offers.items()
            if agent != answered
        ]

    def _left(self, contact: str) -> list[PbxEvent]:
        left = self._leaving.pop(contact, None)
        return [left] if left else []

    def _member(self, event: MemberChanged) -> list[PbxEvent]:
        """Asterisk repeats a member's state at every touch; only a change is told."""
        key = (event.queue, event.agent)
        known = self._members.get(key)
        if not event.member:
            self._members.pop(key, None)
            return [event]
        self._members[key] = event
        same = known and (known.state, known.paused, known.reason) == (
            event.state,
            event.paused,
            event.reason,
        )
        return [] if same else [event]
