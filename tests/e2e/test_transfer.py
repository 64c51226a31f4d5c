"""Handing the customer on by F5, from a desk in a terminal: who talks to whom afterwards, as tones tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import pytest

from tests.e2e.centre import AGENTS_TONE, Centre, Desk
from tests.e2e.sound import Recording
from tests.pbx.centre import SALES_NUMBER
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

RUTH, NAME = "0505550121", "Ruth Ben-Ami"
CUSTOMERS_TONE, COLLEAGUES_TONE = 1300, 1900
DANA, NOAM = "1101", "1102"
TONE, DECLINES, UNKNOWN = "603", "606", "699"


@contextmanager
def two_desks(centre: Centre, console: Console) -> Iterator[tuple[Desk, Desk]]:
    """Dana, ready for customers, and Noam, who can be called."""
    with centre.desk(DANA) as dana, centre.desk(NOAM, tone=COLLEAGUES_TONE) as noam:
        dana.ready()
        noam.terminal.wait_for("● Registered", within=40)
        console.wait_free(NOAM)
        yield dana, noam


def talk(console: Console, desk: Desk) -> Customer:
    """A customer calls, the desk answers, and both hear each other."""
    customer = console.customer("support", number=RUTH, tone=CUSTOMERS_TONE)
    desk.terminal.wait_for("RINGING", NAME)
    desk.terminal.press("f2")
    desk.terminal.wait_for("TALKING")
    hear_each_other(customer, desk, AGENTS_TONE)
    return customer


def hear_each_other(customer: Customer, desk: Desk, tone: int) -> None:
    """The customer hears the agent's ``tone``, and the agent the customer's."""
    Recording(customer.heard, tone).wait_heard()
    Recording(desk.heard, CUSTOMERS_TONE).wait_heard()


def hand_on(desk: Desk, number: str) -> None:
    """Transfer the call that is talked in."""
    desk.terminal.press("f5")
    desk.terminal.wait_for("Transfer to")
    desk.terminal.type(number)
    desk.terminal.press("enter")


def wrap_up(desk: Desk) -> None:
    """Pay what is owed."""
    desk.terminal.press("tab", "enter")
    desk.terminal.wait_for("◉ Solved")
    desk.terminal.press("f12")
    desk.terminal.wait_without("WRAP-UP")


def test_a_second_agent_takes_the_customer_and_the_first_owes_a_wrap_up(
    centre: Centre, console: Console
) -> None:
    with two_desks(centre, console) as (dana, noam):
        customer = talk(console, dana)

        hand_on(dana, NOAM)
        noam.terminal.wait_for("RINGING")
        dana.terminal.wait_for("WRAP-UP", "note and outcome are owed")
        dana.terminal.wait_without("TALKING")
        noam.terminal.press("f2")
        noam.terminal.wait_for("TALKING")
        hear_each_other(customer, noam, COLLEAGUES_TONE)
        Recording(customer.heard, AGENTS_TONE).wait_gone()
        wrap_up(dana)

        noam.terminal.press("f8")
        noam.terminal.wait_for("WRAP-UP", NAME)
        customer.wait_gone()
        wrap_up(noam)


def dial_noam(dana: Desk) -> None:
    """Call him, with the customer on hold."""
    dana.terminal.press("f7")
    dana.terminal.wait_for("number, extension")
    dana.terminal.type(NOAM)
    dana.terminal.press("enter")


def ask(dana: Desk, noam: Desk) -> None:
    """Dana puts the customer on hold and asks Noam."""
    dial_noam(dana)
    noam.terminal.wait_for("RINGING", "A colleague asks about a customer")
    dana.terminal.wait_for("ON HOLD", f"asked about {NAME}")
    noam.terminal.press("f2")
    dana.terminal.wait_for("Connect", "Merge", "Back")


def test_the_customer_is_connected_with_a_colleague_who_was_asked_first(
    centre: Centre, console: Console
) -> None:
    with two_desks(centre, console) as (dana, noam):
        customer = talk(console, dana)
        ask(dana, noam)
        Recording(noam.heard, AGENTS_TONE).wait_heard()
        Recording(dana.heard, COLLEAGUES_TONE).wait_heard()
        Recording(customer.heard, AGENTS_TONE).wait_gone()
        Recording(noam.heard, CUSTOMERS_TONE).wait_gone()

        dana.terminal.press("f5")
        dana.terminal.wait_for("WRAP-UP", "note and outcome are owed")
        noam.terminal.wait_for("TALKING", NAME, "Fibre 1000")
        hear_each_other(customer, noam, COLLEAGUES_TONE)
        Recording(customer.heard, AGENTS_TONE).wait_gone()
        wrap_up(dana)
        customer.hang_up()
        noam.terminal.wait_for("WRAP-UP", NAME)
        wrap_up(noam)


def test_back_to_the_customer_after_asking_a_colleague(centre: Centre, console: Console) -> None:
    with two_desks(centre, console) as (dana, noam):
        customer = talk(console, dana)
        ask(dana, noam)
        dana.terminal.press("f7")
        dana.terminal.wait_for("THREE TALK", "Part")
        hear_each_other(customer, dana, AGENTS_TONE)
        Recording(noam.heard, CUSTOMERS_TONE).wait_heard()
        dana.terminal.press("f8")
        dana.terminal.wait_without("THREE TALK")
        noam.terminal.wait_without("TALKING")
        hear_each_other(customer, dana, AGENTS_TONE)
        dial_noam(dana)
        dana.terminal.wait_for("ON HOLD", "Back")
        dana.terminal.press("f8")
        dana.terminal.wait_without("ON HOLD")
        hear_each_other(customer, dana, AGENTS_TONE)


def find_noam(dana: Desk, key: str, standing: str) -> None:
    """By a piece of his name in the directory, once he stands so there."""
    dana.terminal.press(key)
    dana.terminal.wait_for("name, number")
    dana.terminal.type("noa")
    dana.terminal.wait_for("▶ Noam", standing)


def test_a_colleague_is_found_free_by_name_asked_and_given_the_customer(
    centre: Centre, console: Console
) -> None:
    with two_desks(centre, console) as (dana, noam):
        customer = talk(console, dana)
        noam.ready()
        find_noam(dana, "f7", "● free")
        dana.terminal.wait_for(f"Enter calls Noam · {NOAM}.")
        dana.terminal.press("enter")
        noam.terminal.wait_for("RINGING", "A colleague asks about a customer")
        noam.terminal.press("f2")
        dana.terminal.wait_for("Connect", "Merge", "Back")
        dana.terminal.press("f5")
        noam.terminal.wait_for("TALKING", NAME)
        hear_each_other(customer, noam, COLLEAGUES_TONE)
        Recording(customer.heard, AGENTS_TONE).wait_gone()
        wrap_up(dana)
        noam.terminal.press("f8")
        wrap_up(noam)


def test_who_is_found_by_name_is_refused_the_customer_while_they_talk_and_given_them_when_free(
    centre: Centre, console: Console
) -> None:
    with two_desks(centre, console) as (dana, noam):
        customer = talk(console, dana)
        noam.ready()
        noam.terminal.press("f7")
        noam.terminal.wait_for("name, number")
        noam.terminal.type(TONE)
        noam.terminal.press("enter")
        noam.terminal.wait_for("TALKING")

        find_noam(dana, "f5", "✕ talking")
        dana.terminal.wait_for("They cannot take it now: it is refused, and the call stays yours.")
        dana.terminal.press("enter")
        dana.terminal.wait_for(f"Not transferred to {NOAM}: they are busy", "TALKING")
        hear_each_other(customer, dana, AGENTS_TONE)

        noam.terminal.press("f8")
        find_noam(dana, "f5", "● free")
        dana.terminal.wait_without("They cannot take it now")
        dana.terminal.press("enter")
        noam.terminal.wait_for("RINGING")
        noam.terminal.press("f2")
        dana.terminal.wait_for("WRAP-UP")
        noam.terminal.wait_for("TALKING")
        hear_each_other(customer, noam, COLLEAGUES_TONE)
        wrap_up(dana)
        noam.terminal.press("f8")
        wrap_up(noam)


def busy_colleague(asterisk: Asterisk) -> AbstractAsyncContextManager[Phone]:
    return Phone(NOAM, f"pw{NOAM}", asterisk.centre.ports.sip)


async def test_who_cannot_be_handed_the_customer_leaves_the_talk_as_it_was(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    async with busy_colleague(asterisk) as noam:
        assert (await noam.register()).status == 200
        _talk, final = await noam.dial(TONE)
        assert final.status == 200
        await asyncio.to_thread(refused_twice, centre, console)


def refused_twice(centre: Centre, console: Console) -> None:
    """One desk, whose agent tries a colleague who talks, then a number that is nobody's."""
    with centre.desk(DANA) as dana:
        dana.ready()
        customer = talk(console, dana)
        for number in (NOAM, UNKNOWN):
            hand_on(dana, number)
            dana.terminal.wait_for(f"Not transferred to {number}: they are busy, away, or not known")
            dana.terminal.wait_for("TALKING")
            hear_each_other(customer, dana, AGENTS_TONE)
        assert "WRAP-UP" not in dana.terminal.text
        dana.terminal.press("f8")
        dana.terminal.wait_for("WRAP-UP")


def test_a_customer_nobody_took_rings_again_where_they_came_from(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as dana:
        dana.ready()
        customer = talk(console, dana)
        hand_on(dana, DECLINES)
        dana.terminal.wait_for("RINGING", NAME)
        dana.terminal.press("f2")
        dana.terminal.wait_for("TALKING")
        dana.terminal.wait_without("WRAP-UP")
        hear_each_other(customer, dana, AGENTS_TONE)


def test_a_queue_takes_the_customer_and_offers_them_anew(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as dana:
        dana.ready()
        customer = talk(console, dana)
        hand_on(dana, SALES_NUMBER)
        dana.terminal.wait_for("WRAP-UP")
        dana.terminal.wait_without("TALKING")
        wrap_up(dana)
        dana.terminal.wait_for("RINGING", NAME, "Sales")
        dana.terminal.press("f2")
        dana.terminal.wait_for("TALKING")
        hear_each_other(customer, dana, AGENTS_TONE)
