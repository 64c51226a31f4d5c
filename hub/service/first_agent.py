"""Which agent a caller waits for before the whole team of their queue is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.model import Agent
from hub.contract import Card, Presence
from hub.db.last_talks import LastTalks
from hub.domain.contacts import Contact
from hub.domain.presence import NO_DESK, Intent
from hub.ports.pbx import MemberState
from hub.service.floor import Floor
from hub.service.misses import MISSED_CALLS
from hub.service.roster import Roster

log = structlog.get_logger(__name__)

_WITHIN = 0.2
"""Seconds to find the last talk; the card has had its own, and the exchange gives up after one in all."""


@dataclass(frozen=True, slots=True)
class FirstAgent:
    """By the rule of the queue, and only an agent who is there: somebody else would only cost time."""

    roster: Roster
    floor: Floor
    talks: LastTalks
    now: Callable[[], datetime]

    async def of(self, caller: Contact, cards: Sequence[Card], dialled: str) -> Agent | None:
        """Whom ``caller`` waits for, who may be any of ``cards``. ``dialled`` is the extension of the agent
        whose own number it was, "" mostly.
        """
        agent = self._at(dialled) if dialled else self.roster.agents.get(await self._by_rule(caller, cards))
        return agent if agent is not None and self._is_there(agent, caller) else None

    def _at(self, extension: str) -> Agent | None:
        return next((agent for agent in self.roster.agents.values() if agent.extension == extension), None)

    async def _by_rule(self, caller: Contact, cards: Sequence[Card]) -> str:
        match self.roster.queues[caller.queue].first:
            case "personal":
                return next((card.personal_agent for card in cards if card.personal_agent), "")
            case "last":
                return await self._last(caller, [card.customer for card in cards])
            case _:
                return ""

    async def _last(self, caller: Contact, customers: Sequence[str]) -> str:
        since = self.now() - timedelta(days=self.roster.queues[caller.queue].last_days)
        try:
            async with asyncio.timeout(_WITHIN):
                return await self.talks.agent(caller, customers, since)
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("last talk not found out", contact=caller.id, error=type(error).__name__)
            return ""

    def _is_there(self, agent: Agent, caller: Contact) -> bool:
        """Whether waiting is worth it: ready, though perhaps in a talk or wrapping up, or away for a moment,
        at a phone that can be rung. Nobody is brought back to an agent who has just sent them on.
        """
        intent = self.floor.intent(agent.id)
        member = self.floor.member(caller.queue, agent.id)
        had_them = any(visit.agent == agent.id for visit in self.floor.visits(caller.id))
        reachable = member is not None and member.state is not MemberState.UNAVAILABLE
        lost = member is not None and member.reason == NO_DESK
        moment = timedelta(seconds=self.roster.queues[caller.queue].first_away_seconds)
        return reachable and not lost and not had_them and self._is_back_within(moment, intent)

    def _is_back_within(self, moment: timedelta, intent: Intent | None) -> bool:
        """Who missed calls did not go away themselves: nobody knows when they are back."""
        match intent:
            case Intent(presence=Presence.READY):
                return True
            case Intent(presence=Presence.AWAY, since=datetime() as since) if intent.reason != MISSED_CALLS:
                return self.now() - since < moment
            case _:
                return False
