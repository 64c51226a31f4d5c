"""What the agent did is painted at once; figures and what is being typed wait for the next painting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.session.soon import painted_at_once
from agent_tui.session.state import SessionState
from tests.stubs import desk, floor_desk

IN_TIME = replace(desk.IDLE, now=desk.NOW + 1, queues=desk.QUEUES[:1])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (desk.IDLE, desk.RINGING),
        (floor_desk.FLOOR, replace(floor_desk.FLOOR, listening=floor_desk.LISTENING.listening)),
        (desk.IDLE, replace(desk.IDLE, sound=desk.CHOOSING.sound)),
        (desk.IDLE, replace(desk.IDLE, devices=desk.CHOOSING.devices)),
    ],
    ids=["a call", "listening in", "a choice of sound", "devices"],
)
def test_what_the_agent_did_is_painted_at_once(old: SessionState, new: SessionState) -> None:
    assert painted_at_once(old, new)


def test_time_and_figures_wait() -> None:
    assert not painted_at_once(desk.IDLE, IN_TIME)
