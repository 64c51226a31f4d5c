"""What both sides really hear, in what each of them recorded, while the agent presses keys in a terminal."""

from __future__ import annotations

import pytest

from tests.e2e.centre import AGENTS_TONE, Centre
from tests.e2e.eventually import eventually
from tests.e2e.sound import Recording, Stretch
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

CUSTOMERS_TONE = 1300
TALK, SILENT = True, False
SETTLED = 6.0
"""Seconds of a talk, of which more than half are past its begin, when the queues find their length."""
KEYS_NUMBER, KEYS = "604", "15*9"


def clear(stretch: Stretch) -> bool:
    """The tone stands out of everything else that was recorded with it."""
    return stretch.tone - stretch.noise >= 20


@pytest.mark.parametrize(("extension", "encrypted"), [("1101", False), ("1001", True)])
def test_both_hear_each_other_but_not_while_muted_or_held(
    centre: Centre, console: Console, extension: str, encrypted: bool
) -> None:
    with centre.desk(extension) as desk:
        desk.ready()
        screen = desk.terminal
        customer = console.customer("support", tone=CUSTOMERS_TONE)
        screen.wait_for("RINGING")
        screen.press("f2")
        screen.wait_for("TALKING", *["▣"] * encrypted)
        customers, agents = Recording(customer.heard, AGENTS_TONE), Recording(desk.heard, CUSTOMERS_TONE)
        customers.wait_heard(SETTLED)
        agents.wait_heard(SETTLED)
        assert ("▣" in screen.text) is encrypted

        screen.press("f4")
        screen.wait_for("MUTED")
        customers.wait_gone()
        agents.wait_heard(SETTLED)
        screen.press("f4")
        screen.wait_without("MUTED")
        customers.wait_heard(SETTLED)

        screen.press("f3")
        screen.wait_for("ON HOLD")
        until_held = agents.seconds
        customers.wait_gone()
        assert agents.seconds == until_held, "who holds hears nobody"
        screen.press("f3")
        screen.wait_for("TALKING")
        customers.wait_heard(SETTLED)
        agents.wait_heard(SETTLED)
        screen.press("f8")
        screen.wait_for("WRAP-UP")

    by_customer, by_agent = customers.stretches(), agents.stretches()
    assert [stretch.heard for stretch in by_customer] == [TALK, SILENT, TALK, SILENT, TALK], by_customer
    assert all(clear(stretch) for stretch in by_customer if stretch.heard), by_customer
    assert [stretch.heard for stretch in by_agent] == [TALK], by_agent
    assert all(clear(stretch) for stretch in by_agent), by_agent


def test_keys_of_the_keypad_reach_the_other_side(centre: Centre, console: Console) -> None:
    with centre.desk("1101") as desk:
        screen = desk.terminal
        screen.wait_for("● Registered", within=40)
        screen.press("f7")
        screen.wait_for("number, extension or sip: address")
        screen.type(KEYS_NUMBER)
        screen.press("enter")
        screen.wait_for("TALKING", KEYS_NUMBER)
        screen.press("f6")
        screen.wait_for("0-9 * # go at once")
        screen.press(*KEYS)
        screen.wait_for(f"keys {KEYS}")

        def taken() -> bool:
            channels = [row["Channel"] for row in console.channels()]
            got = [console.act("Getvar", Channel=channel, Variable="KEYS")[0] for channel in channels]
            return [answer["Value"] for answer in got] == [KEYS]

        eventually(taken, "the keys at the other side")
        screen.press("f8")
        screen.wait_for("No call")
