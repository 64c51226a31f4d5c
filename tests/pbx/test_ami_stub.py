"""The stand-in for the manager interface tells of a call what the real Asterisk tells the hub's user."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.adapters.ami_client import AmiAccount, AmiClient, Link, Signal
from hub.adapters.ami_wire import Message
from tests.pbx.centre import EXPRESS, SALES, SALES_NUMBER, SUPPORT
from tests.pbx.console import Console
from tests.pbx.parties import WITHIN, account, from_outside
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.stubs.ami import QueueCall, StubAmi

pytestmark = pytest.mark.pbx

AGENT = "1101"
QUEUES = (SUPPORT, SALES, EXPRESS)
SECRET = "secret"


class Heard:
    """What the hub's user is told."""

    def __init__(self, client: AmiClient, signals: AsyncIterator[Signal]) -> None:
        self.client = client
        self._signals = signals
        self.events: list[Message] = []

    async def until(self, event: str, **fields: str) -> None:
        """Hear on until an event with these fields has come."""
        wanted = {"Event": event, **fields}
        async with asyncio.timeout(WITHIN):
            while True:
                signal = await anext(self._signals)
                assert not isinstance(signal, Link), signal
                self.events.append(signal)
                if wanted.items() <= signal.items():
                    return

    def since(self, begun: int, event: str, **fields: str) -> bool:
        """Whether an event with these fields is among those from number ``begun`` on."""
        wanted = {"Event": event, **fields}
        return any(wanted.items() <= one.items() for one in self.events[begun:])

    async def pause(self, agent: str, paused: str, reason: str) -> None:
        """As the hub does it; heard once every queue has told it."""
        await self.client.action(
            "QueuePause", {"Interface": f"PJSIP/{agent}", "Paused": paused, "Reason": reason}
        )
        for _ in QUEUES:
            await self.until("QueueMemberPause")


@asynccontextmanager
async def hearing(to: AmiAccount) -> AsyncIterator[Heard]:
    client = AmiClient(to)
    signals = client.signals()
    running = asyncio.create_task(client.run())
    try:
        assert await asyncio.wait_for(anext(signals), WITHIN) == Link(up=True)
        yield Heard(client, signals)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def real(asterisk: Asterisk, console: Console, dana: Phone) -> list[Message]:
    """A caller from outside talks with an agent of three queues, and hangs up."""
    async with hearing(account(asterisk)) as heard, from_outside(asterisk, "0505550121", name="Ruth") as ruth:
        for queue in QUEUES:
            await asyncio.to_thread(console.member, queue, AGENT)
            await heard.until("QueueMemberAdded", Queue=queue)
        dialling = asyncio.create_task(ruth.dial(SALES_NUMBER))
        rung = await dana.ringing()
        await heard.until("AgentCalled")
        dana.answer(rung)
        await heard.until("AgentConnect")
        await heard.pause(AGENT, "true", "wrap-up")
        talk, _ = await dialling
        await asyncio.to_thread(console.wait_bridged, AGENT)
        ended = len(heard.events)
        await ruth.hang_up(talk)
        await heard.until("AgentComplete")
        if not heard.since(ended, "QueueMemberStatus", Queue=QUEUES[-1], Status="1"):
            await heard.until("QueueMemberStatus", Queue=QUEUES[-1], Status="1")
        await heard.pause(AGENT, "false", "")
    # what is told of members and devices may come late: it is of no call
    began = names(heard.events).index("QueueCallerJoin")
    return heard.events[began:]


async def stub() -> list[Message]:
    """The same, told by the stand-in."""
    call = QueueCall("1.1", SALES, AGENT)
    async with (
        StubAmi([AGENT], QUEUES, SECRET) as exchange,
        hearing(AmiAccount("127.0.0.1", exchange.port, "hub", SECRET)) as heard,
    ):
        exchange.joins(call)
        exchange.offers(call)
        exchange.rings(call)
        await heard.until("AgentCalled")
        exchange.answers(call, 1)
        await heard.until("AgentConnect")
        await heard.pause(AGENT, "true", "wrap-up")
        exchange.ends(call, 1, 1)
        await heard.until("AgentComplete")
        await heard.until("QueueMemberStatus", Queue=QUEUES[-1], Status="1")
        await heard.pause(AGENT, "false", "")
    return heard.events


def names(events: list[Message]) -> list[str]:
    return [event["Event"] for event in events]


def counted(events: list[Message]) -> list[str]:
    """How often each is told, but for members' states: a busy Asterisk leaves some out."""
    return sorted(name for name in names(events) if name != "QueueMemberStatus")


def in_order(events: list[Message]) -> list[str]:
    """What queues tell themselves. Members' states and channels' ends come between it as they happen to."""
    told = names(events)
    queues = ("Queue", "Agent", "UserEvent")
    return [name for name in told if name.startswith(queues) and name != "QueueMemberStatus"]


async def test_a_call_is_told_by_the_same_events_with_the_same_fields(
    asterisk: Asterisk, console: Console, dana: Phone
) -> None:
    ours, theirs = await stub(), await real(asterisk, console, dana)
    assert counted(ours) == counted(theirs)
    assert in_order(ours) == in_order(theirs)
    assert {event["Event"]: set(event) for event in ours} == {event["Event"]: set(event) for event in theirs}


async def test_who_does_not_know_the_secret_is_not_let_in() -> None:
    async with StubAmi([AGENT], QUEUES, SECRET) as exchange:
        client = AmiClient(AmiAccount("127.0.0.1", exchange.port, "hub", "another"))
        signals = client.signals()
        running = asyncio.create_task(client.run())
        told = await asyncio.wait_for(anext(signals), WITHIN)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert isinstance(told, Link)
    assert not told.up
