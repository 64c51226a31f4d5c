"""The desk is gone for too long: no new call rings, nothing else changes, and all goes on when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.acts import DANA, NAME, RUTH, member, rung_next, snapshot, talk, wrap_up
from tests.e2e.centre import Centre, Desk
from tests.e2e.eventually import eventually
from tests.e2e.terminal import Terminal
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

_SHORT = "\n[agent_state]\ndesk_grace_seconds = 1\n"


@pytest.fixture
def centre(asterisk: Asterisk, surroundings: Path) -> Iterator[Centre]:
    """A centre that gives a lost desk one second."""
    made = Centre(asterisk, surroundings)
    made.serve_with(_SHORT)
    made.start_hub()
    yield made
    made.stop_hub()


class Desks:
    """Desks of Dana's, one after the other, with one phone."""

    def __init__(self, centre: Centre) -> None:
        self._home = centre.prepare(DANA)
        self._terminals: list[Terminal] = []

    def open(self) -> Desk:
        self._terminals.append(Terminal(self._home.command, env=self._home.env, columns=140, lines=40))
        return Desk(self._terminals[-1], self._home)

    def kill(self) -> None:
        self._terminals[-1].process.kill()
        self._terminals[-1].process.wait()

    def close(self) -> None:
        for terminal in self._terminals:
            terminal.end()
        self._home.end_phone()


@pytest.fixture
def desks(centre: Centre) -> Iterator[Desks]:
    made = Desks(centre)
    yield made
    made.close()


def kept_away(console: Console) -> None:
    """Wait until Asterisk keeps calls from Dana by the pause's name."""

    def paused() -> bool:
        seen = member(console)
        return (seen.get("Paused"), seen.get("PausedReason")) == ("1", "no desk")

    eventually(paused, "the named pause at Asterisk")


def legs(console: Console) -> list[str]:
    """Calls to Dana's phone."""
    return [row["Channel"] for row in console.channels() if row["Channel"].startswith(f"PJSIP/{DANA}-")]


def test_no_call_rings_at_a_phone_whose_desk_is_gone_and_the_next_desk_is_ready(
    centre: Centre, console: Console, desks: Desks
) -> None:
    desks.open().ready()
    eventually(lambda: rung_next(console), "a member who can be rung")
    desks.kill()
    kept_away(console)
    customer = console.customer("support", number=RUTH)
    eventually(lambda: snapshot(centre).queues[0].waiting == 1, "a customer who waits")
    me = snapshot(centre).me
    assert (me.presence, me.reason) == ("ready", "")
    assert legs(console) == []
    desk = desks.open()
    desk.terminal.wait_for("▲ Ready", "RINGING", NAME, within=40)
    customer.hang_up()


def test_a_talk_goes_on_without_its_desk_and_no_call_follows_it(
    centre: Centre, console: Console, desks: Desks
) -> None:
    desk = desks.open()
    desk.ready()
    customer = talk(console, desk)
    desks.kill()
    kept_away(console)
    assert customer.present
    assert len(legs(console)) == 1
    following = console.customer("support", number=RUTH)
    customer.hang_up()
    eventually(lambda: not legs(console), "the talk is over")
    kept_away(console)
    desk = desks.open()
    desk.terminal.wait_for("WRAP-UP", NAME, "paused: wrap-up", within=40)
    assert legs(console) == []
    wrap_up(desk)
    desk.terminal.wait_for("RINGING", NAME)
    following.hang_up()
