"""The desk in a real terminal, with a real phone, a real hub and the real Asterisk: one call, end to end.

What is read here was painted: the bytes in the pty. Pilot's tests (tests/desk) read what was composed.
"""

from __future__ import annotations

import time

import pytest

from hub.contract import ContactRecord
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.e2e.wire import LoopbackWire
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

NUMBER, NAME = "0505550121", "Ruth Ben-Ami"
NOTE = "Wants the new router before the weekend."


def test_a_customer_calls_is_helped_and_noted(centre: Centre, console: Console) -> None:
    with LoopbackWire() as wire, centre.desk("1101") as desk:
        desk.ready()
        screen = desk.terminal
        assert NAME.encode() not in screen.painted
        before = time.monotonic()
        customer = console.customer("support", number=NUMBER, name="Line 4")

        named = screen.wait_for(NAME, "RINGING", "Support", "waiting")
        invite = wire.first(b"INVITE sip:1101@", source=centre.asterisk.centre.ports.sip, after=before)
        assert f"X-Moked-Contact: {customer.contact}".encode() in invite.payload
        assert invite.at < named, "the card is there because it rings, not before"

        screen.press("f2")
        screen.wait_for("TALKING", "Greet Ruth")
        screen.type(NOTE)
        screen.wait_for("✔ saved")
        screen.press("ctrl+down")
        screen.wait_for("✔ 1 Greet Ruth", "1 of")
        screen.press("f8")
        screen.wait_for("WRAP-UP", "note and outcome are owed")
        screen.wait_without("TALKING")

        screen.move_to("tab", "○ Solved")  # from the note to the outcomes
        screen.press("enter")
        screen.wait_for("◉ Solved")
        screen.press("f12")
        screen.wait_without("WRAP-UP")
        customer.wait_gone()

        with centre.client("1101") as hub:

            def stored() -> ContactRecord | None:
                record = ContactRecord.model_validate_json(hub.get(f"/contacts/{customer.contact}").content)
                return record if record.wrapped_up_at else None

            record = eventually(stored, "the wrap-up in the hub")
        assert (record.queue, record.outcome, record.agent) == ("support", "answered", "dana")
        assert (record.note, record.disposition) == (NOTE, "solved")
        assert record.customer == "C-2012"
        assert record.script is not None
        assert len(record.script.done) == 1

        screen.press("ctrl+q")
        assert screen.wait_ended() == 0
        assert screen.modes == screen.modes_before


HOSTILE = (
    "[@click=app.quit]x[/]",
    "[/red]",
    "\x1b]0;owned\x07Zelda",
    "\x1b[31mred\x1b[0m",
    "\x9b31mX",
    "052\u202e7654321",
    "$primary [b",
    "a" + "\u0315" * 30,
)


def test_a_callers_name_acts_on_nothing(centre: Centre, console: Console) -> None:
    with centre.desk("1101") as desk:
        desk.ready()
        screen = desk.terminal
        begun = len(screen.painted)
        for turn, name in enumerate(HOSTILE):
            number = f"05255590{turn:02}"  # unknown to the CRM, so that the name is what the caller says
            customer = console.customer("support", number=number, name=name)
            screen.wait_for("RINGING", number)
            customer.hang_up()
            screen.wait_without("RINGING")
        painted = screen.painted[begun:].decode(errors="replace")
        for acting in ("\x1b]0;", "\x9b", "\u202e"):
            assert acting not in painted
        assert "[@click=app.quit]x[/]" in painted
        assert "[/red]" in painted
        assert screen.process.poll() is None
