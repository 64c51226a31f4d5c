"""Every way a call can end, at a desk in a terminal: what the screen, the hub and Asterisk say afterwards."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.acts import (
    DANA,
    NAME,
    RUTH,
    member,
    owed,
    phases,
    record,
    row,
    rung_next,
    snapshot,
    stored,
    talk,
    wait_clear,
    wait_row,
    wrap_up,
)
from tests.e2e.centre import AGENTS_TONE, Centre, Desk
from tests.e2e.eventually import eventually
from tests.e2e.sound import Recording
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

COLLEAGUE = "Gidi Stock"
COLLEAGUES_NUMBER = "1104"
NOAM = "1102"


def figures(centre: Centre, queue: str) -> tuple[int, int, int]:
    """Offered, answered and abandoned today."""
    (found,) = [one for one in snapshot(centre).queues if one.queue == queue]
    return found.today.offered, found.today.answered, found.today.abandoned


def gives_up_while_ringing(centre: Centre, console: Console, desk: Desk) -> None:
    customer = console.customer("support", number=RUTH)
    desk.terminal.wait_for("RINGING", NAME)
    customer.hang_up()
    desk.terminal.wait_for(f"Missed: {RUTH}", "MISSED", "Callback")
    desk.terminal.wait_without(NAME)
    desk.terminal.wait_without("WRAP-UP")
    wait_clear(centre, console)
    assert figures(centre, "support") == (1, 0, 1)


def leaves(centre: Centre, console: Console, desk: Desk, *, held: bool) -> None:
    """The customer hangs up in the talk, or on hold: either way a wrap-up is owed, and then nothing."""
    customer = talk(console, desk)
    if held:
        desk.terminal.press("f3")
        desk.terminal.wait_for("ON HOLD")
    customer.hang_up()
    desk.terminal.wait_for("WRAP-UP", "note and outcome are owed", NAME)
    desk.terminal.wait_without("ON HOLD" if held else "TALKING")
    assert "Missed" not in desk.terminal.text
    owed(centre, customer.contact)
    kept = record(centre, customer.contact)
    assert (kept.outcome, kept.agent, kept.wrapped_up_at) == ("answered", "dana", None)
    assert kept.ended_at is not None
    eventually(lambda: not console.channels(), "no call is left")
    wrap_up(desk)
    assert stored(centre, customer.contact).disposition == "solved"
    wait_clear(centre, console)


def test_a_caller_may_hang_up_at_any_moment(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        gives_up_while_ringing(centre, console, desk)
        leaves(centre, console, desk, held=False)
        leaves(centre, console, desk, held=True)
        assert figures(centre, "support") == (3, 2, 1)


async def test_a_call_not_taken_comes_again_or_goes_to_another(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    async with Phone(NOAM, f"pw{NOAM}", asterisk.centre.ports.sip) as noam:
        assert (await noam.register()).status == 200
        with centre.desk(DANA) as desk:
            await asyncio.to_thread(desk.ready)
            await asyncio.to_thread(nobody_answers, centre, console, desk)
            await asyncio.to_thread(declines, centre, console, desk)
            device = f"PJSIP/{NOAM}"
            console.act("QueueAdd", Queue="support", Interface=device, StateInterface=device, Penalty=1)
            customer = await asyncio.to_thread(declines_for_another, console, desk)
            noam.answer(await noam.ringing())
            await asyncio.to_thread(another_has, centre, console, desk)
            assert customer.present


def nobody_answers(centre: Centre, console: Console, desk: Desk) -> None:
    """The ring time is over: the desk is clean until the queue tries again, and when the customer is gone."""
    screen = desk.terminal
    customer = console.customer("sales", number=RUTH)
    screen.wait_for("RINGING", NAME, "Sales")
    screen.wait_for(f"Missed: {RUTH}", "MISSED", "The card comes with the call.")
    assert customer.present
    screen.wait_for("RINGING", NAME)
    screen.wait_without("Missed")
    assert phases(centre) == {customer.contact: "offered"}
    customer.hang_up()
    screen.wait_for(f"Missed: {RUTH}", "MISSED")
    wait_clear(centre, console)
    assert figures(centre, "sales") == (1, 0, 1)


def declines(centre: Centre, console: Console, desk: Desk) -> None:
    """The agent declines, and as nobody else is there the same customer rings again."""
    screen = desk.terminal
    customer = console.customer("support", number=RUTH)
    screen.wait_for("RINGING", NAME, "Decline")
    screen.press("f8")
    screen.wait_without("RINGING")
    screen.wait_for("The card comes with the call.")
    assert customer.present
    screen.wait_for("RINGING", NAME)
    assert phases(centre) == {customer.contact: "offered"}
    customer.hang_up()
    screen.wait_for("MISSED")
    wait_clear(centre, console)


def declines_for_another(console: Console, desk: Desk) -> Customer:
    """The agent declines, and there is somebody else whom the queue rings next."""
    customer = console.customer("support", number=RUTH)
    desk.terminal.wait_for("RINGING", NAME)
    desk.terminal.press("f8")
    desk.terminal.wait_without("RINGING")
    return customer


def another_has(centre: Centre, console: Console, desk: Desk) -> None:
    """A colleague answered what this agent declined: the third call missed in a row, and nothing is owed."""
    console.wait_bridged(NOAM)
    desk.terminal.wait_for("The card comes with the call.", "You are away: missed calls.")
    eventually(lambda: figures(centre, "support") == (2, 1, 1), "the hub counts the answer")
    desk.terminal.press("f9")
    eventually(lambda: rung_next(console), "a member who can be rung")
    assert not phases(centre)
    assert "WRAP-UP" not in desk.terminal.text


def test_a_second_call_holds_the_first_and_each_ends_by_itself(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        customer = talk(console, desk)
        second = console.colleague(DANA, number=COLLEAGUES_NUMBER, name=COLLEAGUE)
        wait_row(desk, COLLEAGUE, "RINGING")
        assert "TALKING" in row(desk, NAME)

        screen.press("f2")
        wait_row(desk, COLLEAGUE, "TALKING")
        wait_row(desk, NAME, "ON HOLD")
        Recording(second.heard, AGENTS_TONE).wait_heard()
        Recording(customer.heard, AGENTS_TONE).wait_gone()
        screen.press("f10")
        wait_row(desk, NAME, "TALKING")
        wait_row(desk, COLLEAGUE, "ON HOLD")
        Recording(customer.heard, AGENTS_TONE).wait_heard()
        Recording(second.heard, AGENTS_TONE).wait_gone()

        second.hang_up()
        screen.wait_without(COLLEAGUE)
        assert "TALKING" in row(desk, NAME)
        assert phases(centre) == {customer.contact: "talking"}

        third = console.colleague(DANA, number=COLLEAGUES_NUMBER, name=COLLEAGUE)
        wait_row(desk, COLLEAGUE, "RINGING")
        screen.press("f2")
        wait_row(desk, COLLEAGUE, "TALKING")
        screen.press("f8")
        screen.wait_without(COLLEAGUE)
        wait_row(desk, NAME, "ON HOLD")
        eventually(lambda: not third.present, "the colleague let go")
        assert customer.present
        screen.press("f3")
        wait_row(desk, NAME, "TALKING")
        customer.hang_up()
        screen.wait_for("WRAP-UP", NAME)
        owed(centre, customer.contact)
        eventually(lambda: not console.channels(), "no call is left")


NOTE = "Red lights: technician on Sunday."


def test_a_wrap_up_stays_open_until_stored_and_keeps_customers_waiting(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        customer = talk(console, desk)
        screen.type(NOTE)
        screen.wait_for(NOTE)
        customer.hang_up()
        screen.wait_for("WRAP-UP", "✔ saved", NOTE)
        owed(centre, customer.contact)

        begun = len(screen.painted)
        waiting = console.customer("support", number="0525550101")
        eventually(lambda: waits_longer_than(centre, 3), "a customer who waits longer than a new try takes")
        screen.wait_for("1 waiting")
        assert b"RINGING" not in screen.painted[begun:]
        assert member(console)["Paused"] == "1"

        stray = console.colleague(DANA, number=COLLEAGUES_NUMBER, name=COLLEAGUE)
        wait_row(desk, COLLEAGUE, "RINGING")
        stray.hang_up()
        screen.wait_for(f"Missed: {COLLEAGUE}", "WRAP-UP", NOTE)
        assert phases(centre) == {customer.contact: "wrap_up"}

        wrap_up(desk)
        kept = stored(centre, customer.contact)
        assert (kept.note, kept.disposition, kept.customer) == (NOTE, "solved", "C-2012")
        screen.wait_for("RINGING", "0 waiting")
        assert phases(centre) == {waiting.contact: "offered"}
        assert NOTE not in screen.text


def waits_longer_than(centre: Centre, seconds: float) -> bool:
    """Whether somebody in the queue has waited so long."""
    return any(queue.longest_wait > seconds for queue in snapshot(centre).queues)
