"""What a chosen row asks for: of the contact whose part it is in."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.screens import rows
from agent_tui.session.state import SessionState
from tests.stubs import desk

OFFERED = replace(desk.RINGING.work[0], contact="k-2")
OWED_WHILE_IT_RINGS = replace(
    desk.WRAP_UP,
    calls=(replace(desk.RINGING.calls[0], contact="k-2"),),
    active="call-1",
    work=(desk.WRAP_UP.work[0], OFFERED),
)


def test_while_another_rings_the_outcome_is_of_the_contact_that_is_owed_one() -> None:
    state = OWED_WHILE_IT_RINGS
    assert rows.meant(state, "outcome", "solved") == do.ChooseDisposition("k-1", "solved")
    assert rows.meant(state, "card", "C-2012") == do.ChooseCustomer("k-2", "C-2012")
    assert rows.meant(state, "script", "greet") == do.TickStep("k-2", "greet")


def test_without_a_contact_its_parts_ask_for_nothing() -> None:
    for part in ("card", "script", "outcome"):
        assert rows.meant(SessionState(), part, "x") is None


def test_notices_and_calls_need_no_contact() -> None:
    assert rows.meant(SessionState(), "notices", "hub") == do.DismissNotice("hub")
    assert rows.meant(SessionState(), "calls", "call-2") == do.SelectCall("call-2")
