"""The floor as trainers see it: read in memory, without waiting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from centre.texts import Language
from hub.contract import Colleague, FloorAgent, FloorCall, FloorView
from hub.domain.contacts import Contact, State
from hub.events import Bus
from hub.service.directory import Directory
from hub.service.floor import Floor
from hub.service.listening_book import ListeningBook
from hub.service.roster import Roster


@dataclass(frozen=True, slots=True)
class FloorViews:
    """``directory`` knows how the agents' telephones stand."""

    roster: Roster
    floor: Floor
    bus: Bus
    directory: Directory
    listeners: ListeningBook
    now: Callable[[], datetime]

    def view(self, asking: str) -> FloorView:
        """All agents but who asks, and all who wait, in the language of who asks."""
        language = self.roster.agents[asking].language
        waiting = [one for one in self.floor.contacts() if one.state is State.WAITING]
        waiting.sort(key=lambda one: one.joined_at)
        return FloorView(
            at=self.now(),
            agents=tuple(self._agent(one, language) for one in self.directory.all() if one.agent != asking),
            waiting=tuple(self._call(one, one.joined_at, language) for one in waiting),
        )

    def _agent(self, colleague: Colleague, language: Language) -> FloorAgent:
        agent = colleague.agent
        contacts = self.floor.in_hands(agent)
        talks = [one for one in contacts if one.talks_with(agent)]
        rings = [one for one in contacts if one.ring_at(agent)]
        talk = max(talks, key=lambda one: (one.held_since is None, _began(one)), default=None)
        contact = talk or next(iter(rings), None)
        intent = self.floor.intent(agent)
        return FloorAgent(
            agent=agent,
            name=colleague.name,
            presence=colleague.presence,
            reason=intent.reason if intent else "",
            line=colleague.line,
            since=colleague.since,
            desk=self.bus.listens(agent),
            call=self._call(contact, _since(contact, agent), language) if contact else None,
            rings=talk is None and contact is not None,
            owes=min((one.ended_at or one.joined_at for one in contacts if _owed(one)), default=None),
            coaches=self.listeners.who(agent),
        )

    def _call(self, contact: Contact, since: datetime, language: Language) -> FloorCall:
        return FloorCall(
            contact=contact.id,
            queue_title=self.roster.title(contact.queue, language),
            number=contact.number,
            name=contact.name,
            since=since,
            held=contact.held_since is not None,
        )


def _began(contact: Contact) -> datetime:
    return contact.connected_at or contact.joined_at


def _since(contact: Contact, agent: str) -> datetime:
    ring = contact.ring_at(agent)
    return ring.at if ring is not None and not contact.talks_with(agent) else _began(contact)


def _owed(contact: Contact) -> bool:
    return contact.state is State.WRAP_UP
