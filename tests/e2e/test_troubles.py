"""What a desk says when something is missing, and what still works then: real parts, really taken away."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.e2e.acts import (
    DANA,
    NAME,
    RUTH,
    UNAVAILABLE,
    member,
    owed,
    phases,
    record,
    stored,
    talk,
    wait_clear,
    wrap_up,
)
from tests.e2e.centre import Centre
from tests.pbx.console import Console
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

NO_RING = "No call can ring:"
NO_HUB = "The hub does not answer: calls still ring; cards, notes, scripts and figures wait."
NOTE = "Wants the bill by post."


def test_a_wrong_password_is_named_and_no_customer_is_lost_in_it(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    wrong = replace(asterisk.account(DANA), password="not-the-password")
    with centre.desk(DANA, account=wrong) as desk:
        screen = desk.terminal
        screen.wait_for("✖ Refused by registrar", NO_RING, "check user name", "takes a new password.")
        screen.press("f9")  # as long as no call can ring here, nobody is ready
        customer = console.customer("support", number=RUTH)
        screen.wait_for("1 waiting")
        assert customer.present
        assert not phases(centre)
        assert "Ready" not in screen.text
        assert "RINGING" not in screen.text


def test_a_phone_that_the_exchange_cannot_reach_is_named_and_reached_again(
    asterisk: Asterisk, centre: Centre, console: Console
) -> None:
    """Another device took the registration and was switched off: ours knows nothing of it."""
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        asyncio.run(_registers_elsewhere_and_dies(asterisk))
        screen.wait_for("▲ Registered, not reachable", "exchange: cannot reach you", "cannot ring this phone")
        assert member(console)["Status"] == UNAVAILABLE
        screen.wait_for("● Registered", "exchange: free")
        screen.wait_without("cannot ring this phone")
        talk(console, desk)


async def _registers_elsewhere_and_dies(asterisk: Asterisk) -> None:
    async with Phone(DANA, f"pw{DANA}", asterisk.centre.ports.sip) as other:
        assert (await other.register()).status == 200


def test_a_registrar_that_comes_back_is_found(asterisk: Asterisk, centre: Centre, console: Console) -> None:
    asterisk.stop()
    with centre.desk(DANA) as desk:
        screen = desk.terminal
        screen.wait_for("✖ No registrar", NO_RING, "the registrar does not answer", "EXCHANGE DOWN")
        screen.wait_for("The hub has no line to the exchange: queues and figures stand still.")
        asterisk.start()
        screen.wait_for("● Registered", within=60)
        screen.wait_without(NO_RING)
        screen.wait_without("EXCHANGE DOWN")
        desk.ready()
        talk(console, desk)


def test_a_call_taken_without_the_hub_is_the_hubs_as_soon_as_it_is_back(
    centre: Centre, console: Console
) -> None:
    centre.token(DANA)  # enrolled before: a device can't be while the hub is away
    centre.stop_hub()
    with centre.desk(DANA) as desk:
        screen = desk.terminal
        screen.wait_for("● Registered", "HUB DOWN", NO_HUB)
        console.wait_free(DANA)
        console.member("support", DANA)
        customer = console.customer("support", number=RUTH)
        screen.wait_for("RINGING", RUTH, "The hub does not answer: no card.")
        screen.press("f2")
        screen.wait_for("TALKING", RUTH)
        assert NAME not in screen.text
        screen.type(NOTE)
        screen.wait_for("▲ NOT SAVED, kept here", NOTE)

        centre.start_hub()
        screen.wait_for("TALKING", NAME, NOTE, "✔ saved")
        screen.wait_without("HUB DOWN")
        screen.wait_without(NO_HUB)
        assert phases(centre) == {customer.contact: "talking"}
        screen.press("f8")
        screen.wait_for("WRAP-UP", NOTE)
        owed(centre, customer.contact)
        wrap_up(desk)
        kept = stored(centre, customer.contact)
        assert (kept.note, kept.customer, kept.outcome) == (NOTE, "C-2012", "answered")
        customer.wait_gone()


def test_a_hub_that_goes_and_comes_during_a_talk_gets_what_was_typed(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        customer = talk(console, desk)
        centre.stop_hub()
        screen.wait_for("HUB DOWN", NO_HUB, NAME, "TALKING")
        screen.type(NOTE)
        screen.wait_for("▲ NOT SAVED, kept here", NOTE)

        centre.start_hub()
        screen.wait_for("✔ saved", NOTE, "TALKING")
        screen.wait_without("HUB DOWN")
        assert record(centre, customer.contact).note == NOTE
        assert phases(centre) == {customer.contact: "talking"}

        screen.press("f8")
        screen.wait_for("WRAP-UP", NOTE)
        owed(centre, customer.contact)
        wrap_up(desk)
        kept = stored(centre, customer.contact)
        assert (kept.note, kept.disposition) == (NOTE, "solved")
        wait_clear(centre, console)


def test_a_crm_out_of_time_costs_the_card_and_not_the_ring(centre: Centre, console: Console) -> None:
    centre.stop_hub()
    centre.limit_crm(0.000_001)
    centre.start_hub()
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        customer = console.customer("support", number=RUTH)
        screen.wait_for("RINGING", RUTH, "Support", "waiting", "The CRM does not answer", "in time")
        assert NAME not in screen.text
        screen.press("f2")
        screen.wait_for("TALKING", RUTH)
        screen.type(NOTE)
        screen.wait_for("✔ saved")
        customer.hang_up()
        screen.wait_for("WRAP-UP")
        owed(centre, customer.contact)
        wrap_up(desk)
        kept = stored(centre, customer.contact)
        assert (kept.note, kept.customer) == (NOTE, "")


def test_a_database_that_hangs_stops_no_call(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        with nobody_reads(centre.home / "hub.db"):
            console.customer("support", number=RUTH)
            screen.wait_for("RINGING", RUTH)
            screen.press("f2")
            screen.wait_for("TALKING", RUTH)
            assert NAME not in screen.text
        screen.wait_for("TALKING", NAME)


_LOCK_BYTES = (120, 8)
"""First byte and count of the locks in SQLite's shared-memory file: write, checkpoint, recover, five readers
(https://www.sqlite.org/walformat.html#wal_locks)."""


@contextmanager
def nobody_reads(database: Path) -> Iterator[None]:
    """Hold every lock of an SQLite database in WAL mode, as a recovery that hangs does."""
    first, count = _LOCK_BYTES
    lines = os.open(f"{database}-shm", os.O_RDWR)
    try:
        fcntl.lockf(lines, fcntl.LOCK_EX, count, first)
        yield
    finally:
        os.close(lines)
