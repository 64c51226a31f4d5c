"""The profile's promises, kept by a real Asterisk in real calls: who reaches whom, and who does not."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from hub.adapters.ami_client import AmiAccount, AmiRefused
from hub.ports.pbx import MemberChanged, MemberState, PbxLink
from tests.pbx.centre import AMI_SECRET, OUTSIDE_NUMBERS, SALES, SALES_NUMBER, TRUNK_PASSWORD
from tests.pbx.console import Console
from tests.pbx.parties import WITHIN, account, from_outside, login, phone, ready, talk, watching
from tests.pbx.phone import Phone
from tests.pbx.relay import Relay
from tests.pbx.rig import Asterisk


@pytest.mark.parametrize(("identity", "password"), [("0525550101", "wrong"), ("1101", "pwtrunk")])
async def test_nobody_comes_in_without_their_own_credentials(
    asterisk: Asterisk, identity: str, password: str
) -> None:
    async with from_outside(asterisk, identity, password=password) as caller:
        _, final = await caller.dial(SALES_NUMBER)
        assert final.status in {401, 403}


async def test_the_trunk_comes_from_its_own_network_alone(asterisk: Asterisk) -> None:
    port = asterisk.centre.ports.sip
    async with Phone("trunk", TRUNK_PASSWORD, port, host="127.0.0.2") as stranger:
        assert (await stranger.register()).status == 401
        assert (await stranger.dial(SALES_NUMBER))[1].status == 401


async def test_nobody_comes_in_without_a_name(asterisk: Asterisk) -> None:
    async with Phone("anonymous", "", asterisk.centre.ports.sip) as nobody:
        assert (await nobody.dial(SALES_NUMBER))[1].status == 401


async def test_an_agent_reaches_the_allowed_numbers_alone(asterisk: Asterisk, dana: Phone) -> None:
    async with Phone("trunk", TRUNK_PASSWORD, asterisk.centre.ports.sip) as carrier:
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


async def test_the_hubs_login_changes_nothing_but_queues(asterisk: Asterisk) -> None:
    async with login(account(asterisk)) as client:
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


async def test_the_hubs_line_is_encrypted_and_the_exchange_proved(asterisk: Asterisk) -> None:
    context = ssl.create_default_context(cafile=asterisk.certificates.ca)
    secure = AmiAccount("localhost", asterisk.centre.ports.ami_tls, "hub", AMI_SECRET, context)
    async with login(secure) as client:
        assert (await client.action("Ping"))[0]["Response"] == "Success"
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.open_connection("localhost", secure.port, ssl=ssl.create_default_context())


async def test_the_hub_logs_in_from_its_own_network_alone(asterisk: Asterisk) -> None:
    for source, answer in (("127.0.0.1", b"Success"), ("127.0.0.2", b"Error")):
        ami = ("127.0.0.1", asterisk.centre.ports.ami)
        reader, writer = await asyncio.open_connection(*ami, local_addr=(source, 0))
        writer.write(f"Action: Login\r\nUsername: hub\r\nSecret: {AMI_SECRET}\r\n\r\n".encode())
        await reader.readline()
        async with asyncio.timeout(WITHIN):
            assert await reader.readline() == b"Response: " + answer + b"\r\n"
        writer.close()


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
