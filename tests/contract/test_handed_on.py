"""What the hub hears of the real Asterisk when one agent hands a customer on to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount
from hub.ports.pbx import AgentCompleted, HandedOn, PbxLink
from sip import events as ev
from sip.capability import Capability
from tests.contract.engines import needs
from tests.contract.exchange import Watch
from tests.contract.phones import STAYS, Phones
from tests.contract.test_engine_consultation import (  # noqa: F401 - fixtures are found by name
    DANA,
    NOAM,
    Talk,
    talk,
    with_customer,
)
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.ATTENDED_TRANSFER)]

_JOINS = 8


@pytest.fixture
async def hub(asterisk: Asterisk) -> AsyncIterator[Watch]:
    """What the hub hears, by its own login."""
    account = AmiAccount("127.0.0.1", asterisk.centre.ports.ami, "hub", asterisk.centre.ami_secret)
    pbx = AmiPbx(account)
    watch = Watch(pbx)
    tasks = [asyncio.create_task(watch.run()), asyncio.create_task(pbx.run())]
    await watch.until(PbxLink, lambda link: link.up)
    yield watch
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def story(hub: Watch, contact: str) -> list[tuple[str, str, str]]:
    """The talks of a contact that Noam had last, up to the end: kind of event, agent and how it ended."""
    await hub.until(AgentCompleted, lambda event: event.agent == NOAM)
    talks = [event for event in hub.seen if isinstance(event, HandedOn | AgentCompleted)]
    assert {(event.queue, event.contact) for event in talks} == {("support", contact)}
    return [(type(event).__name__, event.agent, getattr(event, "ended_by", "")) for event in talks]


async def test_joined_with_the_colleague_who_was_asked(
    hub: Watch,
    talk: Talk,  # noqa: F811
    console: Console,
) -> None:
    await talk.dana.engine.attended_transfer(talk.call, talk.consultation)
    await hub.until(HandedOn)
    # from the far end, as a BYE comes: an order over AMI is told after it was carried out
    console.act("Hangup", Channel=console.channel(talk.customer.far))
    assert await story(hub, talk.customer.contact) == [
        ("AgentCompleted", DANA, "transfer"),
        ("HandedOn", NOAM, ""),
        ("AgentCompleted", NOAM, "caller"),
    ]


async def test_joined_with_a_number_that_is_no_agents(
    hub: Watch,
    phones: Phones,
    console: Console,
) -> None:
    """Again and again: in one of nine Asterisk ends the talk by the name of the second call."""
    dana = await phones.line(DANA)
    await asyncio.to_thread(console.wait_free, DANA)
    for _ in range(_JOINS):
        hub.forget()
        call, customer = await with_customer(dana, console)
        await asyncio.to_thread(console.wait_bridged, DANA)
        await dana.engine.hold(call)
        asked = await dana.engine.dial(STAYS, call)
        await dana.next(ev.CallEstablished)
        await dana.engine.attended_transfer(call, asked)
        assert {(await dana.next(ev.CallClosed)).call for _ in range(2)} == {call, asked}
        done = await hub.until(AgentCompleted)
        assert (done.contact, done.agent, done.ended_by) == (customer.contact, DANA, "transfer")
        customer.hang_up()
        await asyncio.to_thread(console.wait_free, DANA)
        await asyncio.to_thread(console.act, "QueueRemove", Queue="support", Interface=f"PJSIP/{DANA}")
        assert {getattr(event, "contact", customer.contact) for event in hub.seen} == {customer.contact}
        assert not [event for event in hub.seen if isinstance(event, HandedOn)]


async def test_sent_to_a_colleague(hub: Watch, phones: Phones, console: Console) -> None:
    dana, noam = await phones.line(DANA), await phones.line(NOAM)
    await asyncio.to_thread(console.wait_free, NOAM)
    call, customer = await with_customer(dana, console)
    await asyncio.to_thread(console.wait_bridged, DANA)
    await dana.engine.transfer(call, NOAM)
    ring = await noam.next(ev.CallIncoming)
    assert ring.contact == customer.contact
    await noam.engine.answer(ring.call)
    await hub.until(HandedOn)
    await noam.engine.hangup(ring.call)
    assert await story(hub, customer.contact) == [
        ("AgentCompleted", DANA, "transfer"),
        ("HandedOn", NOAM, ""),
        ("AgentCompleted", NOAM, "agent"),
    ]
