"""The profile's promises, kept by a real Asterisk in real calls: who reaches whom, and who does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from hub.adapters.ami import AmiPbx
from hub.adapters.ami_client import AmiAccount, AmiClient, AmiRefused, Link
from hub.ports.pbx import CallerJoined, MemberChanged, MemberState, PbxLink
from tests.contract.exchange import Watch
from tests.pbx.centre import OUTSIDE_NUMBERS, SALES, SALES_NUMBER
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Call, Phone
from tests.pbx.relay import Relay
from tests.pbx.rig import Asterisk

WITHIN = 20.0
TRUNK = "pwtrunk"


def phone(asterisk: Asterisk, extension: str) -> Phone:
    return Phone(extension, f"pw{extension}", asterisk.centre.ports.sip)


def from_outside(asterisk: Asterisk, number: str, *, name: str = "", password: str = TRUNK) -> Phone:
    return Phone("trunk", password, asterisk.centre.ports.sip, identity=number, display=name)


@asynccontextmanager
async def registered(asterisk: Asterisk, console: Console, extension: str) -> AsyncIterator[Phone]:
    """An agent's phone, which queues may ring."""
    async with phone(asterisk, extension) as made:
        assert (await made.register()).status == 200
        await asyncio.to_thread(console.wait_free, extension)
        yield made
        await made.register(expires=0)


@pytest.fixture
async def dana(asterisk: Asterisk, console: Console) -> AsyncIterator[Phone]:
    async with registered(asterisk, console, "1101") as made:
        yield made


@pytest.fixture
async def noa(asterisk: Asterisk, console: Console) -> AsyncIterator[Phone]:
    async with registered(asterisk, console, "1102") as made:
        yield made


def account(asterisk: Asterisk, port: int = 0) -> AmiAccount:
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


@pytest.mark.parametrize(
    ("number", "kept"),
    [
        ("1&PJSIP/premium", "1"),
        ("1%40trunk", "1"),
        ("1%5Ex", "1"),
        ("0525550101&PJSIP/1102", "05255501011102"),
        ("1%29%7D$%7BSHELL%28id%29%7D", "1"),
        ("anonymous", ""),
    ],
)
async def test_a_callers_number_dials_nobody(
    asterisk: Asterisk, console: Console, dana: Phone, noa: Phone, number: str, kept: str
) -> None:
    ready(console, "1101")
    async with watching(asterisk) as watch, from_outside(asterisk, number, name="1&PJSIP/1102") as caller:
        call, final = await caller.dial(SALES_NUMBER)
        assert final.status == 200
        joined = await watch.until(CallerJoined)
        assert joined.number == kept
        rings = await dana.ringing()
        assert rings.invite is not None
        assert f" <sip:{kept}{kept and '@'}127.0.0.1>" in rings.invite.header("From")
        talking = {row["Channel"].rsplit("-", 1)[0] for row in console.channels()}
        assert talking == {"PJSIP/trunk", "PJSIP/1101"}
        assert noa.calls == {}
        await caller.hang_up(call)
        await asyncio.wait_for(rings.ended.wait(), WITHIN)


async def test_the_name_passes_and_the_contact_is_the_exchanges_own(
    asterisk: Asterisk, console: Console, dana: Phone
) -> None:
    ready(console, "1101")
    async with watching(asterisk) as watch, from_outside(asterisk, "0525550101", name="דנה [b]") as caller:
        call, _ = await caller.dial(SALES_NUMBER, ("X-Moked-Contact", "forged"))
        joined = await watch.until(CallerJoined)
        invite = (await dana.ringing()).invite
        assert invite is not None
        assert invite.all("X-Moked-Contact") == [joined.contact]
        assert invite.header("From").startswith('"דנה [b]" <sip:0525550101@')
        assert joined.name == "דנה [b]"
        await caller.hang_up(call)


@pytest.mark.parametrize("number", ["1101", "600", "s", "offer", *OUTSIDE_NUMBERS])
async def test_the_outside_reaches_queues_alone(asterisk: Asterisk, dana: Phone, number: str) -> None:
    async with from_outside(asterisk, "0525550101") as caller:
        _, final = await caller.dial(number)
        assert final.status == 404
        assert dana.calls == {}


@pytest.mark.parametrize(("identity", "password"), [("0525550101", "wrong"), ("1101", "pwtrunk")])
async def test_nobody_comes_in_without_their_own_credentials(
    asterisk: Asterisk, identity: str, password: str
) -> None:
    async with from_outside(asterisk, identity, password=password) as caller:
        _, final = await caller.dial(SALES_NUMBER)
        assert final.status in {401, 403}


async def test_an_agent_reaches_the_allowed_numbers_alone(asterisk: Asterisk, dana: Phone) -> None:
    async with Phone("trunk", "pwtrunk", asterisk.centre.ports.sip) as carrier:
        assert (await carrier.register()).status == 200
        dialling = asyncio.create_task(dana.dial(OUTSIDE_NUMBERS[0]))
        rings = await carrier.ringing()
        assert rings.invite is not None
        assert rings.invite.start.startswith(f"INVITE sip:{OUTSIDE_NUMBERS[0]}@")
        carrier.reject(rings)
        assert (await dialling)[1].status == 486
        for number in ("035550009", f"{OUTSIDE_NUMBERS[0]}@trunk", "1&PJSIP/trunk"):
            assert (await dana.dial(number.replace("@", "%40")))[1].status == 404
        await carrier.register(expires=0)


async def test_an_agent_whose_voice_must_be_encrypted_cannot_talk_plainly(asterisk: Asterisk) -> None:
    async with phone(asterisk, "1001") as agent:
        assert (await agent.register()).status == 200
        _, final = await agent.dial("603")
        assert final.status == 488
        await agent.register(expires=0)


@pytest.mark.parametrize("target", ["9999", "1103", "601", "600", "0%40from-agents", "1%40hand-on/_."])
async def test_who_cannot_take_the_customer_leaves_the_talk_as_it_was(
    console: Console, dana: Phone, target: str
) -> None:
    ready(console, "1101")
    customer, call = await talk(console, dana)
    assert (await dana.refer(call, target)).status == 202
    assert await dana.outcome(call) == "SIP/2.0 404 Not Found"
    assert customer.present
    bridges = {row["BridgeId"] for row in console.channels() if row["BridgeId"]}
    assert len(bridges) == 1
    assert not call.ended.is_set()
    customer.hang_up()
    await asyncio.wait_for(call.ended.wait(), WITHIN)


async def test_an_agent_who_talks_is_not_handed_a_customer(
    asterisk: Asterisk, console: Console, dana: Phone, noa: Phone
) -> None:
    ready(console, "1101")
    busy, final = await noa.dial("603")
    assert final.status == 200
    _, call = await talk(console, dana)
    await dana.refer(call, "1102")
    assert await dana.outcome(call) == "SIP/2.0 404 Not Found"
    assert not call.ended.is_set()
    await noa.hang_up(busy)


async def test_a_free_agent_is_handed_the_customer_with_the_contact(
    console: Console, dana: Phone, noa: Phone
) -> None:
    ready(console, "1101")
    customer, call = await talk(console, dana)
    await dana.refer(call, "1102")
    assert await dana.outcome(call) == "SIP/2.0 200 OK"
    handed = await noa.ringing()
    assert handed.invite is not None
    assert handed.invite.all("X-Moked-Contact") == [customer.contact]
    noa.answer(handed)
    await asyncio.to_thread(console.wait_bridged, "1102")
    await dana.hang_up(call)
    assert customer.present
    customer.hang_up()
    await asyncio.wait_for(handed.ended.wait(), WITHIN)


async def test_a_customer_nobody_takes_comes_back_and_is_not_lost(
    console: Console, dana: Phone, noa: Phone
) -> None:
    ready(console, "1101")
    customer, call = await talk(console, dana)
    await dana.refer(call, "1102")
    assert await dana.outcome(call) == "SIP/2.0 200 OK"
    await dana.hang_up(call)
    noa.reject(await noa.ringing())
    back = await dana.ringing()
    assert back.invite is not None
    assert back.invite.all("X-Moked-Contact") == [customer.contact]
    assert customer.where == "hand-to Dial"
    dana.reject(back)
    dana.answer(await dana.ringing())
    await asyncio.to_thread(console.wait_bridged, "1101")
    assert customer.where == "queues Queue"


@asynccontextmanager
async def hubs_login(asterisk: Asterisk) -> AsyncIterator[AmiClient]:
    """A bare AMI line with the hub's own rights."""
    client = AmiClient(account(asterisk))
    signals = client.signals()
    running = asyncio.create_task(client.run())
    try:
        assert await asyncio.wait_for(anext(signals), WITHIN) == Link(up=True)
        yield client
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_the_hubs_login_changes_nothing_but_queues(asterisk: Asterisk) -> None:
    async with hubs_login(asterisk) as client:
        for action, fields in (
            ("Originate", {"Channel": "Local/600@from-agents", "Application": "Wait"}),
            ("Command", {"Command": "core show version"}),
            ("Redirect", {"Channel": "x", "Context": "from-agents", "Exten": "600", "Priority": "1"}),
            ("Hangup", {"Channel": "/.*/"}),
            ("GetConfig", {"Filename": "manager.conf"}),
            ("Reload", {}),
            ("Setvar", {"Variable": "x", "Value": "y"}),
            ("DBPut", {"Family": "registrar", "Key": "x", "Val": "y"}),
            ("DBDelTree", {"Family": "registrar"}),
            ("PJSIPShowEndpoints", {}),
            ("Getvar", {"Variable": "SHELL(id)"}),
        ):
            with pytest.raises(AmiRefused, match=r"Permission denied|Access Forbidden"):
                await client.action(action, fields)


async def test_a_phone_that_is_gone_without_a_word_is_seen_as_unavailable(
    asterisk: Asterisk, console: Console
) -> None:
    async with watching(asterisk) as watch:
        async with phone(asterisk, "1103") as short_lived:
            assert (await short_lived.register()).status == 200
            ready(console, "1103")
            await watch.until(MemberChanged, lambda event: event.state is MemberState.FREE)
        await watch.until(MemberChanged, lambda event: event.state is MemberState.UNAVAILABLE)


async def test_what_changed_while_the_line_was_down_does_not_hide_what_changes_then(
    asterisk: Asterisk, console: Console
) -> None:
    async with Relay(asterisk.centre.ports.ami) as relay, watching(asterisk, relay.port) as watch:
        await watch.pbx.join(SALES, "1101", paused=True, reason="lunch")
        await watch.until(MemberChanged, lambda event: event.reason == "lunch")
        await relay.cut()
        await watch.until(PbxLink, lambda link: not link.up)
        console.act("QueuePause", Interface="PJSIP/1101", Paused="false")
        watch.forget()
        relay.mend()
        await watch.until(PbxLink, lambda link: link.up)
        await watch.pbx.pause("1101", paused=True, reason="lunch")
        await watch.until(MemberChanged, lambda event: event.reason == "lunch")


async def test_the_hub_is_back_after_asterisk_restarts(asterisk: Asterisk) -> None:
    async with watching(asterisk) as watch:
        watch.forget()
        await asyncio.to_thread(asterisk.restart)
        await watch.until(PbxLink, lambda link: not link.up)
        await watch.until(PbxLink, lambda link: link.up)
