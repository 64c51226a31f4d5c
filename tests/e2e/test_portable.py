"""The desk on the portable engine, in a real terminal, with the real Asterisk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.process import serving
from sip.account import Account
from tests.e2e.acts import talk, wait_row
from tests.e2e.centre import Centre, Desk
from tests.e2e.sound import Recording
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

NUMBER, NAME = "0505550121", "Ruth Ben-Ami"
TONE = 440
COLLEAGUE, COLLEAGUES_TONE = "603", 1004
OFFERED, NOT_OFFERED = ("Hold", "Transfer", "Back", "Swap"), ("Connect", "Merge")

Open = Callable[[Account], Desk]


@pytest.fixture
def portable(centre: Centre) -> Iterator[Open]:
    """Opens desks whose settings name the engine."""
    with ExitStack() as exits:

        def opened(account: Account) -> Desk:
            home = centre.prepare(account.user, account=account)
            home.config.write_text(f'{home.config.read_text()}\n[phone]\nengine = "pyvoip"\n')
            exits.callback(home.end_phone)
            terminal = exits.enter_context(Terminal(home.command, env=home.env, columns=120, lines=40))
            exits.callback(terminal.end)
            return Desk(terminal, home)

        yield opened


def test_a_customer_is_talked_to_held_and_left(portable: Open, asterisk: Asterisk, console: Console) -> None:
    desk = portable(asterisk.account("1101"))
    desk.ready()
    screen = desk.terminal
    customer = console.customer("support", number=NUMBER, tone=TONE)
    screen.wait_for(NAME, "RINGING")
    screen.press("f2")
    screen.wait_for("TALKING")
    Recording(desk.heard, TONE).wait_heard(1.0)
    screen.press("f3")
    screen.wait_for("ON HOLD")
    screen.press("f3")
    screen.wait_for("TALKING")
    phone = serving(Path(desk.home.env["MOKED_RUNTIME_DIR"]) / "phone.sock")
    assert "baresip" not in Path(f"/proc/{phone}/maps").read_text()
    customer.hang_up()
    screen.wait_for("WRAP-UP")
    screen.wait_without("TALKING")


def test_of_two_calls_only_what_the_engine_can_do_is_offered(
    portable: Open, asterisk: Asterisk, console: Console
) -> None:
    desk = portable(asterisk.account("1101"))
    desk.ready()
    screen = desk.terminal
    customer = talk(console, desk)
    screen.press("f7")
    screen.wait_for("number, extension")
    screen.type(COLLEAGUE)
    screen.press("enter")
    screen.wait_for(f"asked about {NAME}", *OFFERED)
    wait_row(desk, COLLEAGUE, "TALKING")
    wait_row(desk, NUMBER, "ON HOLD")
    Recording(desk.heard, COLLEAGUES_TONE).wait_heard(1.0)
    assert not [word for word in (*NOT_OFFERED, "MOS") if word in screen.text]

    screen.press("f7", "f10")
    wait_row(desk, NUMBER, "TALKING")
    wait_row(desk, COLLEAGUE, "ON HOLD")
    Recording(desk.heard, TONE).wait_heard(1.0)
    screen.press("f3")
    wait_row(desk, NUMBER, "ON HOLD")
    screen.press("f3")
    wait_row(desk, NUMBER, "TALKING")
    assert not [word for word in NOT_OFFERED if word in screen.text]
    assert customer.present


def test_settings_that_ask_for_encryption_are_refused_with_the_reason(
    portable: Open, asterisk: Asterisk
) -> None:
    screen = portable(asterisk.account("1001")).terminal
    screen.wait_for("the pyvoip engine cannot encrypt")
