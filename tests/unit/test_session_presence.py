"""What the agent chose, as the desk counts the time since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.screens import words
from agent_tui.screens.keys import buttons
from agent_tui.session import events as de
from agent_tui.session import select
from agent_tui.session.reduce import reduce
from agent_tui.session.state import Call, Link, Phase, SessionState, Work
from hub import contract as c
from sip.call_state import CallState
from sip.events import Party
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


_READY = SessionState(me=ME, hub=Link.UP, pbx=Link.UP)
_PAUSED = ME.model_copy(update={"members": (ME.members[0].model_copy(update={"paused": True}),)})
_CALL = Call("c1", Party("", "602", ""), "", CallState.ESTABLISHED, 0.0, outgoing=True)
_AWAY = _PAUSED.model_copy(update={"presence": c.Presence.AWAY})


@pytest.mark.parametrize(
    ("state", "mended"),
    [
        (replace(_READY, me=_PAUSED), True),
        (replace(_READY, me=ME.model_copy(update={"members": ()})), True),
        (_READY, False),
        (replace(_READY, me=_AWAY), False),
        (replace(_READY, me=_PAUSED, wanted=c.Presence.AWAY), False),
        (replace(_READY, me=_PAUSED, wanted=c.Presence.READY), False),
        (replace(_READY, me=_PAUSED, hub=Link.DOWN), False),
        (replace(_READY, me=_PAUSED, pbx=Link.DOWN), False),
        (replace(_READY, me=_PAUSED, work=(Work("1.1", None, Phase.WRAP_UP, 0.0),)), False),
        (replace(_READY, me=_PAUSED, calls=(_CALL,)), False),
        (SessionState(), False),
    ],
)
def test_ready_is_offered_again_where_the_exchange_keeps_calls_away_for_nothing(
    state: SessionState, mended: bool
) -> None:
    assert select.at_odds(state) is mended
    presence = next(one for one in buttons(state) if one.name == "presence")
    ready = select.chosen_presence(state) is not c.Presence.READY or mended
    assert presence.label == (words.READY if ready else words.AWAY)


def test_where_it_did_not_help_the_agent_can_go_away_and_the_next_difference_can_be_mended() -> None:
    def after(state: SessionState, *events: de.DeskEvent) -> SessionState:
        for event in events:
            state = reduce(state, event, 100.0)
        return state

    tried = after(replace(_READY, me=_PAUSED), de.PresenceWanted(c.Presence.READY), c.MeEvent(me=_PAUSED))
    assert tried.wanted is None
    assert not select.at_odds(tried)
    again = after(tried, c.MeEvent(me=ME), c.MeEvent(me=_PAUSED))
    assert select.at_odds(again)
