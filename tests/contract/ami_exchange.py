"""The real Asterisk under the suite: callers on Local channels, phones by SIP, AMI on a line to cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Call, Phone
from tests.pbx.relay import Relay
from tests.pbx.rig import Asterisk


class AmiExchange:
    """An Asterisk with two plain phones registered."""

    agents = ("1101", "1102")
    outside = "603"
    nobody = "699"

    def __init__(self, asterisk: Asterisk, relay: Relay, phones: dict[str, Phone]) -> None:
        account = AmiAccount("127.0.0.1", relay.port, "hub", asterisk.centre.ami_secret)
        self.pbx = AmiPbx(account)
        self._console = Console(asterisk)
        self._relay = relay
        self._phones = phones
        self._customers: dict[str, Customer] = {}
        self._talks: dict[str, Call] = {}

    async def caller_joins(self, queue: str, *, number: str, name: str = "") -> str:
        customer = await asyncio.to_thread(self._console.customer, queue, number=number, name=name)
        self._customers[customer.contact] = customer
        return customer.contact

    async def caller_hangs_up(self, contact: str) -> None:
        """From the far end, as a BYE comes: an order over AMI is told after it was carried out."""
        far = await asyncio.to_thread(self._console.channel, self._customers[contact].far)
        await asyncio.to_thread(self._console.act, "Hangup", Channel=far)

    async def answers(self, agent: str) -> None:
        call = self._talks[agent] = await self._phones[agent].ringing()
        self._phones[agent].answer(call)

    async def declines(self, agent: str) -> None:
        self._phones[agent].reject(await self._phones[agent].ringing())

    async def lets_ring(self, agent: str) -> None:
        call = await self._phones[agent].ringing()
        await asyncio.wait_for(call.ended.wait(), 20)

    async def holds(self, agent: str) -> None:
        await asyncio.to_thread(self._console.wait_bridged, agent)
        await self._phones[agent].hold(self._talks[agent])

    async def resumes(self, agent: str) -> None:
        await self._phones[agent].resume(self._talks[agent])

    async def hangs_up(self, agent: str) -> None:
        await self._phones[agent].hang_up(self._talks.pop(agent))

    async def transfers(self, agent: str, to: str) -> None:
        talk = self._talks.pop(agent)
        await asyncio.to_thread(self._console.wait_bridged, agent)
        await self._phones[agent].refer(talk, to)
        if to in self.agents:
            await self.answers(to)
        assert await self._phones[agent].outcome(talk) == "SIP/2.0 200 OK"

    async def connects(self, agent: str, to: str) -> None:
        talk, phone = self._talks.pop(agent), self._phones[agent]
        await asyncio.to_thread(self._console.wait_bridged, agent)
        asking = asyncio.create_task(phone.dial(to))
        if to in self.agents:
            await self.answers(to)
            await asyncio.to_thread(self._console.wait_bridged, to)
        consultation, final = await asking
        assert final.status == 200
        await phone.refer(talk, to, replaces=consultation)
        assert await phone.outcome(talk) == "SIP/2.0 200 OK"

    async def transfer_fails(self, agent: str, to: str) -> None:
        talk = self._talks[agent]
        await asyncio.to_thread(self._console.wait_bridged, agent)
        await self._phones[agent].refer(talk, to)
        assert "404" in await self._phones[agent].outcome(talk)

    async def line_breaks(self) -> None:
        await self._relay.cut()

    async def line_mends(self) -> None:
        self._relay.mend()


@asynccontextmanager
async def ami_exchange(asterisk: Asterisk) -> AsyncIterator[AmiExchange]:
    """The run's Asterisk with both phones registered, until the block ends."""
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(Relay(asterisk.centre.ports.ami))
        phones: dict[str, Phone] = {}
        for agent in AmiExchange.agents:
            phone = Phone(agent, f"pw{agent}", asterisk.centre.ports.sip)
            phones[agent] = await stack.enter_async_context(phone)
            assert (await phone.register()).status == 200
        yield AmiExchange(asterisk, relay, phones)
