"""A phone behind a home router: address translation, bindings that expire, and another network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.account import Transport
from sip.events import CloseReason, RegistrationState
from sip.place import UnixPlace
from sip.start import start
from tests.contract.phones import Ear, loud
from tests.contract.test_phone import Desk, Phones
from tests.e2e.wav import write_tone
from tests.pbx.console import Console
from tests.pbx.namespaces import CENTRE, OUTSIDE, HomeNetwork
from tests.pbx.rig import Asterisk
from tests.pbx.root import find_root

pytestmark = pytest.mark.pbx

ECHO = "600"
VOICE_HZ = 700
REGISTERED = ev.RegistrationChanged(RegistrationState.REGISTERED, 200)
REGISTERING = ev.RegistrationChanged(RegistrationState.REGISTERING)


@dataclass(frozen=True, slots=True)
class Home:
    """A phone at home with a desk on it, and the centre at the other end of the line."""

    network: HomeNetwork
    asterisk: Asterisk
    desk: Desk
    heard: Path

    @property
    def console(self) -> Console:
        return Console(self.asterisk)

    async def register(self, transport: Transport) -> None:
        await self.desk.client.register(self.asterisk.account("1101", transport))
        await self.desk.hears(REGISTERED)

    def contacts(self) -> str:
        return self.asterisk.cli("pjsip show contacts")

    async def rings(self, number: str) -> None:
        """A call of the centre comes through to the phone."""
        before = len(self.desk.told)
        caller = await asyncio.to_thread(self.console.colleague, "1101", number=number)
        ring = await self.desk.next(ev.CallIncoming, after=before)
        assert ring.party.number == number
        await asyncio.to_thread(caller.hang_up)
        await self.desk.hears(ev.CallClosed(ring.call, CloseReason.CANCELLED))


@pytest.fixture
def network() -> Iterator[HomeNetwork]:
    with HomeNetwork() as made:
        yield made


@pytest.fixture
def centre(network: HomeNetwork) -> Iterator[Asterisk]:
    with Asterisk(find_root(), CENTRE, network.centre.enter) as exchange:
        yield exchange


@pytest.fixture
async def home(network: HomeNetwork, centre: Asterisk, tmp_path: Path) -> AsyncIterator[Home]:
    phones = Phones(UnixPlace(runtime_directory() / "phone.sock"))
    voice, heard = tmp_path / "voice.wav", tmp_path / "ear.wav"
    write_tone(voice, VOICE_HZ)
    arguments = [*phones.place.arguments, "--log", str(phones.log), "--audio", "wav"]
    arguments += ["--wav-in", str(voice), "--wav-out", str(heard)]
    assert await asyncio.to_thread(network.home.call, start, arguments) == 0
    try:
        yield Home(network, centre, await phones.desk(), heard)
    finally:
        async with phones.ending():
            await phones.close()


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_a_phone_at_home_registers_talks_both_ways_and_rings(home: Home, transport: Transport) -> None:
    await home.register(transport)
    assert f"@{OUTSIDE}:" in home.contacts(), "the router's own address"
    call = await home.desk.client.calls.dial(ECHO)
    await home.desk.hears(ev.CallEstablished(call))
    await Ear(home.heard).hears(VOICE_HZ, loud, "our own voice comes back, so sound goes both ways")
    await home.desk.client.calls.hangup(call)
    await home.desk.hears(ev.CallClosed(call, CloseReason.NORMAL))
    await home.rings("0525550171")


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
async def test_a_router_that_forgot_the_way_in_learns_it_again(home: Home, transport: Transport) -> None:
    """The next REGISTER is most of a minute away; until then what keeps the binding opens it again."""
    await home.register(transport)
    await home.rings("0525550172")
    await asyncio.to_thread(home.network.forget)
    await home.rings("0525550175")


async def test_another_network_is_registered_from_at_once(home: Home) -> None:
    await home.register(Transport.UDP)
    told = len(home.desk.told)
    await asyncio.to_thread(home.network.move_home)
    await home.desk.hears_after(told, REGISTERING, REGISTERED)
    await home.rings("0525550173")


async def test_a_call_ends_with_the_network_it_stood_on(home: Home) -> None:
    await home.register(Transport.UDP)
    call = await home.desk.client.calls.dial(ECHO)
    await home.desk.hears(ev.CallEstablished(call))
    told = len(home.desk.told)
    await asyncio.to_thread(home.network.move_home)
    closed = await home.desk.next(ev.CallClosed)
    assert closed.reason is CloseReason.MEDIA_LOST
    assert "network of this machine changed" in closed.words
    await home.desk.hears(REGISTERED, after=told)
    await home.rings("0525550174")
