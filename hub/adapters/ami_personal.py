"""Callers who wait for one agent first, in a queue of that agent's own: to the hub one wait, in the team's.

The profile has such queues for whoever may be asked first (``centre.personal``); agents are members of theirs
as of the team's. A caller whose time there is over goes on to the team's queue. Asterisk tells of one who
gave up and one who comes, so that is kept until the next word: the team's queue, or the end of the channel.
Of the whole wait Asterisk tells the last part alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar

from centre.personal import personal_queue, team_of
from hub.ports.listening import ListeningEnded, ListeningHeard
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    CustomerCallEnded,
    DialFailed,
    MemberChanged,
    MemberRow,
    PbxEvent,
    PbxLink,
    QueueRow,
    TalkingCaller,
    WaitingCaller,
)

QueueEvent: TypeAlias = CallerJoined | CallerAbandoned | CallerLeft
Caller = TypeVar("Caller", bound=WaitingCaller | TalkingCaller)


class PersonalQueues:
    """Remembers who came when and first waited for one agent: as many as there are callers."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._came: dict[str, datetime] = {}
        self._waited: dict[str, float] = {}
        """Seconds before the team's queue took them."""
        self._unexplained: dict[str, list[QueueEvent]] = {}
        """What may be the end of the wait, or the way to the team."""

    def queues_of(self, queue: str, agent: str) -> tuple[tuple[str, bool], ...]:
        """Where ``agent`` is to be a member for ``queue``, and whether alone; the team's comes last, since it
        is what the hub sees.
        """
        own = personal_queue(queue, agent)
        return ((own, True), (queue, False)) if own in self._names else ((queue, False),)

    def take(self, event: PbxEvent) -> list[PbxEvent]:
        """``event`` as of the team's queue, with what it explains; nothing while its meaning is open."""
        if isinstance(event, PbxLink | CustomerCallEnded | DialFailed | ListeningHeard | ListeningEnded):
            return [event]
        team = team_of(event.queue)
        if team is None:
            return self._of_team(event)
        if isinstance(event, MemberChanged):
            return []
        return self._of_own(replace(event, queue=team))

    def _of_own(self, event: PbxEvent) -> list[PbxEvent]:
        match event:
            case CallerJoined():
                self._forget(event.contact)
                self._came[event.contact] = event.at
            case CallerAbandoned() | CallerLeft():
                self._unexplained.setdefault(event.contact, []).append(event)
                return []
            case AgentConnected():
                return [*self._unexplained.pop(event.contact, []), event]
        return [event]

    def _of_team(self, event: PbxEvent) -> list[PbxEvent]:
        if not isinstance(event, CallerJoined):
            return [event]
        before = self._unexplained.pop(event.contact, [])
        if before and before[0].queue == event.queue:
            waited = event.at - self._came.get(event.contact, event.at)
            self._waited[event.contact] = max(0.0, waited.total_seconds())
            return []
        self._forget(event.contact)
        return [*before, event]

    def whole(self, event: PbxEvent) -> PbxEvent:
        """``event`` with the caller's whole wait."""
        match event:
            case AgentConnected() | CallerAbandoned() | AgentCompleted() if event.contact in self._waited:
                return replace(event, waited=event.waited + self._waited[event.contact])
            case _:
                return event

    def hung_up(self, contact: str) -> list[PbxEvent]:
        """The caller's channel is gone: they did give up."""
        told = self._unexplained.pop(contact, [])
        self._forget(contact)
        return [*told]

    def _forget(self, contact: str) -> None:
        self._came.pop(contact, None)
        self._waited.pop(contact, None)

    def merged(self, rows: Sequence[QueueRow], now: datetime) -> tuple[QueueRow, ...]:
        """The rows of the centre's own queues, with all who wait and talk in agents' own.

        A member who is missing in an agent's own queue is told as missing in the team's, so that the hub asks
        for both. How many gave up in an agent's own queue nobody knows: who goes on is counted so, too.
        """
        own = {row.name: row for row in rows if team_of(row.name) is not None}
        self._names = frozenset(own)
        self._unexplained.clear()
        self._know(rows, now)
        return tuple(
            self._row(row, [one for one in own.values() if team_of(one.name) == row.name])
            for row in rows
            if row.name not in own
        )

    def _know(self, rows: Iterable[QueueRow], now: datetime) -> None:
        """Who came while nobody looked; whoever is in no queue any more is forgotten."""
        there = {one.contact for row in rows for one in row.waiting}
        there |= {one.contact for row in rows for one in row.talking}
        for contact in self._came.keys() - there:
            self._forget(contact)
        for row in rows:
            for caller in row.waiting:
                came = now - timedelta(seconds=caller.waited)
                if team_of(row.name) is not None:
                    self._came.setdefault(caller.contact, came)
                elif caller.contact in self._came:
                    self._waited[caller.contact] = max(
                        0.0, (came - self._came[caller.contact]).total_seconds()
                    )

    def _row(self, team: QueueRow, own: Sequence[QueueRow]) -> QueueRow:
        rows = (team, *own)
        return replace(
            team,
            waiting=tuple(self._whole_wait(caller) for row in rows for caller in row.waiting),
            talking=tuple(self._whole_wait(caller) for row in rows for caller in row.talking),
            members=tuple(member for member in team.members if self._is_whole(team.name, member, own)),
            completed=team.completed + sum(row.completed for row in own),
        )

    def _whole_wait(self, caller: Caller) -> Caller:
        return replace(caller, waited=caller.waited + self._waited.get(caller.contact, 0.0))

    def _is_whole(self, team: str, member: MemberRow, own: Iterable[QueueRow]) -> bool:
        theirs = [row for row in own if row.name == personal_queue(team, member.agent)]
        return all(member.agent in {one.agent for one in row.members} for row in theirs)
