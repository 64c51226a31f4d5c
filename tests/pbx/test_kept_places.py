"""A caller who waits presses a key: their place is stored, they are told, and called in their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.eventually import eventually
from tests.pbx.called_back import MOBILE, CalledBack, applications_of_a_call, called_back, carrier, presses
from tests.pbx.centre import SALES, SALES_NUMBER, free_port
from tests.pbx.console import Console, Customer
from tests.pbx.parties import WITHIN
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[CalledBack]:
    with called_back(asterisk, surroundings, sales='callback_digit = "*"') as made:
        yield made


@pytest.fixture
async def outside(calling: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(calling.asterisk) as made:
        yield made


async def waits(console: Console, number: str = MOBILE) -> Customer:
    """A caller who waits in the queue."""
    customer = await asyncio.to_thread(console.customer, SALES, number=number)
    await until(lambda: customer.contact in order(console), "the caller waits")
    return customer


def order(console: Console) -> list[str]:
    """Who waits for sales, in the order in which Asterisk serves them."""
    rows = [row for row in console.act("QueueStatus", Queue=SALES) if row.get("Event") == "QueueEntry"]
    return [row["Uniqueid"] for row in sorted(rows, key=lambda row: int(row["Position"]))]


def press(console: Console, customer: Customer, key: str) -> None:
    """The exchange gets a key of the customer's."""
    channel = console.channel(customer.contact)
    console.act("PlayDTMF", Channel=channel, Digit=key, Receive="true")


async def until(look: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(eventually, look, what)


async def told(console: Console, customer: Customer, key: str) -> list[str]:
    """What the caller is played after ``key``, until they are gone or wait again."""

    def follow() -> list[str]:
        played = []
        with console.steps() as steps:
            press(console, customer, key)
            for step in steps:
                if step.unique != customer.contact:
                    continue
                if step.application == "Playback":
                    played.append(step.data.rpartition("/")[2])
                if played and step.application in {"Hangup", "Queue"}:
                    return played
        return played

    return await asyncio.to_thread(follow)


async def test_a_caller_keeps_their_place_is_told_and_called(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    first = await waits(console)
    second = await waits(console, "0525550102")
    assert await told(console, first, "*") == ["callback-kept"]
    await until(lambda: not first.present, "the caller is gone")
    await asyncio.to_thread(calling.ready, "1101")
    call = await outside.ringing()
    assert call.invite is not None
    assert call.invite.start.startswith(f"INVITE sip:{MOBILE}@")
    outside.answer(call)
    await presses(console, "1")
    offered = await dana.ringing()
    assert offered.invite is not None
    assert f"<sip:{MOBILE}@" in offered.invite.header("From")
    assert order(console)[1:] == [second.contact]
    await outside.hang_up(call)
    await asyncio.wait_for(offered.ended.wait(), WITHIN)


async def test_without_a_hub_they_are_told_so_and_wait_where_they_were(
    calling: CalledBack, console: Console
) -> None:
    first = await waits(console)
    second = await waits(console, "0525550102")
    calling.ask(port=free_port())
    assert await told(console, first, "*") == ["callback-not-kept"]
    await until(lambda: len(order(console)) == 2, "both wait")
    assert order(console) == [first.contact, second.contact]


async def test_a_withheld_number_is_told_so_and_nothing_kept(
    calling: CalledBack, console: Console, dana: Phone, outside: Phone
) -> None:
    caller = await waits(console, "anonymous")
    assert await told(console, caller, "*") == ["callback-not-kept"]
    await until(lambda: caller.contact in order(console), "they wait")
    await asyncio.to_thread(calling.ready, "1101")
    offered = await dana.ringing()
    assert offered.invite is not None
    assert offered.invite.all("X-Moked-Contact") == [caller.contact]
    assert not outside.calls


async def test_the_key_is_taken_while_it_is_offered(calling: CalledBack, console: Console) -> None:
    def pressed() -> list[str]:
        with console.steps() as steps:
            caller = console.customer(SALES, number=MOBILE)
            played = []
            for step in steps:
                if step.unique == caller.contact and step.application == "BackGround":
                    press(console, caller, "*")
                if step.unique == caller.contact and step.application in {"Playback", "Queue", "Hangup"}:
                    played.append(step.data.rpartition("/")[2] or step.application)
                if played and step.application in {"Queue", "Hangup"}:
                    return played
        return []

    assert await asyncio.to_thread(pressed) == ["callback-kept", "Hangup"]


async def test_who_finds_an_agent_free_is_offered_nothing(
    calling: CalledBack, console: Console, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")

    assert "BackGround" not in await applications_of_a_call(console, SALES, MOBILE)


async def test_who_was_called_back_and_is_handed_to_the_queue_reaches_everybody(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone, noa: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101")
    call = await outside.ringing()
    outside.answer(call)
    await presses(console, "1")
    offered = await dana.ringing()
    dana.answer(offered)
    await asyncio.to_thread(console.wait_bridged, "1101")
    await asyncio.to_thread(calling.ready, "1102")
    assert (await dana.refer(offered, SALES_NUMBER)).status == 202
    again = await noa.ringing()
    assert again.invite is not None
    assert again.invite.all("X-Moked-Contact")[0].startswith("callback-")
    await outside.hang_up(call)


async def test_who_was_called_back_and_presses_the_key_waits_on_for_the_agent(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101")
    call = await outside.ringing()
    outside.answer(call)
    await presses(console, "1")
    offered = await dana.ringing()
    assert offered.invite is not None
    (contact,) = offered.invite.all("X-Moked-Contact")
    customer = next(row for row in console.channels() if row["Channel"].startswith("PJSIP/trunk-"))

    def follow() -> list[str]:
        with console.steps() as steps:
            console.act("PlayDTMF", Channel=customer["Channel"], Digit="*", Receive="true")
            done = []
            for step in steps:
                # as they leave it, the queue's own step is told once more, where the key leads
                leaves = (step.context, step.application) == (f"callback-key.{SALES}", "Queue")
                if step.unique != contact or leaves:
                    continue
                if step.application in {"Playback", "Queue", "Hangup"}:
                    done.append(f"{step.context} {step.application}")
                    if step.application != "Playback":
                        break
            return done

    assert await asyncio.to_thread(follow) == ["callback-queue Queue"]
    await asyncio.wait_for(offered.ended.wait(), WITHIN)
    dana.answer(await dana.ringing())
    await calling.kept("1101")
    await outside.hang_up(call)
