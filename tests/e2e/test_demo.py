"""The demo's centre, without its desk: real processes, real SIP and sound, an agent's phone in the test."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from agent_tui.adapters.http_hub import HttpHub
from agent_tui.adapters.hub_address import HubAddress
from bots.children import Program, children
from bots.demo import DemoCentre, centre
from bots.demo_home import EXTENSION, DemoHome
from edge.runtime import peer_pid
from hub.contract import (
    CardStatus,
    ConnectedEvent,
    ContactEndedEvent,
    HubEvent,
    OfferedEvent,
    OfferEndedEvent,
)
from pbx.lab.client import ControlClient, ControlGone
from sip import events as ev
from sip.account import Account, MediaEncryption, Transport
from sip.audio.wav_port import WavPort
from sip.engines.baresip.engine import BaresipEngine
from sip.engines.baresip.stack import BaresipStack
from tests.e2e import wav

WITHIN = 30.0
SEED = 3
HEARD = -40.0
"""dBFS of a second of speech, at the least; a silent line has below −60."""

E = TypeVar("E", bound=object)


class Heard:
    """Keeps what a stream told and waits for what a test wants."""

    def __init__(self, events: AsyncIterator[object]) -> None:
        self.seen: list[object] = []
        self._events = events
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._run())

    async def until(self, kind: type[E], check: Callable[[E], bool] = lambda _event: True) -> E:
        async with asyncio.timeout(WITHIN), self._changed:
            while True:
                for event in self.seen:
                    if isinstance(event, kind) and check(event):
                        return event
                await self._changed.wait()

    def forget(self) -> None:
        self.seen.clear()

    async def close(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        async for event in self._events:
            async with self._changed:
                self.seen.append(event)
                self._changed.notify_all()


class Agent:
    """Agent 1001 without a screen: the phone, the hub, and what the ear got."""

    def __init__(self, running: DemoCentre, ear: Path) -> None:
        self.ear = ear
        self.phone = BaresipEngine(BaresipStack(), lambda: WavPort(None, ear))
        self.account = Account(
            EXTENSION,
            running.domain,
            running.password,
            transport=Transport.UDP,
            media_encryption=MediaEncryption.REQUIRED,
        )
        self.said = Heard(self.phone.events())

        async def locate() -> HubAddress:
            return HubAddress("http://hub", running.token, running.home.hub_socket)

        self.hub = HttpHub(locate)

    async def told(self) -> Heard:
        snapshot = await self.hub.snapshot()
        events: AsyncIterator[HubEvent] = self.hub.events(snapshot.cursor)
        return Heard(events)

    async def close(self) -> None:
        await self.phone.close()
        await self.said.close()
        await self.hub.close()


@pytest.fixture
async def running(surroundings: Path) -> AsyncIterator[DemoCentre]:
    root = surroundings / "demo"
    root.mkdir(mode=0o700)
    async with centre(DemoHome.make(root), os.environ, audio="silence", seed=SEED) as running:
        yield running


@asynccontextmanager
async def agent_of(running: DemoCentre, ear: Path) -> AsyncIterator[Agent]:
    agent = Agent(running, ear)
    try:
        yield agent
    finally:
        await agent.close()


async def test_a_customer_calls_and_talks_and_is_handed_on(running: DemoCentre, tmp_path: Path) -> None:
    async with agent_of(running, tmp_path / "ear.wav") as agent:
        told = await agent.told()
        await agent.phone.register(agent.account)
        ring = await agent.said.until(ev.CallIncoming)
        offered = await told.until(OfferedEvent, lambda event: event.offer.contact == ring.contact)
        card = await agent.hub.card(ring.contact)
        assert card.status is CardStatus.FOUND
        assert (card.cards[0].name, offered.offer.number) == (ring.party.name, ring.party.number)
        await agent.phone.answer(ring.call)
        await agent.said.until(ev.CallEncrypted)
        await told.until(ConnectedEvent, lambda event: event.contact == ring.contact)
        await agent.said.until(ev.AudioLevels, lambda event: event.speaker > HEARD)
        await agent.phone.transfer(ring.call, "4242")
        failed = await agent.said.until(ev.TransferFailed)
        assert (failed.status, failed.reason) == (404, ev.CloseReason.NOT_FOUND)
        await agent.phone.transfer(ring.call, "1002")
        closed = await agent.said.until(ev.CallClosed)
        assert closed.reason is ev.CloseReason.TRANSFERRED
        ended = await told.until(ContactEndedEvent)
        assert (ended.contact, ended.ended_by) == (ring.contact, "transfer")
        await told.close()
    rate, samples = wav.read(tmp_path / "ear.wav")
    assert max(wav.level(samples[at : at + rate]) for at in range(0, len(samples), rate)) > HEARD


@pytest.fixture
def colleagues_home(running: DemoCentre, tmp_path: Path) -> DemoHome:
    """A home beside the demo's, on the same exchange."""
    root = tmp_path / "colleague"
    root.mkdir(mode=0o700)
    home = DemoHome.make(root)
    home.lab_socket.symlink_to(running.home.lab_socket)
    return home


@asynccontextmanager
async def colleagues_hub(home: DemoHome) -> AsyncIterator[HttpHub]:
    """The hub as the desk of Daniel has it, whose phone is 1002."""
    token = secrets.token_urlsafe(32)
    places = ("--socket", str(home.hub_socket), "--settings", str(home.hub_settings))
    program = Program("hub", ("hub", "private", *places, "--agent", "daniel"), f"{token}\n")

    async def locate() -> HubAddress:
        return HubAddress("http://hub", token, home.hub_socket)

    async with children([program], home.environment(os.environ), home.logs):
        hub = HttpHub(locate)
        try:
            yield hub
        finally:
            await hub.close()


@pytest.mark.parametrize("how", ["sent", "connected"])
async def test_a_colleague_who_takes_a_customer_over_has_their_card(
    running: DemoCentre, colleagues_home: DemoHome, tmp_path: Path, how: str
) -> None:
    async with (
        colleagues_hub(colleagues_home) as hub,
        agent_of(running, tmp_path / "ear.wav") as agent,
    ):
        told = Heard(hub.events((await hub.snapshot()).cursor))
        await agent.phone.register(agent.account)
        ring = await agent.said.until(ev.CallIncoming)
        await agent.phone.answer(ring.call)
        await agent.said.until(ev.CallEstablished)
        if how == "sent":
            await agent.phone.transfer(ring.call, "1002")
        else:
            await agent.phone.hold(ring.call)
            asked = await agent.phone.dial("1002", ring.call)
            await agent.said.until(ev.CallEstablished, lambda event: event.call == asked)
            await agent.phone.attended_transfer(ring.call, asked)
        offered = await told.until(OfferedEvent)
        await told.until(ConnectedEvent, lambda event: event.contact == ring.contact)
        assert (offered.offer.contact, offered.offer.number) == (ring.contact, ring.party.number)
        assert [card.name for card in (await hub.card(ring.contact)).cards] == [ring.party.name]
        await told.close()


async def test_a_wrong_password_is_refused_and_nobody_rings(running: DemoCentre, tmp_path: Path) -> None:
    async with agent_of(running, tmp_path / "ear.wav") as agent:
        await agent.phone.register(replace(agent.account, password="guess"))
        changed = await agent.said.until(
            ev.RegistrationChanged, lambda event: event.state is ev.RegistrationState.REFUSED
        )
        assert changed.status == 401
        control = await ControlClient.connect(running.home.lab_socket)
        (support, _sales) = await control.ask("queues")
        await control.close()
        assert [member["state"] for member in support["members"]] == ["unavailable"]


async def test_a_declined_customer_waits_and_calls_again(running: DemoCentre, tmp_path: Path) -> None:
    async with agent_of(running, tmp_path / "ear.wav") as agent:
        told = await agent.told()
        await agent.phone.register(agent.account)
        first = await agent.said.until(ev.CallIncoming)
        await agent.phone.reject(first.call)
        ended = await told.until(OfferEndedEvent)
        assert (ended.contact, ended.abandoned) == (first.contact, False)
        agent.said.forget()
        again = await agent.said.until(ev.CallIncoming)
        assert again.contact == first.contact
        await told.close()


async def test_nothing_is_left_of_a_centre(surroundings: Path) -> None:
    root = surroundings / "demo"
    root.mkdir(mode=0o700)
    async with centre(DemoHome.make(root), os.environ, audio="silence", seed=SEED) as running:
        sockets = [running.home.lab_socket, running.home.hub_socket]
        pids = [await served_by(path) for path in sockets]
        assert all(alive(pid) for pid in pids)
    assert not any(alive(pid) for pid in pids)
    with pytest.raises(ControlGone):
        await ControlClient.connect(sockets[0])


async def served_by(path: Path) -> int:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(path))
        return peer_pid(connection)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
