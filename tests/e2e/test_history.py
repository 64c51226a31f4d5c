"""The agent's calls of before, looked through on a desk in a terminal: real phone, hub and Asterisk."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.acts import DANA, NAME, RUTH, settle_in, talk, wrap_up
from tests.e2e.centre import Centre, Desk
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

NOAM, NOAMS_NAME = "1102", "Noam Katz"
NOTE = "Wants an umbrella"


def test_who_gave_up_and_who_was_helped_are_found_by_words_of_the_note(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        gone = console.customer("support", number=RUTH)
        screen.wait_for("RINGING", NAME)
        gone.hang_up()
        screen.wait_without("RINGING")
        talk(console, desk)
        screen.type(NOTE)
        screen.wait_for("✔ saved")
        screen.press("f8")
        screen.wait_for("WRAP-UP")
        wrap_up(desk)

        screen.press("ctrl+f")
        screen.wait_for("2 calls", "✗ MISSED", "gave up", "you hung up", NOTE)
        screen.type("umbrella")
        screen.wait_for("1 call ", NOTE, "Outcome: Solved")
        screen.wait_without("MISSED")
        screen.press("escape")
        screen.wait_for("Customer")


async def test_a_missed_colleague_is_called_back_and_the_call_is_in_the_history(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    async with Phone(NOAM, f"pw{NOAM}", asterisk.centre.ports.sip) as noam:
        assert (await noam.register()).status == 200
        with centre.desk(DANA) as desk:
            calling = asyncio.create_task(asyncio.to_thread(_miss_and_call, desk, console))
            noam.answer(await noam.ringing())
            await calling


def _miss_and_call(desk: Desk, console: Console) -> None:
    screen = desk.terminal
    screen.wait_for("● Registered", within=40)
    caller = console.colleague(DANA, number=NOAM, name=NOAMS_NAME)
    screen.wait_for("RINGING", NOAMS_NAME)
    caller.hang_up()
    screen.wait_for("MISSED", NOAMS_NAME)
    screen.press("ctrl+f")
    screen.wait_for("✗ MISSED", NOAMS_NAME, "F7 calls back")
    screen.press("f7")
    screen.wait_for("TALKING", NOAM)
    settle_in(screen)
    screen.press("f8")
    screen.wait_without("TALKING")
    screen.press("ctrl+f")
    screen.wait_for("↑ dialled", NOAM, "Only this phone knows of it")
