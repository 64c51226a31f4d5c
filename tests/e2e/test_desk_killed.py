"""The desk is killed (SIGKILL) in every state: the talk goes on, and the next desk shows what is so."""

from __future__ import annotations

import os
import re
import select
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bench.process import serving
from tests.contract.phones import BUSY, COLLEAGUE
from tests.e2e.acts import DANA, NAME, RUTH, left_alone, row, stored, talk, wait_row, wrap_up
from tests.e2e.centre import AGENTS_TONE, Centre, Desk, Home
from tests.e2e.kills.run import shift_of
from tests.e2e.kills.states import STATES
from tests.e2e.sound import Recording
from tests.e2e.terminal import IN_A_SESSION, Terminal
from tests.pbx.console import Console

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(600)]

_KILLS = 48
_SEED = 3
NOAM, COLLEAGUES_TONE = "1102", 1900
NOTE = "Wants the bill by post."
_TIMER = re.compile(r"(\d+):(\d\d)")
_OLD = 2.2
"""Seconds that a state has lasted before the kill: a timer that began anew would show less."""


def test_a_desk_may_be_killed_at_any_instant(centre: Centre, console: Console) -> None:
    kills = shift_of(centre, console, _KILLS, _SEED)
    assert {kill.name for kill in kills} == STATES.keys()
    assert {kill.steady for kill in kills} == {True, False}


class Terminals:
    """Desks of one agent in terminals, one after the other, with one phone."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.all: list[Terminal] = []

    def open(self, before: Sequence[str] = ()) -> Desk:
        self.all.append(Terminal([*before, *self.home.command], env=self.home.env))
        return Desk(self.all[-1], self.home)

    def close(self) -> None:
        for terminal in self.all:
            terminal.end()
        self.home.end_phone()


def killed_and_opened(terminals: Terminals, *texts: str) -> Desk:
    """The last desk is killed, and another opened that shows ``texts`` without a key pressed."""
    terminals.all[-1].process.kill()
    terminals.all[-1].process.wait()
    desk = terminals.open()
    desk.terminal.wait_for("● Registered", *texts)
    return desk


def wait_timer(desk: Desk, text: str, asked: float, known: float) -> None:
    """Wait until the timer in the call's line about ``text`` shows the seconds since a moment between these
    two (monotonic). One that began anew never does: it stays as far behind as it is.
    """

    def shows(_shown: str) -> bool:
        found = _TIMER.search(row(desk, text))
        now = time.monotonic()
        shown = 60 * int(found[1]) + int(found[2]) if found else -1
        return now - known - 1 <= shown <= now - asked + 1

    desk.terminal.wait(shows, what=f"the timer of {text}, which goes on")


def lasting(seconds: float = _OLD) -> None:
    threading.Event().wait(seconds)


@pytest.fixture
def terminals(centre: Centre) -> Iterator[Terminals]:
    made = Terminals(centre.prepare(DANA))
    yield made
    made.close()


@pytest.fixture
def colleagues(centre: Centre) -> Iterator[Terminals]:
    made = Terminals(centre.prepare(NOAM, tone=COLLEAGUES_TONE))
    yield made
    made.close()


def test_each_desk_in_a_terminal_shows_what_the_killed_one_did(
    centre: Centre, console: Console, terminals: Terminals
) -> None:
    desk = terminals.open()
    desk.ready()
    asked = time.monotonic()
    customer = talk(console, desk)
    known = time.monotonic()
    lasting()
    desk.terminal.type(NOTE)
    # the pane paints a key itself, a moment before the desk knows of it and keeps it
    desk.terminal.wait_for(NOTE, "✔ saved")

    desk = killed_and_opened(terminals, "TALKING", NAME, NOTE)
    wait_timer(desk, NAME, asked, known)
    Recording(desk.heard, 440).wait_heard(0.5)

    desk.terminal.press("f3")
    desk.terminal.wait_for("ON HOLD")
    desk = killed_and_opened(terminals, "ON HOLD", NAME, NOTE)
    Recording(customer.heard, AGENTS_TONE).wait_gone(0.5)

    desk.terminal.press("f3")
    desk.terminal.wait_for("TALKING")
    desk.terminal.press("f4")
    desk.terminal.wait_for("MUTED")
    desk = killed_and_opened(terminals, "TALKING", "MUTED", NAME, NOTE)
    Recording(customer.heard, AGENTS_TONE).wait_gone(0.5)
    desk.terminal.press("f4")
    Recording(customer.heard, AGENTS_TONE).wait_heard(0.5)

    asked = time.monotonic()
    customer.hang_up()
    desk.terminal.wait_for("WRAP-UP")
    known = time.monotonic()
    desk.terminal.wait_without("TALKING")
    lasting()
    desk = killed_and_opened(terminals, "WRAP-UP", NAME, NOTE, "○ Solved")
    wait_timer(desk, "WRAP-UP", asked, known)
    wrap_up(desk)
    assert stored(centre, customer.contact).note == NOTE


def test_a_closed_terminal_takes_no_letter_of_the_note_and_no_talk(
    centre: Centre, console: Console, terminals: Terminals
) -> None:
    desk = terminals.open(IN_A_SESSION)
    desk.ready()
    talk(console, desk)
    centre.stop_hub()
    desk.terminal.wait_for("HUB DOWN")
    desk.terminal.type(NOTE)
    # painted by the pane, and not known to the desk for a moment
    desk.terminal.wait_for(NOTE)
    desk.terminal.hang_up()
    assert desk.terminal.wait_ended() == 128 + signal.SIGHUP
    kept = [path.read_text() for path in Path(terminals.home.env["MOKED_RUNTIME_DIR"]).rglob("drafts-*/*")]
    assert any(NOTE in draft for draft in kept), kept
    desk = terminals.open()
    desk.terminal.wait_for("TALKING", NOTE)
    Recording(desk.heard, 440).wait_heard(0.5)
    centre.start_hub()
    desk.terminal.wait_for("✔ saved")
    desk.terminal.press("f8")
    desk.terminal.wait_for("WRAP-UP")


def test_what_is_noted_of_a_ring_outlives_the_desk_and_the_caller(
    centre: Centre, console: Console, terminals: Terminals
) -> None:
    desk = terminals.open()
    desk.ready()
    customer = console.customer("support", number=RUTH)
    desk.terminal.wait_for("RINGING", NAME)
    desk.terminal.type(NOTE)
    desk.terminal.wait_for(NOTE, "✔ kept here")
    desk = killed_and_opened(terminals, "RINGING", NAME, NOTE)
    customer.hang_up()
    desk.terminal.wait_for("NOT TAKEN", NAME, NOTE)
    desk = killed_and_opened(terminals, "NOT TAKEN", NAME, NOTE)
    console.wait_free(DANA)
    following = talk(console, desk)
    desk.terminal.wait_without(NOTE)
    following.hang_up()
    desk.terminal.wait_for("WRAP-UP")
    wrap_up(desk)
    desk.terminal.wait_for("NOT TAKEN", NOTE)
    desk.terminal.press("f12")
    desk.terminal.wait_without("NOT TAKEN")
    assert left_alone(centre, customer.contact).note == NOTE
    assert stored(centre, following.contact).note == ""


def test_a_number_dialled_in_vain_is_wrapped_up_and_outlives_the_desk(
    centre: Centre, console: Console, terminals: Terminals
) -> None:
    desk = terminals.open()
    desk.ready()
    desk.terminal.press("f7")
    desk.terminal.wait_for("number, extension or sip: address")
    desk.terminal.type(BUSY)
    desk.terminal.press("enter")
    desk.terminal.wait_for("NOT REACHED", BUSY, "busy")
    console.wait_free(DANA)
    desk.terminal.type(NOTE)
    desk.terminal.wait_for(NOTE, "✔ kept here")
    desk = killed_and_opened(terminals, "NOT REACHED", BUSY, NOTE)
    desk.terminal.press("f12")
    desk.terminal.wait_without("NOT REACHED")
    desk.terminal.press("ctrl+f")
    desk.terminal.wait_for(NOTE, "busy")


def test_a_ring_and_two_calls_outlive_the_desk(console: Console, terminals: Terminals) -> None:
    desk = terminals.open()
    desk.ready()
    asked = time.monotonic()
    customer = console.customer("support", number=RUTH)
    desk.terminal.wait_for("RINGING", NAME)
    known = time.monotonic()
    lasting()
    desk = killed_and_opened(terminals, "RINGING", NAME)
    wait_timer(desk, NAME, asked, known)
    desk.terminal.press("f2")
    desk.terminal.wait_for("TALKING", NAME)
    desk.terminal.press("f7")
    desk.terminal.wait_for("number, extension or sip: address")
    desk.terminal.type(COLLEAGUE)
    desk.terminal.press("enter")
    desk.terminal.wait(lambda shown: "TALKING" in row(desk, COLLEAGUE), what="the second call")
    desk = killed_and_opened(terminals, "TALKING", "ON HOLD", NAME, COLLEAGUE)
    assert "▶" in row(desk, COLLEAGUE)
    desk.terminal.press("f10")
    desk.terminal.wait(lambda shown: "TALKING" in row(desk, NAME), what="the first call again")
    customer.hang_up()


def test_a_consultation_and_a_customer_handed_on_outlive_both_desks(
    console: Console, terminals: Terminals, colleagues: Terminals
) -> None:
    desk, colleague = terminals.open(), colleagues.open()
    desk.ready()
    colleague.terminal.wait_for("● Registered", within=40)
    console.wait_free(NOAM)
    customer = talk(console, desk)
    desk.terminal.press("f7")
    desk.terminal.wait_for("number, extension or sip: address")
    desk.terminal.type(NOAM)
    desk.terminal.press("enter")
    colleague.terminal.wait_for("RINGING")
    colleague.terminal.press("f2")
    desk.terminal.wait_for("Connect")

    desk = killed_and_opened(terminals, "ON HOLD", f"asked about {NAME}", "Connect")
    colleague = killed_and_opened(colleagues, "TALKING", "A colleague asks about a customer")
    desk.terminal.press("f5")
    desk.terminal.wait_for("WRAP-UP", "note and outcome are owed")
    wait_row(colleague, NAME, "TALKING")
    Recording(customer.heard, COLLEAGUES_TONE).wait_heard(0.5)
    Recording(colleague.heard, 440).wait_heard(0.5)
    colleague.terminal.type(NOTE)
    colleague.terminal.wait_for(NOTE, "✔ saved")

    colleague = killed_and_opened(colleagues, NAME, NOTE)
    wait_row(colleague, NAME, "TALKING")
    customer.hang_up()
    colleague.terminal.wait_for("WRAP-UP", NAME, NOTE)


def test_with_the_hub_away_the_note_of_a_killed_desk_waits_for_it(
    centre: Centre, console: Console, terminals: Terminals
) -> None:
    desk = terminals.open()
    desk.ready()
    customer = talk(console, desk)
    centre.stop_hub()
    desk.terminal.wait_for("HUB DOWN")
    desk.terminal.type(NOTE)
    desk.terminal.wait_for(NOTE, "NOT SAVED, kept here")
    desk = killed_and_opened(terminals, "TALKING", RUTH, NOTE, "HUB DOWN")
    centre.start_hub()
    desk.terminal.wait_for("✔ saved", NOTE, NAME)
    customer.hang_up()
    desk.terminal.wait_for("WRAP-UP")
    desk.terminal.wait_without("TALKING")
    wrap_up(desk)
    assert stored(centre, customer.contact).note == NOTE
    left = list(Path(terminals.home.env["MOKED_RUNTIME_DIR"]).rglob("drafts-*/*"))
    assert left == []


def test_a_second_desk_has_the_call_and_the_first_closes_with_words(
    console: Console, terminals: Terminals
) -> None:
    first = terminals.open()
    first.ready()
    talk(console, first)
    first.terminal.type(NOTE)
    first.terminal.wait_for(NOTE, "✔ saved")
    second = terminals.open()
    second.terminal.wait_for("TALKING", NAME, NOTE, "moked was open in another terminal")
    assert first.terminal.wait_ended() == 0
    first.terminal.wait_read()
    assert "moked was opened in another terminal" in first.terminal.painted.decode()
    second.terminal.press("f8")
    second.terminal.wait_for("WRAP-UP", NOTE)


def test_a_phone_without_a_desk_ends_after_its_last_call_and_never_in_one(
    console: Console, terminals: Terminals
) -> None:
    config = terminals.home.config
    config.write_text(f"{config.read_text()}\n[phone]\nlinger = 1\n")
    desk = terminals.open()
    desk.ready()
    customer = talk(console, desk)
    phone = os.pidfd_open(serving(Path(terminals.home.env["MOKED_RUNTIME_DIR"]) / "phone.sock"))
    try:
        desk.terminal.process.kill()
        Recording(desk.heard, 440).wait_heard(3.0)
        assert not select.select([phone], [], [], 0)[0], "it stays in the call"
        customer.hang_up()
        assert select.select([phone], [], [], 20)[0], "it ends after it"
    finally:
        os.close(phone)
