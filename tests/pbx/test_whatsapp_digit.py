"""A caller who waits presses a key: a message is stored, they are told, leave, and are written to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.pbx.called_back import MOBILE, CalledBack, WhatsAppAt, applications_of_a_call, called_back, carrier
from tests.pbx.centre import SALES, free_port
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.test_kept_places import order, press, told, until, waits
from tests.stubs.whatsapp import WhatsApp, error, whatsapp

pytestmark = pytest.mark.pbx

_LANDLINE = "+97235550101"


@pytest.fixture
def api() -> Iterator[WhatsApp]:
    with whatsapp() as made:
        yield made


@pytest.fixture
def writing(asterisk: Asterisk, surroundings: Path, api: WhatsApp) -> Iterator[CalledBack]:
    with called_back(
        asterisk, surroundings, sales='callback_digit = "*"', api=WhatsAppAt(api.address)
    ) as made:
        yield made


@pytest.fixture
async def outside(writing: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(writing.asterisk) as made:
        yield made


def _sales(writing: CalledBack) -> dict[str, int]:
    with writing.centre.client("1101") as desk:
        (found,) = [one for one in desk.get("/snapshot").json()["queues"] if one["queue"] == SALES]
    today = found["today"]
    return {**{key: today[key] for key in ("offered", "answered", "abandoned")}, "waiting": found["waiting"]}


async def test_a_caller_is_told_leaves_the_queue_and_is_written_to(
    writing: CalledBack, console: Console, api: WhatsApp
) -> None:
    before = _sales(writing)
    first = await waits(console)
    second = await waits(console, "0525550102")
    api.next.append(error(429, 130429))
    assert await told(console, first, "#") == ["message-comes"]
    await until(lambda: not first.present, "the caller is gone")
    assert order(console) == [second.contact]
    assert api.asked == [], "nothing leaves while they may come back"
    await until(lambda: bool(api.accepted), "the message is on its way")
    (message,) = api.accepted
    assert message.template is not None
    assert (message.to, message.template.name, message.template.language.code) == (
        MOBILE,
        "waiting_caller",
        "en_US",
    )
    assert len(api.asked) == 2, "at first the provider had no time"
    after = _sales(writing)
    counted = {key: after[key] - before[key] for key in after}
    assert counted == {"offered": 2, "answered": 0, "abandoned": 0, "waiting": 1}


async def test_a_restart_of_the_hub_after_they_were_told_costs_no_message(
    writing: CalledBack, console: Console, api: WhatsApp
) -> None:
    caller = await waits(console)
    assert await told(console, caller, "#") == ["message-comes"]
    await asyncio.to_thread(writing.centre.stop_hub)
    assert api.asked == []
    await asyncio.to_thread(writing.centre.start_hub)
    await until(lambda: bool(api.accepted), "the message is on its way")
    assert [one.to for one in api.accepted] == [MOBILE]


@pytest.mark.parametrize("number", ["anonymous", _LANDLINE, "+12125550101"])
async def test_whom_no_message_reaches_is_told_so_and_waits_where_they_were(
    writing: CalledBack, console: Console, api: WhatsApp, number: str
) -> None:
    first = await waits(console, number)
    second = await waits(console, "0525550102")
    assert await told(console, first, "#") == ["message-not-possible"]
    await until(lambda: len(order(console)) == 2, "both wait")
    assert order(console) == [first.contact, second.contact]
    assert api.asked == []


async def test_without_a_hub_they_are_told_so_and_wait_where_they_were(
    writing: CalledBack, console: Console
) -> None:
    first = await waits(console)
    second = await waits(console, "0525550102")
    writing.ask(port=free_port())
    assert await told(console, first, "#") == ["message-not-possible"]
    await until(lambda: len(order(console)) == 2, "both wait")
    assert order(console) == [first.contact, second.contact]


async def test_the_other_key_still_keeps_their_place(
    writing: CalledBack, console: Console, api: WhatsApp
) -> None:
    caller = await waits(console)
    assert await told(console, caller, "*") == ["callback-kept"]
    assert api.asked == []


@pytest.mark.parametrize("offer", ["callback-offer", "whatsapp-offer"])
async def test_the_key_is_taken_while_either_is_offered(
    writing: CalledBack, console: Console, offer: str
) -> None:
    def pressed() -> list[str]:
        with console.steps() as steps:
            caller = console.customer(SALES, number=MOBILE)
            played = []
            for step in steps:
                if step.unique != caller.contact:
                    continue
                if step.application == "BackGround" and offer in step.data:
                    press(console, caller, "#")
                if step.application in {"Playback", "Queue", "Hangup"}:
                    played.append(step.data.rpartition("/")[2] or step.application)
                if played and step.application in {"Queue", "Hangup"}:
                    return played
        return []

    assert await asyncio.to_thread(pressed) == ["message-comes", "Hangup"]


async def test_who_finds_an_agent_free_is_offered_nothing(
    writing: CalledBack, console: Console, dana: Phone
) -> None:
    await asyncio.to_thread(writing.ready, "1101")

    assert "BackGround" not in await applications_of_a_call(console, SALES, MOBILE)
