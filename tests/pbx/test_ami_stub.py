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

    async def until(self, event: str, **fields: str) -> Message:
        """Hear on until an event with these fields has come."""
        begun = len(self.events)
        return await self.since(begun, event, **fields)

    async def since(self, begun: int, event: str, **fields: str) -> Message:
        """The same, if it is not among the events from number ``begun`` on."""
        wanted = {"Event": event, **fields}
        async with asyncio.timeout(WITHIN):
            while not (found := [one for one in self.events[begun:] if wanted.items() <= one.items()]):
                signal = await anext(self._signals)
                assert not isinstance(signal, Link), signal
                self.events.append(signal)
        return found[0]

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
        talks = await heard.until("AgentConnect")
        await heard.pause(AGENT, "true", "wrap-up")
        talk, _ = await dialling
        await asyncio.to_thread(console.wait_bridged, AGENT)
        ended = len(heard.events)
        await ruth.hang_up(talk)
        # its channels end in any order, and when the members' states are told is as it happens
        await heard.since(ended, "AgentComplete")
        for channel in (talks["Channel"], talks["DestChannel"]):
            await heard.since(ended, "Hangup", Channel=channel)
        await heard.since(ended, "QueueMemberStatus", Queue=QUEUES[-1], Status="1")
        await heard.pause(AGENT, "false", "")
    return heard.events


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


def of_the_call(events: list[Message]) -> list[Message]:
    """From where the caller joins; another test's call may still be ending, which is told with its own link.

    What is told of members and devices before may come late: it is of no call.
    """
    began = names(events).index("QueueCallerJoin")
    call = events[began]["Linkedid"]
    return [event for event in events[began:] if event.get("Linkedid", call) == call]


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


def fields(events: list[Message], gone: tuple[str, ...] = ()) -> dict[str, set[str]]:
    """What each event tells; of channels that are ``gone`` its last event tells nothing."""
    told = {event["Event"]: set(event) for event in events}
    of_a_channel = told["HangupRequest"] - {"Event", "Privilege", "Timestamp"}
    told["AgentComplete"] -= {f"{side}{field}" for side in gone for field in of_a_channel}
    return told


def gone_by_the_end(events: list[Message]) -> tuple[str, ...]:
    """Whose fields the last event of a talk has not: a busy Asterisk tells it after the channel itself.

    ``ami_events.contact_if_told`` is made for that.
    """
    (last,) = [event for event in events if event["Event"] == "AgentComplete"]
    return tuple(side for side in ("", "Dest") if f"{side}Channel" not in last)


async def test_a_call_is_told_by_the_same_events_with_the_same_fields(
    asterisk: Asterisk, console: Console, dana: Phone
) -> None:
    ours, theirs = of_the_call(await stub()), of_the_call(await real(asterisk, console, dana))
    assert counted(ours) == counted(theirs)
    assert in_order(ours) == in_order(theirs)
    assert fields(ours, gone=gone_by_the_end(theirs)) == fields(theirs)


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
