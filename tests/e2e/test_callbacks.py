"""A callback from the talk in which it is promised to the one that keeps it, on a desk in a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.e2e.centre import Desk
from tests.pbx.called_back import CalledBack, called_back, carrier, presses
from tests.pbx.centre import SALES
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

DANA = "1101"
WRITTEN, NUMBER, GROUPED = "0525559901", "+972525559901", "+972 52-555-9901"
REASON = "price of the 2500 plan"


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[CalledBack]:
    with called_back(asterisk, surroundings) as made:
        yield made


@pytest.fixture
async def outside(calling: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(calling.asterisk) as made:
        yield made


def talks(desk: Desk, console: Console) -> None:
    """A customer of sales, whom the CRM does not know, calls and is answered."""
    desk.ready()
    console.customer(SALES, number=WRITTEN)
    desk.terminal.wait_for("RINGING", GROUPED)
    desk.terminal.press("f2")
    desk.terminal.wait_for("TALKING", "Ctrl+R")


def promises(desk: Desk, when: str) -> None:
    screen = desk.terminal
    screen.press("ctrl+r")
    screen.wait_for("Call a customer back", NUMBER)
    screen.type(when)
    screen.press("tab", "down", "enter")
    screen.wait_for("● I do")
    screen.type(REASON)
    screen.wait_for(REASON)
    screen.press("enter")
    screen.wait_for("will be called back", "Callback stands", "yours")


def wraps_up(desk: Desk) -> None:
    screen = desk.terminal
    screen.press("f8")
    screen.wait_for("WRAP-UP")
    screen.wait_without("TALKING")
    screen.move_to("tab", "○ Solved")
    screen.press("enter")
    screen.wait_for("◉ Solved")
    screen.press("f12")
    screen.wait_without("WRAP-UP")


async def test_what_was_promised_in_a_talk_is_kept_and_the_desk_says_why(
    calling: CalledBack, console: Console, outside: Phone
) -> None:
    with calling.centre.desk(DANA) as desk:
        screen = desk.terminal
        await asyncio.to_thread(talks, desk, console)
        await asyncio.to_thread(promises, desk, "now")
        await asyncio.to_thread(wraps_up, desk)
        customer = await outside.ringing()
        assert customer.invite is not None
        assert customer.invite.start.startswith(f"INVITE sip:{NUMBER}@")
        await asyncio.to_thread(screen.wait_for, "CALLING", "Callbacks · 1")
        outside.answer(customer)
        await presses(console, "1")
        await asyncio.to_thread(screen.wait_for, "RINGING", "◷ Callback", "you promised it for today", REASON)
        screen.press("f2")
        await asyncio.to_thread(screen.wait_for, "TALKING", "◷ Callback", REASON)
        await calling.kept(DANA)
        await outside.hang_up(customer)
        await asyncio.to_thread(screen.wait_for, "WRAP-UP")


async def test_one_stands_is_refused_in_words_and_taken_back_from_the_agenda(
    calling: CalledBack, console: Console, outside: Phone
) -> None:
    def acts(desk: Desk) -> None:
        screen = desk.terminal
        talks(desk, console)
        promises(desk, "tomorrow 10:00")
        screen.press("ctrl+r")
        screen.wait_for("Call a customer back", NUMBER)
        screen.press("enter")
        screen.wait_for("▲ There is a callback for this customer in this queue", "already. It stands for")
        screen.press("escape")
        screen.wait_without("Call a customer back")
        wraps_up(desk)
        screen.wait_for("Callbacks · 1", "tomorrow 10:00", GROUPED)
        screen.press("shift+tab")  # from the note over the queues
        screen.move_to("shift+tab", GROUPED)
        screen.press("enter")
        screen.wait_for("Take it back")
        screen.press("down", "enter")
        screen.wait_without("Callbacks · 1")

    with calling.centre.desk(DANA) as desk:
        await asyncio.to_thread(acts, desk)
        await calling.kept(DANA)
    assert not outside.calls
