"""What the agent chose, as the desk counts the time since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from agent_tui.session import events as de
from agent_tui.session.reduce import reduce
from agent_tui.session.state import SessionState
from hub import contract as c
from tests.stubs.messages import AT, ME


def test_a_desk_that_comes_later_counts_from_the_choice_on() -> None:
    me = ME.model_copy(update={"presence": c.Presence.AWAY, "presence_since": AT - timedelta(seconds=90)})
    taken = de.SnapshotTaken(c.Snapshot(cursor="1-1", me=me, queues=(), pbx=True), AT)
    fresh = reduce(SessionState(), taken, 100.0)
    assert fresh.presence_since == 10.0
    later = replace(taken, at=AT + timedelta(seconds=7))
    assert reduce(fresh, later, 105.0).presence_since == 10.0, "its own clock goes on"
    other = me.model_copy(update={"presence": c.Presence.READY, "presence_since": AT})
    assert reduce(fresh, c.MeEvent(me=other), 120.0).presence_since == 120.0
