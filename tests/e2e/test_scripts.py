"""Guidance on the desk in a terminal: walked through by key, edited meanwhile, stored with the contact."""

from __future__ import annotations

import pytest

from hub.contract import ContactRecord, ScriptProgress
from tests.e2e.centre import Centre, Desk
from tests.e2e.eventually import eventually
from tests.pbx.console import Console, Customer

pytestmark = pytest.mark.pbx

RUTH = "0505550121"
"""A gold customer in Ra'anana who speaks English and has no open matter: facts that the script asks for."""

SHIFT_TAB = "\x1b[Z"


def talk(console: Console, desk: Desk) -> Customer:
    """Ruth calls, the desk answers, and the keys act on the script."""
    customer = console.customer("support", number=RUTH)
    desk.terminal.wait_for("RINGING")
    desk.terminal.press("f2")
    desk.terminal.wait_for("TALKING", "▶ 1 Greet Ruth", "○ no")
    desk.terminal.press(SHIFT_TAB, SHIFT_TAB)  # from the note over the queues
    return customer


def stored(centre: Centre, contact: str, *done: str) -> ScriptProgress:
    """What the hub keeps of the script with the contact, once these steps are done, in this order."""

    def found() -> ScriptProgress | None:
        answer = hub.get(f"/contacts/{contact}")
        progress = ContactRecord.model_validate_json(answer.content).script
        return progress if progress is not None and progress.done == done else None

    with centre.client("1101") as hub:
        return eventually(found, f"{done} stored with the contact")


def test_answers_open_and_close_branches_and_are_stored(centre: Centre, console: Console) -> None:
    with centre.desk("1101") as desk:
        desk.ready()
        screen = desk.terminal
        customer = talk(console, desk)
        for closed in ("Find out who calls", "Book a technician", "Same-day promise", "The open matter"):
            assert closed not in screen.text

        screen.press("down", "down", "enter")  # no, this is not Ruth
        screen.wait_for("✔ 1 Greet Ruth", "▶ 2 Find out who calls", "1 of 4")
        screen.press("enter")
        screen.wait_for("✔ 2 Find out who calls", "▶ 3 Narrow the fault", "Fibre 1000")
        screen.press("down", "down", "down", "enter")  # the line
        screen.wait_for("▶ 4 Book a technician", "Ra'anana", "5 Same-day promise", "3 of 6")

        screen.press("up", "up", "up", "enter")  # back to the greeting: it is Ruth after all
        screen.wait_for("▶ 1 Greet Ruth", "◉ no")
        screen.press("down", "enter")
        screen.wait_for("✔ 1 Greet Ruth", "▶ 3 Book a technician", "2 of 5")
        assert "Find out who calls" not in screen.text
        screen.press("ctrl+down")
        screen.wait_for("✔ 3 Book a technician", "▶ 4 Same-day promise", "gold")

        progress = stored(centre, customer.contact, "verify", "fault", "greet", "technician")
        assert progress.answers == {"greet": "yes", "fault": "line"}
        screen.press("f8")
        screen.wait_for("WRAP-UP", "✔ 3 Book a technician")


def test_an_edited_script_is_on_the_desk_while_the_call_is_open(centre: Centre, console: Console) -> None:
    with centre.desk("1101") as desk:
        desk.ready()
        screen = desk.terminal
        customer = talk(console, desk)
        screen.press("down", "enter")
        screen.wait_for("✔ 1 Greet Ruth", "▶ 2 Narrow the fault")
        before = stored(centre, customer.contact, "greet")

        file = centre.scripts / f"{before.script}.toml"
        text = file.read_text("utf-8").replace("Narrow the fault", "Ask {first_name} about the router")
        file.write_text(text.replace('"all green"', '"all dark"'), "utf-8")
        screen.wait_for("✔ 1 Greet Ruth", "▶ 2 Ask Ruth about", "○ all dark", "1 of 3")
        assert "Narrow the fault" not in screen.text
        assert "TALKING" in screen.text

        screen.press("down", "down", "down", "down", "enter")
        screen.wait_for("✔ 2 Ask Ruth about", "▶ 3 Close")
        after = stored(centre, customer.contact, "greet", "fault")
        assert after.answers == {"greet": "yes", "fault": "all dark"}
        assert after.revision != before.revision
