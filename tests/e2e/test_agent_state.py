"""Presence that becomes another without the agent, on the real exchange and read on a desk in a terminal."""

from __future__ import annotations

import pytest

from tests.e2e.acts import DANA, NAME, RUTH, member, rung_next
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.pbx.console import Console

pytestmark = pytest.mark.pbx

SUPERVISOR = "1102"


def paused(console: Console) -> tuple[str | None, str | None]:
    """The agent's pause and its name, as Asterisk has them."""
    seen = member(console)
    return seen.get("Paused"), seen.get("PausedReason")


def test_who_misses_calls_in_a_row_is_paused_and_the_customer_waits_on(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        screen = desk.terminal
        customer = console.customer("support", number=RUTH)
        for _ in range(3):
            screen.wait_for("RINGING", NAME, "Decline", within=30)
            screen.press("f8")
            screen.wait_without("RINGING")
        screen.wait_for("You are away: missed calls. Choose Ready")
        eventually(lambda: paused(console) == ("1", "missed calls"), "the named pause at Asterisk")
        assert customer.present
        screen.press("f9")
        screen.wait_for("RINGING", NAME, within=30)
        screen.wait_without("You are away")
        customer.hang_up()


def test_a_supervisor_pauses_and_logs_out_with_words_on_the_desk(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as desk, centre.client(SUPERVISOR) as supervisor:
        desk.ready()
        eventually(lambda: rung_next(console), "a member who can be rung")
        order = {"presence": "away", "words": "Team talk"}
        assert supervisor.put("/agents/dana/presence", json=order).status_code == 204
        desk.terminal.wait_for("set you away: Team talk. Choose Ready")
        eventually(lambda: paused(console)[0] == "1", "the pause at Asterisk")
        assert (paused(console)[1] or "").endswith(": Team talk")
        order = {"presence": "offline", "words": "Shift is over"}
        assert supervisor.put("/agents/dana/presence", json=order).status_code == 204
        desk.terminal.wait_for("set you offline: Shift is over.")
        eventually(lambda: not member(console), "out of the queue")
        acts = [(one["who"], one["what"], one["whom"]) for one in supervisor.get("/audit").json()]
        assert acts == [("noam", "offline", "dana"), ("noam", "away", "dana")]


def test_a_pause_behind_the_hubs_back_shows_and_one_key_mends_it(centre: Centre, console: Console) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        eventually(lambda: rung_next(console), "a member who can be rung")
        console.act("QueuePause", Interface=f"PJSIP/{DANA}", Paused="true", Reason="by hand")
        desk.terminal.wait(
            lambda shown: "exchange: paused: by hand" in shown and "Away" not in shown, what="the difference"
        )
        desk.terminal.press("f9")
        desk.terminal.wait(lambda shown: "by hand" not in shown and "Away" in shown, what="no difference")
        eventually(lambda: paused(console)[0] == "0", "no pause at Asterisk")
        console.act("QueueRemove", Queue="support", Interface=f"PJSIP/{DANA}")
        desk.terminal.wait(lambda shown: "Away" not in shown, what="the queue that is missing")
        desk.terminal.press("f9")
        eventually(lambda: rung_next(console), "a member again")
