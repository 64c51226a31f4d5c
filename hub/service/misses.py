"""Calls that an agent misses one after the other: whoever is not there should not be rung on and on."""

from __future__ import annotations

from collections import Counter

import structlog

from hub.contract import Presence
from hub.domain.contacts import Contact, ContactEvent, State
from hub.ports.pbx import AgentConnected, OfferEnded
from hub.refusals import NotStored
from hub.service.choices import Choices

log = structlog.get_logger(__name__)

MISSED_CALLS = "missed calls"
"""The named automatic pause of an agent who does not answer."""


class Misses:
    """Counts in memory; ``limit`` in a row put the agent away, 0 never does."""

    def __init__(self, limit: int, choices: Choices) -> None:
        self._limit = limit
        self._choices = choices
        self._missed: Counter[str] = Counter()

    async def take(self, event: ContactEvent, after: Contact) -> None:
        """``event`` made ``after`` of a contact. A ring that ended while the caller still waits is a miss."""
        match event:
            case AgentConnected():
                del self._missed[event.agent]
            case OfferEnded() if after.state is State.WAITING:
                self._missed[event.agent] += 1
                if 0 < self._limit <= self._missed[event.agent]:
                    await self._put_away(event.agent)

    async def _put_away(self, agent: str) -> None:
        """Only who is ready: a pause that the agent chose keeps its own name."""
        intent = self._choices.floor.intent(agent)
        if intent is None or intent.presence is not Presence.READY:
            return
        try:
            await self._choices.put(agent, Presence.AWAY, MISSED_CALLS)
        except NotStored as error:
            log.warning("missed calls, but no pause", agent=agent, error=str(error))
            return
        del self._missed[agent]
