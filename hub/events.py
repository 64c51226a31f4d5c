"""The hub's event bus: one lossless log an agent; figures and directory latest-wins.

A log is a ring of the newest events with ids ``epoch-number``. A desk that comes back with ``Last-Event-ID``
gets what it missed; one that was away too long, or before the hub's restart (another epoch), is told to
``resync``. A slow desk costs nothing: it reads the log at its own pace, and falls out of the ring in the end.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hub.contract import Colleague, HubEvent, OwnFiguresEvent, QueuesEvent, ResyncEvent
from hub.directory_feed import DirectoryFeed

_KEPT = 200
"""Events kept an agent: an hour of calls, some 150 kB. Who was away for longer takes a snapshot."""

_MOST_STREAMS = 8
"""Streams open at once for one agent: a desk, a second one, and connections not yet known to be dead."""


_AT_ONCE = 20
"""Agents who are sent their figures together: a few milliseconds of work."""

_TURN = 0.005
"""Seconds from one turn to the next: a thousand agents have theirs before the next figures are counted."""

_NUMBER = re.compile("[0-9]{1,15}")


Watcher: TypeAlias = Callable[[str, bool], None]
"""Called with an agent and whether a stream of theirs is open."""


class TooManyStreams(Exception):
    """The agent has more event streams open than any use of them explains."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One server-sent event. ``id`` is empty where it is not replayed."""

    id: str
    kind: str
    data: str


@dataclass(slots=True, eq=False)
class _Stream:
    """One open stream; ``device`` is whose, ``""`` where nobody can revoke it."""

    device: str
    waker: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False


@dataclass(slots=True)
class _Log:
    last: int = 0
    own: Sent | None = None
    """The agent's own figures, the newest alone."""
    events: deque[tuple[int, Sent]] = field(default_factory=lambda: deque(maxlen=_KEPT))
    streams: set[_Stream] = field(default_factory=set)

    def wake(self) -> None:
        for stream in self.streams:
            stream.waker.set()


@dataclass(frozen=True, slots=True)
class _Figures:
    version: int
    by_language: Mapping[str, Sent]


class Bus:
    """Publishes to desks; ``agents`` are all there are. One event loop, no locks."""

    def __init__(self, agents: Iterable[str], epoch: str, directory: DirectoryFeed | None = None) -> None:
        self._epoch = epoch
        self._directory = directory or DirectoryFeed({})
        self._logs = {agent: _Log() for agent in agents}
        self._figures = _Figures(0, {})
        self._closed = False
        self._watcher: Watcher = _nobody

    def watch(self, watcher: Watcher) -> None:
        """Have ``watcher`` told of each agent's first stream and of the end of the last one."""
        self._watcher = watcher

    @property
    def streams(self) -> int:
        """How many streams are open."""
        return sum(len(log.streams) for log in self._logs.values())

    def listens(self, agent: str) -> bool:
        """Whether a stream of ``agent`` is open."""
        return bool(self._logs[agent].streams)

    def cursor(self, agent: str) -> str:
        """The id of the newest event for ``agent``: where a snapshot taken now goes on."""
        return self._id(self._logs[agent].last)

    def publish(self, agent: str, event: HubEvent) -> None:
        """Append ``event`` to the agent's log; agents unknown here have no desk and are passed over."""
        log = self._logs.get(agent)
        if log is None:
            return
        log.last += 1
        log.events.append((log.last, _sent(self._id(log.last), event)))
        log.wake()

    def publish_to_all(self, event: HubEvent) -> None:
        """Append ``event`` to every log."""
        for agent in self._logs:
            self.publish(agent, event)

    def publish_figures(self, by_language: Mapping[str, QueuesEvent]) -> None:
        """Replace the figures that desks are shown; one still unread is never sent."""
        sent = {language: _sent("", event) for language, event in by_language.items()}
        self._figures = _Figures(self._figures.version + 1, sent)
        self._wake_in_turns([log for log in self._logs.values() if log.streams])

    def _wake_in_turns(self, logs: list[_Log]) -> None:
        """Some now, others a moment later: a call's event does not wait until all have their figures."""
        for log in logs[:_AT_ONCE]:
            log.wake()
        if others := logs[_AT_ONCE:]:
            asyncio.get_running_loop().call_later(_TURN, self._wake_in_turns, others)

    def publish_own(self, agent: str, event: OwnFiguresEvent) -> None:
        """Replace the agent's own figures; those still unread are never sent."""
        log = self._logs.get(agent)
        if log is not None:
            log.own = _sent("", event)
            log.wake()

    def publish_directory(self, changed: Iterable[Colleague]) -> None:
        """These colleagues stand otherwise; who is told late is told how they stand then."""
        self._directory.publish(changed)
        self._wake_in_turns([log for log in self._logs.values() if log.streams])

    def close(self) -> None:
        """End all streams: the hub stops."""
        self._closed = True
        for log in self._logs.values():
            log.wake()

    def keep_only(self, devices: Collection[str]) -> None:
        """End the streams of all other devices."""
        for log in self._logs.values():
            for stream in log.streams:
                if stream.device and stream.device not in devices:
                    stream.ended = True
                    stream.waker.set()

    def subscribe(
        self, agent: str, language: str, last_event_id: str | None, device: str = ""
    ) -> AsyncIterator[Sent]:
        """All that ``agent`` is to be told after ``last_event_id``, until the hub stops or ``device`` goes.

        Raises ``TooManyStreams`` at once, before anything is sent.
        """
        log = self._logs[agent]
        if len(log.streams) >= _MOST_STREAMS:
            raise TooManyStreams
        return self._follow(agent, _Stream(device), language, self._number(log, last_event_id))

    async def _follow(
        self, agent: str, stream: _Stream, language: str, seen: int | None
    ) -> AsyncIterator[Sent]:
        log = self._logs[agent]
        version, own, directory = 0, None, 0
        log.streams.add(stream)
        if len(log.streams) == 1:
            self._watcher(agent, True)
        try:
            while not (self._closed or stream.ended):
                stream.waker.clear()
                oldest = log.last - len(log.events) + 1
                if seen is None or seen < oldest - 1:
                    seen = log.last
                    yield _sent(self._id(seen), ResyncEvent())
                for number, sent in self._after(log, seen):
                    yield sent
                    seen = number
                if version != self._figures.version:
                    version = self._figures.version
                    yield self._figures.by_language[language]
                if log.own is not None and log.own is not own:
                    own = log.own
                    yield own
                if directory != self._directory.version:
                    told = self._directory.after(directory, language)
                    directory = self._directory.version
                    for data in told:
                        yield Sent("", "directory", data)
                await stream.waker.wait()
        finally:
            log.streams.discard(stream)
            if not log.streams:
                self._watcher(agent, False)

    @staticmethod
    def _after(log: _Log, seen: int) -> tuple[tuple[int, Sent], ...]:
        fresh = min(log.last - seen, len(log.events))
        return tuple(itertools.islice(log.events, len(log.events) - fresh, None))

    def _number(self, log: _Log, event_id: str | None) -> int | None:
        """The number in ``event_id`` when it is one of this epoch's, else None."""
        epoch, _, number = (event_id or "").rpartition("-")
        if epoch != self._epoch or not _NUMBER.fullmatch(number):
            return None
        return int(number) if int(number) <= log.last else None

    def _id(self, number: int) -> str:
        return f"{self._epoch}-{number}"


def _nobody(_agent: str, _listens: bool) -> None:
    return None


def _sent(event_id: str, event: HubEvent) -> Sent:
    return Sent(event_id, event.kind, event.model_dump_json())
