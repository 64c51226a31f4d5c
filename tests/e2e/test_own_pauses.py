"""Pauses by a reason of the centre's own, also from a talk, and differences that one key mends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.acts import DANA, NAME, RUTH, member, rung_next, talk, wrap_up
from tests.e2e.centre import Centre, Desk
from tests.e2e.eventually import eventually
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

REASON = "Team lunch"
_REASONS = f'\n[pause_reasons]\nen = ["{REASON}"]\n'
_LIMIT = ('number = "700"', 'number = "700"\nwrap_up_limit_seconds = 1')


@pytest.fixture
def centre(asterisk: Asterisk, surroundings: Path) -> Iterator[Centre]:
    """A centre with a reason of its own, where a wrap-up of support keeps calls away for a second."""
    made = Centre(asterisk, surroundings)
    made.serve_with(_REASONS, _LIMIT)
    made.start_hub()
    yield made
    made.stop_hub()


def away(desk: Desk) -> None:
    """Choose the centre's reason, the one after none."""
    desk.terminal.press("f9")
    desk.terminal.wait_for("Away: why?", REASON)
    desk.terminal.press("down")
    desk.terminal.press("enter")
    desk.terminal.wait_for(f"■ Away: {REASON}", f"paused: {REASON}")


def paused(console: Console, reason: str) -> None:
    """Wait until Asterisk has Dana paused under this name; "" for not paused."""

    def so() -> bool:
        seen = member(console)
        return (seen.get("Paused"), seen.get("PausedReason", "")) == ("1" if reason else "0", reason)

    eventually(so, f"the pause {reason!r} at Asterisk")


def test_a_break_chosen_in_a_talk_begins_with_its_end_and_a_wrap_up_does_not_end_it(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA) as desk:
        desk.ready()
        customer = talk(console, desk)
        away(desk)
        paused(console, REASON)
        assert customer.present
        desk.terminal.wait_for("TALKING", NAME)
        following = console.customer("support", number=RUTH)
        customer.hang_up()
        desk.terminal.wait_for("WRAP-UP")
        wrap_up(desk)
        paused(console, REASON)
        assert not [row for row in console.channels() if row["Channel"].startswith(f"PJSIP/{DANA}-")]
        desk.terminal.press("f9")
        desk.terminal.wait_for("RINGING", NAME)
        following.hang_up()


def test_a_difference_while_a_wrap_up_is_owed_is_mended_by_one_key(centre: Centre, console: Console) -> None:
    with centre.desk(DANA, columns=140) as desk:
        desk.ready()
        talk(console, desk).hang_up()
        desk.terminal.wait_for("WRAP-UP", "The time for the wrap-up is over")
        eventually(lambda: rung_next(console), "a member who can be rung")
        console.act("QueuePause", Interface=f"PJSIP/{DANA}", Paused="true", Reason="by hand")
        desk.terminal.wait(
            lambda shown: "paused: by hand" in shown and "Away" not in shown and "WRAP-UP" in shown,
            what="the difference, and Ready in the place of Away",
        )
        desk.terminal.press("f9")
        eventually(lambda: rung_next(console), "a member who can be rung again")
        desk.terminal.wait(lambda shown: "by hand" not in shown and "Away" in shown, what="no difference")


def test_who_is_away_and_was_freed_behind_the_hubs_back_is_paused_again_by_one_key(
    centre: Centre, console: Console
) -> None:
    with centre.desk(DANA, columns=140) as desk:
        desk.ready()
        away(desk)
        console.act("QueuePause", Interface=f"PJSIP/{DANA}", Paused="false")
        desk.terminal.wait(
            lambda shown: "exchange: free" in shown and "Ready" not in shown,
            what="Away in the place of Ready",
        )
        desk.terminal.press("f9")
        paused(console, REASON)
        desk.terminal.wait(
            lambda shown: f"paused: {REASON}" in shown and "Ready" in shown, what="no difference"
        )
