"""Who takes part in the tests of the profile: agents' phones, callers over the trunk, the hub's own line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount, AmiClient, Link
from hub.ports.pbx import PbxLink
from tests.contract.exchange import Watch
from tests.pbx.centre import SALES, TRUNK_PASSWORD
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Call, Phone
from tests.pbx.rig import Asterisk

WITHIN = 20.0


def phone(asterisk: Asterisk, extension: str) -> Phone:
    return Phone(extension, f"pw{extension}", asterisk.centre.ports.sip)


def from_outside(asterisk: Asterisk, number: str, *, name: str = "", password: str = TRUNK_PASSWORD) -> Phone:
    """A caller whom the telephone network's side passes on."""
    return Phone("trunk", password, asterisk.centre.ports.sip, identity=number, display=name)


@asynccontextmanager
async def registered(asterisk: Asterisk, console: Console, extension: str) -> AsyncIterator[Phone]:
    """An agent's phone, which queues may ring."""
    async with phone(asterisk, extension) as made:
        assert (await made.register()).status == 200
        await asyncio.to_thread(console.wait_free, extension)
        yield made
        await made.register(expires=0)


def account(asterisk: Asterisk, port: int = 0) -> AmiAccount:
    """The hub's, by ``port`` if it is not the exchange's own."""
    return AmiAccount("127.0.0.1", port or asterisk.centre.ports.ami, "hub", asterisk.centre.ami_secret)


@asynccontextmanager
async def watching(asterisk: Asterisk, port: int = 0) -> AsyncIterator[Watch]:
    """The hub's view of the exchange, by ``port`` if it is not the exchange's own."""
    pbx = AmiPbx(account(asterisk, port))
    watch = Watch(pbx)
    tasks = [asyncio.create_task(watch.run()), asyncio.create_task(pbx.run())]
    try:
        await watch.until(PbxLink, lambda link: link.up)
        yield watch
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def ready(console: Console, extension: str) -> None:
    console.act("QueueAdd", Queue=SALES, Interface=f"PJSIP/{extension}")


async def talk(console: Console, agent: Phone) -> tuple[Customer, Call]:
    """A customer of the queue and ``agent`` talk."""
    customer = await asyncio.to_thread(console.customer, SALES, name="Dana")
    call = await agent.ringing()
    agent.answer(call)
    await asyncio.to_thread(console.wait_bridged, agent.user)
    return customer, call


@asynccontextmanager
async def login(account: AmiAccount) -> AsyncIterator[AmiClient]:
    """A bare AMI line with the rights of ``account``."""
    client = AmiClient(account)
    signals = client.signals()
    running = asyncio.create_task(client.run())
    try:
        assert await asyncio.wait_for(anext(signals), WITHIN) == Link(up=True)
        yield client
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
