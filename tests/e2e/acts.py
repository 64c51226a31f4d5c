"""What agents do all day, on a desk in a terminal; and how the hub and Asterisk see them meanwhile."""

from __future__ import annotations

import re

from hub.contract import ContactRecord, HistoryPage, PastCall, Snapshot
from tests.e2e.centre import Centre, Desk
from tests.e2e.eventually import eventually
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console, Customer

DANA = "1101"
RUTH, NAME = "0505550121", "Ruth Ben-Ami"
"""A customer of the sample centre, and the name on the card."""

FREE, BUSY, UNAVAILABLE = "1", "2", "5"
"""States of a queue's member as Asterisk's QueueMember event numbers them (AST_DEVICE_…)."""


def talk(console: Console, desk: Desk, *, tone: int = 440) -> Customer:
    """Ruth calls and the desk answers."""
    customer = console.customer("support", number=RUTH, tone=tone)
    desk.terminal.wait_for("RINGING", NAME)
    desk.terminal.press("f2")
    desk.terminal.wait_for("TALKING", NAME)
    return customer


def wrap_up(desk: Desk) -> None:
    """Choose the first outcome, from the note, and store all."""
    desk.terminal.move_to("tab", "○ Solved")
    desk.terminal.press("enter")
    desk.terminal.wait_for("◉ Solved")
    desk.terminal.press("f12")
    desk.terminal.wait_without("WRAP-UP")


def row(desk: Desk, text: str) -> str:
    """The line of the call bar whose state or party is ``text``: the last on the screen.

    A consultation's line names after its party whom it is about; that is no call of theirs.
    """
    parties = ((line, line.partition("asked about")[0]) for line in reversed(desk.terminal.rows))
    return next((line for line, party in parties if text in party), "")


def settle_in(screen: Terminal) -> None:
    """Talk for a second: a key that meant another call a moment ago ends none (screens.accidents)."""
    screen.wait(lambda shown: bool(re.search(r"TALKING +\d\d:(?!00)", shown)), what="a second of talk")


def wait_row(desk: Desk, text: str, state: str) -> None:
    """Wait until the call of ``text`` is in ``state``, as the call bar says it."""
    desk.terminal.wait(lambda _shown: state in row(desk, text), what=f"{text} {state}")


def snapshot(centre: Centre) -> Snapshot:
    """What a desk of Dana's that comes up now would show."""
    with centre.client(DANA) as hub:
        return Snapshot.model_validate_json(hub.get("/snapshot").content)


def record(centre: Centre, contact: str) -> ContactRecord:
    """What the hub keeps of a contact that Dana handled."""
    with centre.client(DANA) as hub:
        return ContactRecord.model_validate_json(hub.get(f"/contacts/{contact}").content)


def stored(centre: Centre, contact: str) -> ContactRecord:
    """The same, once it is wrapped up."""

    def found() -> ContactRecord | None:
        kept = record(centre, contact)
        return kept if kept.wrapped_up_at else None

    return eventually(found, f"{contact} wrapped up in the hub")


def left_alone(centre: Centre, contact: str) -> PastCall:
    """What Dana's history has of a contact that she missed or dialled in vain, once it is noted of."""

    def found() -> PastCall | None:
        with centre.client(DANA) as hub:
            page = HistoryPage.model_validate_json(hub.post("/history", json={}).content)
        theirs = (one for one in page.calls if one.contact == contact and one.kind != "answered")
        return next((one for one in theirs if one.note or one.kind == "dialled"), None)

    return eventually(found, f"what is noted of {contact} in the hub")


def owed(centre: Centre, contact: str) -> None:
    """Wait until the hub holds that Dana owes a wrap-up for ``contact`` and for nothing else."""
    eventually(lambda: phases(centre) == {contact: "wrap_up"}, f"a wrap-up owed for {contact}")


def phases(centre: Centre) -> dict[str, str]:
    """How far each contact in Dana's hands is, as the hub sees it."""
    return {item.offer.contact: item.phase for item in snapshot(centre).contacts}


def member(console: Console, queue: str = "support", extension: str = DANA) -> dict[str, str]:
    """The agent as a member of ``queue``, as Asterisk sees it; empty when they are none."""
    rows = console.act("QueueStatus", Queue=queue, Member=f"PJSIP/{extension}")
    return next((found for found in rows if found.get("Event") == "QueueMember"), {})


def wait_clear(centre: Centre, console: Console) -> None:
    """Wait until nothing is left: no channel, a member who can be rung, no contact in Dana's hands."""
    eventually(lambda: not console.channels(), "Asterisk without channels")
    eventually(lambda: rung_next(console), "a member who can be rung")
    eventually(lambda: not phases(centre), "no contact in the hub")


def rung_next(console: Console) -> bool:
    """Whether Asterisk would ring Dana's phone for the next customer."""
    seen = member(console)
    return (seen.get("Status"), seen.get("Paused")) == (FREE, "0")
