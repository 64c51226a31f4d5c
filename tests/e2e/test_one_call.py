"""The desk in a real terminal, with a real phone, a real hub and the real Asterisk: one call, end to end.

What is read here was painted: the bytes in the pty. Pilot's tests (tests/desk) read what was composed.
"""

from __future__ import annotations

import time

import pytest

from tests.e2e.centre import Centre
from tests.e2e.wire import LoopbackWire
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

CUSTOMER_NUMBER, CUSTOMER_NAME = "0505550121", "Ruth Ben-Ami"


def test_a_customer_calls_is_helped_and_noted(centre: Centre, console: Console) -> None:
    with LoopbackWire() as wire, centre.desk("1101") as desk:
        desk.ready()
        screen = desk.terminal
        assert CUSTOMER_NAME not in screen.text
        before = time.monotonic()
        customer = console.customer("support", number=CUSTOMER_NUMBER, name="Line 4", tone=1300)

        named = screen.wait_for(CUSTOMER_NAME, "Support", "RINGING")
        invite = wire.first(b"INVITE sip:1101@", after=before)
        assert invite.at < named
        print(screen.text)
        print((named - invite.at) * 1000)

        screen.press("f2")
        screen.wait_for("TALKING")
        screen.type("Wants the new router before the weekend.")
        screen.wait_for("saved")
        print(screen.text)
        screen.press("f8")
        screen.wait_for("WRAP-UP")
        print(screen.text)
        assert customer.contact
