"""Numbers that answer before a queue does, by calls: hours, holidays, language, menu, notice."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from centre.entries import Choice, Day, Entry, Hours
from hub.ports.pbx import CallerJoined
from pbx.render import render
from tests.pbx.centre import EXPRESS, SALES, SUPPORT
from tests.pbx.console import Console, Customer
from tests.pbx.parties import WITHIN, from_outside, watching
from tests.pbx.rig import Asterisk

ZONE = "Pacific/Kiritimati"
"""Fourteen hours before UTC: who takes one for the other is never open at the same time."""
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MENU = (Choice(digit="1", queue=SALES), Choice(digit="5", message="fault"), Choice(digit="9", language="he"))


def _around(now: datetime) -> tuple[Hours, ...]:
    """Open for some two hours around ``now``, which may be near midnight."""
    found = []
    for part in (now - timedelta(hours=1), now, now + timedelta(hours=1)):
        closes = "24:00" if part.hour == 23 else f"{part.hour + 1:02}:00"
        found.append(Hours(days=(_DAYS[part.weekday()],), opens=f"{part.hour:02}:00", closes=closes))
    return tuple(found)


@pytest.fixture(scope="module")
def entries(asterisk: Asterisk) -> Iterator[None]:
    """The exchange with entries whose hours make now open or closed."""
    now = datetime.now(ZoneInfo(ZONE))
    made = (
        Entry(number="800", queue=SUPPORT, hours=_around(now)),
        Entry(number="801", queue=SUPPORT, hours=_around(datetime.now(UTC))),
        Entry(number="802", queue=SUPPORT, holidays=(now.date(), now.date() + timedelta(days=1))),
        Entry(number="803", queue=EXPRESS, languages=("en", "he"), choices=MENU),
        Entry(number="804", queue=SUPPORT, notice="fault"),
    )
    changed = dataclasses.replace(asterisk.centre, entries=made, time_zone=ZONE)
    file = asterisk.directory / "etc/entries.conf"
    before = file.read_text()
    file.write_text(render(changed)["entries.conf"])
    asterisk.cli("dialplan reload")
    yield
    file.write_text(before)
    asterisk.cli("dialplan reload")


pytestmark = pytest.mark.usefixtures("entries")


def _call(console: Console, number: str) -> Customer:
    return console.dialled("test-from-outside", number, "0525550101", 0)


async def _press(console: Console, customer: Customer, *keys: tuple[str, str]) -> None:
    """Press each key once its part of the dialplan is reached."""
    for context, digit in keys:
        await asyncio.to_thread(console.wait_in, customer.contact, context)
        channel = console.channel(customer.contact)
        console.act("PlayDTMF", Channel=channel, Digit=digit, Receive="true")


async def test_an_open_hour_in_the_centres_zone_leads_to_the_queue(
    asterisk: Asterisk, console: Console
) -> None:
    async with watching(asterisk) as watch:
        customer = await asyncio.to_thread(_call, console, "800")
        joined = await watch.until(CallerJoined)
        assert (joined.queue, joined.contact) == (SUPPORT, customer.contact)
        customer.hang_up()


@pytest.mark.parametrize("number", ["801", "802"], ids=["hours", "holiday"])
async def test_closed_says_so_and_ends_the_call(asterisk: Asterisk, number: str) -> None:
    async with from_outside(asterisk, "0525550101") as caller:
        call, final = await caller.dial(number)
        assert final.status == 200
        await asyncio.wait_for(call.ended.wait(), WITHIN)
    assert "does not exist" not in asterisk.log()


@pytest.mark.parametrize(
    ("key", "queue"),
    [("1", SALES), ("7", EXPRESS)],
    ids=["queue", "no such key"],
)
async def test_a_key_of_the_menu_does_what_the_file_says(
    asterisk: Asterisk, console: Console, key: str, queue: str
) -> None:
    async with watching(asterisk) as watch:
        customer = await asyncio.to_thread(_call, console, "803")
        await _press(console, customer, ("entry-4-language", "2"))
        await _press(console, customer, ("entry-4-menu", key))
        assert (await watch.until(CallerJoined)).queue == queue
        customer.hang_up()


async def test_the_language_that_is_chosen_stays_with_the_call(asterisk: Asterisk, console: Console) -> None:
    async with watching(asterisk) as watch:
        customer = await asyncio.to_thread(_call, console, "803")
        await _press(console, customer, ("entry-4-language", "1"), ("entry-4-menu", "1"))
        await watch.until(CallerJoined)
        assert console.variable(customer.contact, "CHANNEL(language)") == "he"
        customer.hang_up()
