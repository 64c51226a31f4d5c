"""Whose card is at the desk before the phone rings, with a CRM that takes 300 ms, through the real Asterisk.

By turns an agent is free when a caller comes, and talks with somebody else. Each agent is alone in a queue.
The INVITE is timed by the kernel; the card when the desk's process has read it, so a tie is the phone's.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

from bench.desk_line import DeskLine
from bench.figures import Row, Sample
from bench.place import Place
from tests.e2e.wire import LoopbackWire
from tests.pbx.centre import EXPRESS, SALES, SUPPORT, queue_number
from tests.pbx.parties import from_outside, phone
from tests.pbx.phone import Call, Phone
from tests.pbx.rig import Asterisk
from tests.pbx.routed import Routed, routed

TITLE: Final = "The card at the desk before the INVITE at the phone, with a CRM that takes 300 ms"
CALLS: Final = 500
_LANES: Final = {"1101": SUPPORT, "1102": SALES, "1103": EXPRESS}
_WITHIN: Final = 20.0
_NUMBER: Final = "0505550121"
_HELD: Final = {"offered", "card"}
_FREE, _BUSY = "free at arrival", "busy at arrival"


def measure(place: Place) -> list[Row]:
    """Half of the calls for agents who are free, half for agents who talk."""
    return rows(asyncio.run(leads(place.asterisk, place.home("cards"), CALLS)))


def rows(found: dict[str, list[float]]) -> list[Row]:
    """Each half's share, and by how much the card was before the INVITE."""
    goal = Sample("goal", "%", (95.0,))
    told: list[Row] = []
    for half, leads_ in found.items():
        share = 100 * sum(lead > 0 for lead in leads_) / len(leads_)
        told.append(Row(Sample(f"{half}, {len(leads_)} calls: card before INVITE", "%", (share,)), goal))
        told.append(Row(Sample(f"{half}: INVITE after the card", "ms", tuple(1000 * one for one in leads_))))
    return told


async def leads(asterisk: Asterisk, home: Path, calls: int) -> dict[str, list[float]]:
    """Of each half: seconds from the card read at the desk to the INVITE at its phone.

    A frame that the kernel did not show, as it happens on a busy machine, leaves its call out.
    """
    with (
        routed(asterisk, home, 60, program=("bench.slow_crm", "serve"), change=_one_queue_each) as centre,
        LoopbackWire(lambda datagram: datagram.payload.startswith(b"INVITE")) as wire,
    ):
        async with AsyncExitStack() as stack:
            lanes = [await _open(stack, centre, asterisk, extension) for extension in _LANES]
            pairs = [len(range(place, calls // 2, len(lanes))) for place in range(len(lanes))]
            await asyncio.gather(*(lane.work(count) for lane, count in zip(lanes, pairs, strict=True)))
        rung = _rung(datagram for extension in _LANES for datagram in _invites(wire, extension))
    return {
        half: [
            rung[contact] - lane.cards.get(contact, math.inf)
            for lane in lanes
            for contact in lane.callers[half]
            if contact in rung
        ]
        for half in (_FREE, _BUSY)
    }


def _one_queue_each(centre_file: str) -> str:
    for extension, queue in _LANES.items():
        theirs = rf'(extension = "{extension}"\nrole = "\w+"\nqueues = )\[.*\]'
        centre_file = re.sub(theirs, rf'\1["{queue}"]', centre_file)
    return centre_file


def _invites(wire: LoopbackWire, extension: str) -> Iterable[tuple[float, bytes]]:
    return ((one.at, one.payload) for one in wire.all(f"INVITE sip:{extension}@".encode()))


def _rung(invites: Iterable[tuple[float, bytes]]) -> dict[str, float]:
    """When each contact's first INVITE crossed the wire."""
    first: dict[str, float] = {}
    for at, payload in invites:
        named = re.search(rb"^X-Moked-Contact: (\S+)", payload, re.MULTILINE)
        if named:
            first.setdefault(named[1].decode(), at)
    return first


async def _open(stack: AsyncExitStack, centre: Routed, asterisk: Asterisk, extension: str) -> _Lane:
    token = await asyncio.to_thread(centre.centre.token, extension)
    http = await stack.enter_async_context(
        httpx.AsyncClient(base_url=f"{centre.centre.url}/v1", headers={"Authorization": f"Bearer {token}"})
    )
    agent = await stack.enter_async_context(phone(asterisk, extension))
    assert (await agent.register()).status == HTTPStatus.OK
    stack.push_async_callback(agent.register, 0)
    customer = await stack.enter_async_context(from_outside(asterisk, _NUMBER))
    lane = _Lane(queue_number(_LANES[extension]), http, agent, customer)
    request = f"GET /v1/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n\r\n"
    line = DeskLine(request.encode(), lane.heard)
    await asyncio.get_running_loop().create_connection(lambda: line, "127.0.0.1", centre.port)
    stack.callback(line.close)
    await asyncio.wait_for(line.open.wait(), _WITHIN)
    (await http.put("/presence", json={"presence": "ready"})).raise_for_status()
    return lane


@dataclass(eq=False)
class _Lane:
    """One queue with one agent, whose customers come one after the other. Contacts by half."""

    number: str
    http: httpx.AsyncClient
    agent: Phone
    customer: Phone
    callers: dict[str, list[str]] = field(default_factory=lambda: {_FREE: [], _BUSY: []})
    cards: dict[str, float] = field(default_factory=dict)
    """When each contact's card was read at the desk."""
    _told: set[tuple[str, str]] = field(default_factory=set)
    _free: bool = False
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _telling: set[asyncio.Task[None]] = field(default_factory=set)

    def heard(self, kind: str, data: bytes, at: float) -> None:
        """One event of the desk's stream."""
        told = json.loads(data)
        if kind in _HELD and told["card"]["status"] == "found":
            self.cards.setdefault(told["card"]["contact"], at)
        if kind == "me":
            self._free = all(one["state"] == "free" and not one["paused"] for one in told["me"]["members"])
            self._free = self._free and bool(told["me"]["members"])
        self._told.add((kind, told.get("contact", "")))
        task = asyncio.get_running_loop().create_task(self._tell())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _until_free(self) -> None:
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: self._free)

    async def _until_told(self, kind: str, contact: str) -> None:
        async with asyncio.timeout(_WITHIN), self._news:
            await self._news.wait_for(lambda: (kind, contact) in self._told)

    async def work(self, pairs: int) -> None:
        """Two callers at a time, the second while the first one talks."""
        for _ in range(pairs):
            await self.agent.register()  # for another minute
            await self._until_free()
            dialling = asyncio.create_task(self.customer.dial(self.number))
            contact = await self._answered(_FREE)
            first, _ = await dialling
            second, _ = await self.customer.dial(self.number)
            await self._end(first, contact)
            contact = await self._answered(_BUSY)
            await self._end(second, contact)

    async def _answered(self, half: str) -> str:
        """The agent answers the next call that rings; its contact, once the desk was told."""
        call = await self.agent.ringing()
        assert call.invite is not None
        contact = call.invite.header("X-Moked-Contact")
        self.callers[half].append(contact)
        self.agent.answer(call)
        await self._until_told("connected", contact)
        return contact

    async def _end(self, talk: Call, contact: str) -> None:
        """The caller hangs up, and the agent wraps up."""
        await self.customer.hang_up(talk)
        await self._until_told("contact_ended", contact)
        done = {"note": "", "disposition": "solved"}
        key = {"Idempotency-Key": f"key-{contact}"}
        answer = await self.http.post(f"/contacts/{contact}/wrap-up", json=done, headers=key)
        answer.raise_for_status()
