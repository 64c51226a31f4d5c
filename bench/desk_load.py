"""Many desks at their event streams while calls come in, all of it on real sockets to a hub of its own.

This process is the exchange's manager interface (a stand-in that is held to the real one) and all the desks.
A desk wraps up each talk, as agents do, so that the floor keeps its size.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx

from bench.big_centre import QUEUES, SECRET, BigCentre, go_first, on_cores, two_cores
from bench.desk_line import DeskLine, contact_in
from bench.process import cpu_seconds, rss
from tests.e2e.eventually import eventually_async
from tests.e2e.processes import Process
from tests.stubs.ami import QueueCall, StubAmi

EVENTS_A_CALL: Final = 11 + 6 * len(QUEUES)
"""Six times a call each queue tells of its member: rings, talks, is free, three times what the hub asked."""

KINDS: Final = ("offered", "connected", "contact_ended")
"""Call events that the desk concerned is told, one for each of what the exchange tells."""

_RING, _TALK, _WRAP_UP = 0.05, 0.6, 0.1
"""Shares of the time between two calls of one agent."""
_AHEAD: Final = 0.05
"""Seconds that the dialplan lets the hub be ahead of the ring."""
_LATEST: Final = 10.0
"""Seconds after which an event counts as lost."""
_AT_ONCE: Final = 50
"""Streams that are opened together: fewer than a listener lets wait."""
_NUMBERS: Final = ("0505550121", "0505550123", "0505550101", "0525559999")
"""Three in four callers are customers."""


@dataclass(frozen=True, slots=True)
class Size:
    """``rate`` AMI events a second for ``desks``, measured for ``seconds`` after ``rounds`` of calls."""

    desks: int
    rate: float
    seconds: float
    rounds: float = 1.0

    @property
    def cycle(self) -> float:
        """Seconds from one call of an agent to the next."""
        return self.desks * EVENTS_A_CALL / self.rate


@dataclass(frozen=True, slots=True)
class _Spent:
    """At one moment: AMI events told, processor seconds of the hub and of this process."""

    at: float
    told: int
    hub: float
    load: float


@dataclass(slots=True)
class Deliveries:
    """What was written to the hub and is to be read at one desk; while ``counting`` it is measured."""

    delays: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    """Seconds, by kind of event."""
    sent: int = 0
    strayed: int = 0
    """Read where it was not to be read, or twice."""
    counting: bool = False
    _due: dict[tuple[str, str, str], tuple[float, bool]] = field(default_factory=dict)

    def written(self, kind: str, call: QueueCall, at: float) -> None:
        """The hub was told at ``at`` what the desk is to read as ``kind``."""
        self._due[kind, call.contact, call.extension] = (at, self.counting)
        self.sent += self.counting

    def read(self, kind: str, contact: str, extension: str, at: float) -> None:
        """The desk of ``extension`` read it."""
        written, counted = self._due.pop((kind, contact, extension), (None, False))
        if written is None:
            self.strayed += 1
        elif counted:
            self.delays[kind].append(at - written)

    @property
    def missing(self) -> int:
        """How many of those measured were not read yet."""
        return sum(counted for _, counted in self._due.values())

    async def all_read(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Measured:
    """One run. Rates are per second, shares of one core, ``rss`` in MB once a second from the beginning."""

    delays: dict[str, list[float]]
    sent: int
    lost: int
    strayed: int
    broken: int
    refused: Sequence[str]
    rate: float
    figures: Sequence[float]
    """Of each subscriber: queue figures a second."""
    most_figures: int
    """In any second of any subscriber."""
    hub_share: float
    load_share: float
    rss: Sequence[float]


async def measure(home: Path, size: Size) -> Measured:
    """Start a hub on one core in ``home``, load it from the others, and tell what was measured."""
    one, others = two_cores()
    go_first(os.getpid())
    centre = BigCentre(home, size.desks)
    tokens = await centre.enrol()
    async with AsyncExitStack() as stack:
        stack.enter_context(on_cores(others))
        exchange = await stack.enter_async_context(StubAmi(centre.extensions, QUEUES, SECRET))
        hub = stack.enter_context(centre.hub(exchange.port, one))
        url = await _serving(centre, hub)
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=f"{url}/v1", timeout=30.0))
        shift = _Shift(size, exchange, http, tokens)
        stack.callback(shift.close)
        await shift.open()
        return await shift.run(hub)


async def _serving(centre: BigCentre, hub: Process) -> str:
    """The hub's address, once it has seen the whole exchange."""

    async def served() -> str:
        assert hub.running, centre.log.read_text("utf-8")
        told = centre.log.read_text("utf-8").partition("serving ")[2]
        return told.partition("/v1")[0] if "/v1" in told else ""

    url = await eventually_async(served, "the hub serves", within=60.0)
    assert url is not None
    async with httpx.AsyncClient() as http:

        async def linked() -> bool:
            return bool((await http.get(f"{url}/v1/health")).json()["pbx"])

        await eventually_async(linked, "the hub's line to the exchange", within=60.0)
    return url


class _Shift:
    """All desks of a centre at work."""

    def __init__(
        self, size: Size, exchange: StubAmi, http: httpx.AsyncClient, tokens: dict[str, str]
    ) -> None:
        self._size = size
        self._exchange = exchange
        self._http = http
        self._tokens = tokens
        self._lines: list[DeskLine] = []
        self._deliveries = Deliveries()
        self._figures: dict[str, list[float]] = {extension: [] for extension in tokens}
        self._ended: dict[str, asyncio.Event] = {}
        """By contact: its desk read that the talk is over."""
        self._serial = itertools.count(1)

    async def open(self) -> None:
        """Open every desk's stream."""
        loop = asyncio.get_running_loop()
        host, port = self._http.base_url.host, self._http.base_url.port or 0
        waiting = list(self._tokens.items())
        while waiting:
            some, waiting = waiting[:_AT_ONCE], waiting[_AT_ONCE:]
            lines = [self._line(extension, token) for extension, token in some]
            for line in lines:
                await loop.create_connection(lambda line=line: line, host, port)  # type: ignore[misc]  # each its own
            async with asyncio.timeout(60):
                for line in lines:
                    await line.open.wait()
            self._lines += lines

    def _line(self, extension: str, token: str) -> DeskLine:
        request = f"GET /v1/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n\r\n"
        return DeskLine(request.encode(), lambda kind, data, at: self._heard(extension, kind, data, at))

    def close(self) -> None:
        """Let every stream go."""
        for line in self._lines:
            line.close()

    def _heard(self, extension: str, kind: str, data: bytes, at: float) -> None:
        if kind == "queues":
            self._figures[extension].append(at)
        elif kind in KINDS:
            contact = contact_in(data)
            self._deliveries.read(kind, contact, extension, at)
            if kind == "contact_ended" and contact in self._ended:
                self._ended[contact].set()

    async def run(self, hub: Process) -> Measured:
        """Work until the time is over, and then until everything was read or is lost."""
        memory: list[float] = []
        began = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            work = [
                tasks.create_task(self._work(one, began, place)) for place, one in enumerate(self._tokens)
            ]
            work.append(tasks.create_task(_weigh(hub.pid, memory)))
            await asyncio.sleep(self._size.rounds * self._size.cycle)
            before, self._deliveries.counting = self._spent(hub), True
            await asyncio.sleep(self._size.seconds)
            after, self._deliveries.counting = self._spent(hub), False
            await self._settled()
            for task in work:
                task.cancel()
        return self._measured(before, after, memory)

    async def _work(self, extension: str, began: float, place: int) -> None:
        """Call after call at one agent; those of all agents are spread evenly."""
        due = began + self._size.cycle * place / self._size.desks
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._call(extension, next(self._serial))
            due += self._size.cycle

    async def _call(self, extension: str, serial: int) -> None:
        cycle, written, exchange = self._size.cycle, self._deliveries.written, self._exchange
        number = _NUMBERS[serial % len(_NUMBERS)]
        call = QueueCall(f"{int(time.time())}.{serial}", QUEUES[serial % len(QUEUES)], extension, number)
        ended = self._ended[call.contact] = asyncio.Event()
        exchange.joins(call)
        written("offered", call, exchange.offers(call))
        await asyncio.sleep(_AHEAD)
        exchange.rings(call)
        await asyncio.sleep(_RING * cycle)
        written("connected", call, exchange.answers(call, _RING * cycle))
        await asyncio.sleep(_TALK * cycle)
        written("contact_ended", call, exchange.ends(call, _RING * cycle, _TALK * cycle))
        await ended.wait()
        del self._ended[call.contact]
        await asyncio.sleep(_WRAP_UP * cycle)
        await self._wrap_up(call)

    async def _wrap_up(self, call: QueueCall) -> None:
        headers = {
            "Authorization": f"Bearer {self._tokens[call.extension]}",
            "Idempotency-Key": f"key-{call.contact}",
        }
        done = {"note": "Router restarted, line is stable.", "disposition": "solved"}
        answer = await self._http.post(f"/contacts/{call.contact}/wrap-up", json=done, headers=headers)
        answer.raise_for_status()

    async def _settled(self) -> None:
        with suppress(AssertionError):
            await eventually_async(self._deliveries.all_read, "everything was read", within=_LATEST)

    def _spent(self, hub: Process) -> _Spent:
        return _Spent(time.monotonic(), self._exchange.told, cpu_seconds(hub.pid), time.process_time())

    def _measured(self, before: _Spent, after: _Spent, memory: Sequence[float]) -> Measured:
        took = after.at - before.at
        figures = [[at for at in ats if before.at <= at < after.at] for ats in self._figures.values()]
        return Measured(
            delays=self._deliveries.delays,
            sent=self._deliveries.sent,
            lost=self._deliveries.missing,
            strayed=self._deliveries.strayed,
            broken=sum(line.lost for line in self._lines),
            refused=tuple(self._exchange.refused),
            rate=(after.told - before.told) / took,
            figures=tuple(len(ats) / took for ats in figures),
            most_figures=max(map(_most_in_a_second, figures)),
            hub_share=(after.hub - before.hub) / took,
            load_share=(after.load - before.load) / took,
            rss=tuple(memory),
        )


async def _weigh(pid: int, memory: list[float]) -> None:
    while True:
        memory.append(rss(pid))
        await asyncio.sleep(1)


def _most_in_a_second(moments: Sequence[float]) -> int:
    return max(
        (
            sum(at <= other < at + 1 for other in moments[place : place + 10])
            for place, at in enumerate(moments)
        ),
        default=0,
    )
