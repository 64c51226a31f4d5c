"""A queue exchange in memory that fills ``hub.ports.pbx.Pbx``; tests say what callers and agents do.

It is a verified fake: ``tests/contract/test_pbx.py`` runs the same suite against it and the real Asterisk.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from hub.contract import ListenMode
from hub.ports.listening import ListeningCall
from hub.ports.pbx import (
    CallEnd,
    CustomerCall,
    DialFailed,
    PbxDown,
    PbxEvent,
    PbxLink,
    PbxRefused,
    QueueRow,
)
from tests.stubs.called_customers import CalledCustomers
from tests.stubs.called_trainers import CalledTrainers
from tests.stubs.queue_floor import QueueFloor, utc_now
from tests.stubs.queues import Member, Queue

_QUEUE_LIMIT = 10_000


class FakePbx(QueueFloor):
    """The port and the line to it, over a ``QueueFloor`` that tests play on."""

    def __init__(
        self, queues: dict[str, int] | None = None, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(queues or {"support": 20, "sales": 30}, now=now)
        self.customers = CalledCustomers(self._tell, self.caller_joins, now)
        self.trainers = CalledTrainers(self._tell, now)
        self._events: asyncio.Queue[PbxEvent] | None = None
        self._up = False
        self.refuse_pauses = False

    async def run(self) -> None:
        """Be reachable for as long as the task lives."""
        self.link_up()
        try:
            await asyncio.Event().wait()
        finally:
            self._up = False

    def events(self) -> AsyncIterator[PbxEvent]:
        """All events from this call on."""
        queue = self._events = asyncio.Queue(_QUEUE_LIMIT)

        async def each() -> AsyncIterator[PbxEvent]:
            while True:
                yield await queue.get()

        return each()

    async def queues(self) -> tuple[QueueRow, ...]:
        """How all queues stand now."""
        self._need_link()
        return tuple(self._row(queue) for queue in self._queues.values())

    async def join(self, queue: str, agent: str, *, paused: bool, reason: str = "", level: int = 1) -> None:
        """Make ``agent`` a member, paused or not."""
        members = self._queue(queue).members
        known = members.get(agent)
        members[agent] = Member(agent, paused, reason if paused else "", known.calls if known else 0, level)
        self._tell_member(queue, agent)
        self._offer()

    async def leave(self, queue: str, agent: str) -> None:
        """Take ``agent`` out of ``queue``."""
        members = self._queue(queue).members
        if agent in members:
            self._tell_member(queue, agent, member=False)
            del members[agent]

    async def pause(self, agent: str, *, paused: bool, reason: str = "") -> None:
        """Pause or unpause ``agent`` everywhere."""
        self._need_link()
        if self.refuse_pauses:
            raise PbxRefused("not now")
        found = [queue for queue in self._queues.values() if agent in queue.members]
        if not found:
            raise PbxRefused(f"{agent} is in no queue")
        for queue in found:
            member = queue.members[agent]
            member.paused, member.reason = paused, reason if paused else ""
            self._tell_member(queue.name, agent)
        self._offer()

    async def call_customer(self, call: CustomerCall) -> None:
        """Dial; the customer does what a test says."""
        self._need_link()
        self.customers.dialled[call.contact] = call

    async def calls(self) -> frozenset[str]:
        """Customers who are dialled, callers, those who talk outside by now, and trainers who listen."""
        self._need_link()
        return frozenset({*self.customers.dialled, *self._callers, *self._outside, *self.trainers.calls})

    async def listen(self, call: ListeningCall) -> None:
        """Ring the trainer, who does what a test says."""
        self._need_link()
        if self.trainers.refused:
            raise PbxRefused("not now")
        self.trainers.calls[call.id] = call

    async def turn_listening(self, call: str, mode: ListenMode) -> None:
        """The trainer is heard otherwise."""
        self._need_link()
        if call not in self.trainers.calls:
            raise PbxRefused("there is no such call")
        self.trainers.turn(call, mode)

    async def end_listening(self, call: str) -> None:
        """End it; one that has ended is no error."""
        self._need_link()
        if call in self.trainers.calls:
            self.trainers.end(call)

    def dial_fails(self, agent: str, number: str, end: CallEnd) -> str:
        """The agent dials a number by hand, and nobody answers; returns the call's contact."""
        contact = f"dialled-{number}.1"
        self._tell(DialFailed(contact, agent, number, end, self._now()))
        return contact

    def link_down(self, words: str = "the line was cut") -> None:
        """The line to the exchange breaks: actions fail, and what happens is not told."""
        self._tell(PbxLink(up=False, words=words))
        self._up = False

    def link_up(self) -> None:
        """The line comes back."""
        if not self._up:
            self._up = True
            self._tell(PbxLink(up=True))

    def _tell(self, event: PbxEvent) -> None:
        if self._up and self._events is not None:
            self._events.put_nowait(event)

    def _need_link(self) -> None:
        if not self._up:
            raise PbxDown("no line to the exchange")

    def _queue(self, name: str) -> Queue:
        self._need_link()
        if name not in self._queues:
            raise PbxRefused(f"no queue {name}")
        return self._queues[name]
