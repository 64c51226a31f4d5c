"""Who of the colleagues can be reached: told to all desks, at most once a second."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from centre.model import Agent, Centre
from centre.texts import Language
from hub.contract import Colleague, DirectoryEntry, Line, Presence
from hub.directory_feed import Entries
from hub.domain.presence import WRAP_UP, Intent
from hub.events import Bus
from hub.ports.pbx import MemberRow, MemberState
from hub.service.floor import Floor
from hub.service.roster import Roster

PACE = 1.0
"""Seconds between two directory events: a thousand agents change some ten times a second together."""

_LANGUAGES: tuple[Language, Language] = ("en", "he")

_IN_ORDER: tuple[tuple[MemberState, Line], ...] = (
    (MemberState.BUSY, "busy"),
    (MemberState.ON_HOLD, "busy"),
    (MemberState.RINGING, "ringing"),
)
"""An agent's queues tell of one telephone, some a moment later: what keeps them from a call counts first."""


def entries_of(centre: Centre) -> Entries:
    """The numbers of the centre's file, named for each language."""
    return {
        language: tuple(
            DirectoryEntry(name=one.names.of(language), number=one.number, kind=one.kind)
            for one in centre.directory
        )
        for language in _LANGUAGES
    }


_LASTING: frozenset[Line] = frozenset({"free", "unreachable", "unknown"})
"""Lines that may well be as old as the choice of presence, where nobody saw them change."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a line was when the exchange was last in sight, and since when, where it was seen to change."""

    line: Line
    since: datetime | None = None


class Directory:
    """The colleagues of one centre. ``now`` is the time, ``sleep`` the pace's."""

    def __init__(
        self,
        roster: Roster,
        floor: Floor,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._roster = roster
        self._floor = floor
        self._now = now
        self._sleep = sleep
        self._reasons = {reason for language in _LANGUAGES for reason in roster.pause_reasons(language)}
        self._seen: dict[str, _Seen] = {}
        self._told: dict[str, Colleague] = {}
        self._stale = asyncio.Event()
        self._stale.set()

    def refresh(self) -> None:
        """An agent or the line to the exchange may stand otherwise."""
        self._stale.set()

    async def run(self, bus: Bus) -> None:
        """Publish whoever changed, for as long as the task lives."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            changed = self.changed()
            if changed:
                bus.publish_directory(changed)
            await self._sleep(PACE)

    def changed(self) -> tuple[Colleague, ...]:
        """Who stands otherwise than at the last asking."""
        found = [self._colleague(agent) for agent in self._roster.agents.values()]
        changed = tuple(one for one in found if self._told.get(one.agent) != one)
        self._told.update({one.agent: one for one in changed})
        return changed

    def all(self) -> tuple[Colleague, ...]:
        """How everybody stands now, whatever was told."""
        return tuple(self._colleague(agent) for agent in self._roster.agents.values())

    def _colleague(self, agent: Agent) -> Colleague:
        intent = self._floor.intent(agent.id) or Intent()
        line = self._line(agent, intent)
        return Colleague(
            agent=agent.id,
            name=agent.name,
            number=agent.extension,
            queues=agent.queues,
            presence=intent.presence,
            reason=intent.reason if intent.reason in self._reasons else "",
            line=line,
            since=self._since(agent.id, intent, line),
        )

    def _line(self, agent: Agent, intent: Intent) -> Line:
        if not self._floor.link.up:
            return "unknown"
        rows = [row for row in (self._floor.member(queue, agent.id) for queue in agent.queues) if row]
        states = {row.state for row in rows}
        for state, line in _IN_ORDER:
            if state in states:
                return line
        if MemberState.FREE not in states:
            return "unreachable" if states else "unknown"
        return _kept_away(rows) if intent.presence is Presence.READY else "free"

    def _since(self, agent: str, intent: Intent, line: Line) -> datetime | None:
        """The later of both; None where a call goes on that nobody saw begin."""
        before = self._seen.get(agent)
        in_sight = self._floor.link.up
        if in_sight and (before is None or before.line != line):
            self._seen[agent] = before = _Seen(line, self._now() if before else None)
        changed = before.since if before and in_sight else None
        if changed is None and intent.presence is Presence.READY and line not in _LASTING:
            return None
        return max((moment for moment in (intent.since, changed) if moment), default=None)


def _kept_away(rows: list[MemberRow]) -> Line:
    """Whether who is ready and free gets no calls all the same."""
    if all(row.paused and row.reason == WRAP_UP for row in rows):
        return "wrap_up"
    return "paused" if all(row.paused for row in rows) else "free"
