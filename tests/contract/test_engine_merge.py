"""A talk of three, mixed in the phone, on the real Asterisk: each of the three hears the other two."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from sip import events as ev
from sip.audio.wav_port import WavPort
from sip.capability import Capability
from sip.errors import WrongState
from tests.contract.engine import Line
from tests.contract.engines import needs
from tests.contract.phones import Ear, Phones, gone, loud
from tests.e2e.wav import write_tone
from tests.pbx.console import Console, Customer
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.MERGE)]

AGENTS, FIRSTS, SECONDS = 700, 1300, 1900


@dataclass(frozen=True, slots=True)
class Three:
    """An agent who holds the first customer and talks with the second, and what all three hear."""

    phone: Line
    first: ev.CallId
    second: ev.CallId
    customers: tuple[Customer, Customer]
    agent: Ear
    ears: tuple[Ear, Ear]

    def listen_anew(self) -> None:
        for ear in (self.agent, *self.ears):
            ear.mark()

    async def everybody_hears_the_others(self) -> None:
        await self.agent.hears(FIRSTS, loud, "the agent hears the first")
        await self.agent.hears(SECONDS, loud, "the agent hears the second")
        await self.ears[0].hears(AGENTS, loud, "the first hears the agent")
        await self.ears[0].hears(SECONDS, loud, "the first hears the second")
        await self.ears[1].hears(AGENTS, loud, "the second hears the agent")
        await self.ears[1].hears(FIRSTS, loud, "the second hears the first")


@pytest.fixture(params=["pcma", "opus"])
async def three(
    asterisk: Asterisk, console: Console, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> AsyncIterator[Three]:
    write_tone(tmp_path / "mouth.wav", AGENTS)
    port = WavPort(tmp_path / "mouth.wav", tmp_path / "ear.wav")
    async with AsyncExitStack() as stack:
        account = replace(asterisk.account("1101"), codecs=(request.param,))
        phone = await Phones(asterisk, stack, kind).unregistered(lambda: port, account=account)
        calls: list[ev.CallId] = []
        customers: list[Customer] = []
        for number, tone in (("0525550101", FIRSTS), ("0525550102", SECONDS)):
            customers.append(console.colleague("1101", number=number, tone=tone))
            ring = await phone.next(ev.CallIncoming)
            if calls:
                await phone.engine.hold(calls[0])
            await phone.engine.answer(ring.call)
            await phone.next(ev.CallEstablished)
            calls.append(ring.call)
        first, second = customers
        ears = Ear(first.heard), Ear(second.heard)
        yield Three(phone, calls[0], calls[1], (first, second), Ear(tmp_path / "ear.wav"), ears)


async def test_each_of_three_hears_the_other_two(three: Three) -> None:
    await three.ears[0].hears(SECONDS, gone, "held, the first hears nothing of the second")
    await three.phone.engine.merge(three.first, three.second)
    merged = [await three.phone.next(ev.CallMerged) for _ in range(2)]
    assert {(event.call, event.merged) for event in merged} == {(three.first, True), (three.second, True)}
    three.listen_anew()
    await three.everybody_hears_the_others()
    await three.phone.engine.mute(three.first, muted=True)
    three.listen_anew()
    await three.ears[0].hears(AGENTS, gone, "muted, the first hears nothing of the agent")
    await three.ears[1].hears(AGENTS, gone, "muted, the second hears nothing of the agent")
    await three.ears[1].hears(FIRSTS, loud, "muted, the customers hear each other")


async def test_parted_one_is_talked_to_and_the_other_held(three: Three) -> None:
    await three.phone.engine.merge(three.first, three.second)
    await three.phone.engine.part(three.first)
    parted = [await three.phone.next(ev.CallMerged, lambda event: not event.merged) for _ in range(2)]
    assert {event.call for event in parted} == {three.first, three.second}
    assert (await three.phone.next(ev.CallHeld)).call == three.second
    three.listen_anew()
    await three.agent.hears(FIRSTS, loud, "the agent hears the first")
    await three.agent.hears(SECONDS, gone, "the agent hears nothing of the second")
    await three.ears[0].hears(AGENTS, loud, "the first hears the agent")
    await three.ears[0].hears(SECONDS, gone, "the first hears nothing of the second")
    await three.ears[1].hears(AGENTS, gone, "the second hears nothing of the agent")
    with pytest.raises(WrongState):
        await three.phone.engine.part(three.first)


async def test_one_who_hangs_up_leaves_the_other_two_talking(three: Three) -> None:
    await three.phone.engine.merge(three.first, three.second)
    three.customers[1].hang_up()
    assert (await three.phone.next(ev.CallMerged, lambda event: not event.merged)).call == three.first
    assert (await three.phone.next(ev.CallClosed)).call == three.second
    three.listen_anew()
    await three.agent.hears(FIRSTS, loud, "the agent hears the first")
    await three.ears[0].hears(AGENTS, loud, "the first hears the agent")
    await three.ears[0].hears(SECONDS, gone, "the second is gone")
