"""Customers are called back by real calls: by whom, at which number, how often, over every restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from hub.adapters.ami_client import AmiRefused
from tests.pbx.called_back import HOME, MOBILE, CalledBack, called_back, carrier, presses
from tests.pbx.centre import SALES, SALES_NUMBER
from tests.pbx.console import Console
from tests.pbx.parties import WITHIN, account, login
from tests.pbx.phone import Call, Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[CalledBack]:
    with called_back(asterisk, surroundings) as made:
        yield made


@pytest.fixture
async def outside(calling: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(calling.asterisk) as made:
        yield made


async def rings(outside: Phone, number: str) -> Call:
    """The customer's phone rings under ``number``."""
    call = await outside.ringing()
    assert call.invite is not None
    assert call.invite.start.startswith(f"INVITE sip:{number}@")
    return call


async def taken(console: Console, outside: Phone, number: str = MOBILE) -> Call:
    """The customer answers and says that it is them."""
    call = await rings(outside, number)
    outside.answer(call)
    await presses(console, "1")
    return call


async def test_the_customer_is_called_and_talks_with_the_agent_who_promised(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone, noa: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1102")
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", mine=True)
    customer = await rings(outside, MOBILE)
    assert customer.invite is not None
    assert "<sip:+97235550100@" in customer.invite.header("From")
    outside.answer(customer)
    await presses(console, "1")
    offered = await dana.ringing()
    assert offered.invite is not None
    (contact,) = offered.invite.all("X-Moked-Contact")
    assert contact.startswith("callback-")
    assert offered.invite.all("X-Moked-Queue") == [SALES]
    assert f"<sip:{MOBILE}@" in offered.invite.header("From")
    assert not noa.calls
    dana.answer(offered)
    await asyncio.to_thread(console.wait_bridged, "1101")
    await calling.kept("1101")
    await outside.hang_up(customer)
    await asyncio.wait_for(offered.ended.wait(), WITHIN)


async def test_who_is_busy_at_home_is_called_on_the_mobile(
    calling: CalledBack, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", numbers=[MOBILE, HOME])
    outside.reject(await rings(outside, HOME), "486 Busy Here")
    outside.reject(await rings(outside, MOBILE), "486 Busy Here")
    after = await calling.until("1101", tries=2)
    assert (after.state, after.result) == ("open", "busy")
    assert (after.at - after.promised).total_seconds() > 15 * 60


async def test_a_phone_that_nobody_answers_is_a_missed_try(
    calling: CalledBack, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101")
    call = await rings(outside, MOBILE)
    await asyncio.wait_for(call.ended.wait(), WITHIN)
    assert (await calling.until("1101", tries=1)).result == "no_answer"
    assert not dana.calls


async def test_a_voicemail_takes_no_call_and_no_agents_time(
    calling: CalledBack, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", language="he")
    call = await rings(outside, MOBILE)
    outside.answer(call)
    await asyncio.wait_for(call.ended.wait(), 60)
    assert (await calling.until("1101", tries=1)).result == "not_taken"
    assert not dana.calls


async def test_a_promise_keeps_its_place_before_callers_who_come_later(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.promise, "1101")
    later = await asyncio.to_thread(console.customer, SALES)
    await asyncio.to_thread(calling.ready, "1101")
    customer = await taken(console, outside)
    offered = await dana.ringing()
    assert offered.invite is not None
    (contact,) = offered.invite.all("X-Moked-Contact")
    assert contact.startswith("callback-")
    dana.answer(offered)
    await calling.kept("1101")
    assert later.present
    await outside.hang_up(customer)


async def test_a_hub_that_is_killed_while_it_rings_dials_nobody_twice(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101")
    call = await rings(outside, MOBILE)
    await asyncio.to_thread(calling.centre.stop_hub)
    outside.answer(call)
    await asyncio.to_thread(calling.centre.start_hub)
    await presses(console, "1")
    offered = await dana.ringing()
    dana.answer(offered)
    await calling.kept("1101")
    assert list(outside.calls) == [call.id]


async def test_an_exchange_that_is_killed_while_it_rings_loses_no_promise(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", numbers=[HOME, MOBILE])
    lost = await rings(outside, HOME)
    asterisk = calling.asterisk
    await asyncio.to_thread(asterisk.kill)
    await asyncio.to_thread(asterisk.start)
    for phone in (outside, dana):
        assert (await phone.register()).status == 200
    after = await calling.until("1101", state="dialling", tries=1)
    assert after.result == "unknown"
    call = await taken(console, outside)
    dana.answer(await dana.ringing())
    await calling.kept("1101")
    assert list(outside.calls) == [lost.id, call.id]


@pytest.mark.parametrize(
    "number", ["+12125550100", "972505550101", "+972", SALES_NUMBER, "+972505550101&PJSIP/1101"]
)
async def test_no_other_number_can_be_dialled_as_a_customers(
    calling: CalledBack, outside: Phone, dana: Phone, number: str
) -> None:
    asked = {"Channel": f"Local/{number}@callback-customer/n", "Context": "callback-answered"}
    async with login(account(calling.asterisk)) as hub:
        with pytest.raises(AmiRefused):
            await hub.action("Originate", {**asked, "Exten": "s", "Priority": "1", "Timeout": "2000"})
    assert not outside.calls
    assert not dana.calls


async def test_a_centre_without_callbacks_gives_its_hub_no_right_to_dial(asterisk: Asterisk) -> None:
    async with login(account(asterisk)) as hub:
        with pytest.raises(AmiRefused, match="Permission denied"):
            await hub.action(
                "Originate",
                {
                    "Channel": "Local/603@from-agents",
                    "Context": "queues",
                    "Exten": SALES_NUMBER,
                    "Priority": "1",
                },
            )
