"""Missed calls stay on the desk, whoever closes it meanwhile, until they are called back or seen."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.acts import settle_in
from tests.e2e.centre import Centre, Home
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

DANA, NOAM, NOAMS_NAME = "1101", "1102", "Noam Katz"


async def test_a_missed_colleague_is_called_back_by_one_key_from_a_desk_started_anew(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    async with Phone(NOAM, f"pw{NOAM}", asterisk.centre.ports.sip) as noam:
        assert (await noam.register()).status == 200
        home = centre.prepare(DANA)
        try:
            await asyncio.to_thread(miss, home, console)
            calling = asyncio.create_task(asyncio.to_thread(call_back, home))
            noam.answer(await noam.ringing())
            await calling
        finally:
            home.end_phone()


def miss(home: Home, console: Console) -> None:
    """Noam gives up before the desk answers; then the desk is closed."""
    with Terminal(home.command, env=home.env, columns=120, lines=40) as desk:
        desk.wait_for("● Registered", within=40)
        caller = console.colleague(DANA, number=NOAM, name=NOAMS_NAME)
        desk.wait_for("RINGING", NOAMS_NAME)
        caller.hang_up()
        desk.wait_for("MISSED", f"{NOAMS_NAME} {NOAM}", "Callback", "Seen")
        desk.end()


def call_back(home: Home) -> None:
    """The desk is started anew: the call is still there, and gone once it is called back."""
    with Terminal(home.command, env=home.env, columns=120, lines=40) as desk:
        desk.wait_for("MISSED", f"{NOAMS_NAME} {NOAM}")
        desk.press("f5")
        desk.wait_for("TALKING", NOAM)
        settle_in(desk)
        desk.press("f8")
        desk.wait_for("No call")
        desk.end()
