"""A trainer and an agent, each at a desk in a terminal, on the real Asterisk: by keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.acts import DANA, NAME, RUTH
from tests.e2e.centre import Centre
from tests.e2e.listened import TRAINER, listened
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


@pytest.fixture(name="listened")
def listened_centre(asterisk: Asterisk, surroundings: Path) -> Iterator[Centre]:
    with listened(asterisk, surroundings) as made:
        yield made


def test_a_trainer_listens_whispers_joins_and_writes_by_keys(listened: Centre, console: Console) -> None:
    with listened.desk(DANA) as agent, listened.desk(TRAINER) as trainer:
        agent.ready()
        console.customer("support", number=RUTH)
        agent.terminal.wait_for("RINGING", NAME)
        agent.terminal.press("f2")
        agent.terminal.wait_for("TALKING")
        screen = trainer.terminal
        screen.wait_for("Offline", "1102")
        screen.press("ctrl+l")
        screen.wait_for("The floor", "Dana", "in a call")
        screen.press("down", "down", "down", "down")  # behind the agents 1001 to 1004
        screen.wait_for("F3 listen")
        screen.press("f3")
        screen.wait_for("You listen to Dana", "MUTED")
        agent.terminal.wait_for("LISTENS")
        screen.press("f4")
        screen.wait_for("You whisper to Dana")
        screen.wait_without("MUTED")
        agent.terminal.wait_for("WHISPERS", "only you hear them")
        screen.press("f5")
        screen.wait_for("You have joined Dana")
        agent.terminal.wait_for("JOINED")
        screen.press("f6")
        screen.wait_for("A line to Dana")
        screen.type("Slower, please.")
        screen.press("enter")
        agent.terminal.wait_for("writes to you: Slower, please.")
        screen.press("f8")
        screen.wait_for("You listen to nobody")
        agent.terminal.wait_without("JOINED")
        agent.terminal.wait_for("TALKING")
