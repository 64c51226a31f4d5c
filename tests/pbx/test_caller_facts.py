"""What a caller heard before any agent, by a call: recorded messages, and what was said of the wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from centre.entries import Choice, Entry
from hub.contract import Presence
from tests.pbx.centre import SALES, SALES_NUMBER
from tests.pbx.console import Console, Customer
from tests.pbx.personal import Floor, floor_of
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.routed import routed

pytestmark = pytest.mark.pbx

NUMBER = "821"
CHOICES = (
    Choice(digit="1", queue=SALES, titles={"en": "My order"}),
    Choice(digit="5", message="closed", titles={"en": "Opening hours"}),
)
ENTRY = Entry(number=NUMBER, queue=SALES, notice="fault", choices=CHOICES)
SAME = f"""
[[entries]]
number = "{NUMBER}"
queue = "{SALES}"
notice = "fault"
choices = [
  {{ digit = "1", queue = "{SALES}", titles = {{ en = "My order" }} }},
  {{ digit = "5", message = "closed", titles = {{ en = "Opening hours" }} }},
]
"""
"""The entry as the hub reads it."""


def announced(text: str) -> str:
    """Callers of sales are told their place."""
    number = f'number = "{SALES_NUMBER}"\n'
    return text.replace(number, f"{number}announce_seconds = 15\n") + SAME


@pytest.fixture
async def floor(
    asterisk: Asterisk, console: Console, dana: Phone, noa: Phone, surroundings: Path
) -> AsyncIterator[Floor]:
    for module in ("app_chanspy", "app_originate", "app_softhangup"):
        asterisk.cli(f"module load {module}.so")
    with routed(asterisk, surroundings, 0, (ENTRY,), change=announced) as made:
        async with floor_of(made, console, dana, noa) as opened:
            yield opened


def through_the_menu(console: Console) -> Customer:
    """A customer hears the notice, a message twice, chooses, and is told their place while they wait."""
    with console.steps() as steps, console.told("UserEvent") as told:
        customer = console.dialled("test-from-outside", NUMBER, "<0505550142>", 0)
        mine = (step.application for step in steps if step.unique == customer.contact)
        for digit in ("5", "5", "1"):
            while next(mine) != "BackGround":
                pass
            channel = console.channel(customer.contact)
            console.act("PlayDTMF", Channel=channel, Digit=digit, Receive="true")
        while next(told).get("UserEvent") != "MokedTold":
            pass
        return customer


async def test_the_agent_sees_what_the_caller_heard_before(floor: Floor) -> None:
    customer = await asyncio.to_thread(through_the_menu, floor.console)
    await floor.dana.be(Presence.READY)
    call = await floor.rings(floor.dana, customer)
    await floor.dana.is_in(customer.contact, "offered")
    (one,) = (await floor.dana.snapshot()).contacts
    assert [(fact.label, fact.value) for fact in one.offer.facts] == [
        ("Chose", "My order"),
        ("Heard", "fault, Opening hours"),
        ("Told of the wait", "place 1"),
    ]
    await asyncio.to_thread(customer.hang_up)
    await asyncio.wait_for(call.ended.wait(), 20)
