"""What the agent chose, as the desk counts the time since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.screens import words
from agent_tui.screens.keys import buttons
from agent_tui.screens.views.status import status_bar
from agent_tui.session import events as de
from agent_tui.session import select
from agent_tui.session.odds import at_odds, unmended
from agent_tui.session.reduce import reduce
from agent_tui.session.state import Call, Link, Phase, SessionState, Work
from agent_tui.text import catalogue
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


_WISH = c.MemberWish(member=True)
_ME = ME.model_copy(update={"wish": _WISH})
_READY = SessionState(now=100.0, me=_ME, hub=Link.UP, pbx=Link.UP)
_KEPT = c.MemberWish(member=True, paused=True)
_CALL = Call("c1", Party("", "602", ""), "", CallState.ESTABLISHED, 0.0, outgoing=True)
_OWED = (Work("1.1", None, Phase.WRAP_UP, 0.0),)


def _me(
    wish: c.MemberWish | None = _WISH, presence: c.Presence = c.Presence.READY, *members: tuple[bool, str]
) -> c.Me:
    """Who is to be as ``wish`` says, and is, paused or not and why, as each of ``members`` says."""
    seen = tuple(c.MemberView(queue="support", state="free", paused=p, reason=why) for p, why in members)
    return ME.model_copy(update={"wish": wish, "presence": presence, "members": seen})


_PAUSED = _me(_WISH, c.Presence.READY, (True, "by hand"))
_NOT_AWAY = _me(_KEPT, c.Presence.AWAY, (False, ""))


@pytest.mark.parametrize(
    ("state", "mends"),
    [
        (replace(_READY, me=_PAUSED), True),
        (replace(_READY, me=_me()), True),
        (replace(_READY, me=_NOT_AWAY), True),
        (replace(_READY, me=_me(c.MemberWish(member=False), c.Presence.OFFLINE, (True, ""))), True),
        (replace(_READY, me=_PAUSED, work=_OWED), True),
        (_READY, False),
        (replace(_READY, me=_me(_KEPT, c.Presence.READY, (True, "no desk"))), False),
        (replace(_READY, me=_me(_KEPT, c.Presence.READY, (True, "wrap-up")), work=_OWED), False),
        (replace(_READY, me=_me(_KEPT, c.Presence.AWAY, (True, "Lunch"))), False),
        (replace(_READY, me=_me(c.MemberWish(member=False), c.Presence.OFFLINE)), False),
        (replace(_READY, me=_me(None, c.Presence.OFFLINE, (True, ""))), False),
        (replace(_READY, me=_PAUSED, wanted=c.Presence.AWAY), False),
        (replace(_READY, me=_PAUSED, wanted=c.Presence.READY), False),
        (replace(_READY, me=_PAUSED, hub=Link.DOWN), False),
        (replace(_READY, me=_PAUSED, pbx=Link.DOWN), False),
        (replace(_READY, me=_PAUSED, calls=(_CALL,)), False),
        (replace(_READY, me=_PAUSED, presence_since=99.0), False),
        (SessionState(), False),
    ],
)
def test_the_same_choice_is_offered_again_where_the_exchange_has_the_agent_otherwise(
    state: SessionState, mends: bool
) -> None:
    assert at_odds(state) is mends
    presence = next(one for one in buttons(state) if one.name == "presence")
    chosen = select.chosen_presence(state)
    usual = "Away" if chosen is c.Presence.READY else "Ready"
    assert presence.label == (str(words.PRESENCE[chosen]) if mends and chosen else usual)


def _after(state: SessionState, *events: de.DeskEvent) -> SessionState:
    for event in events:
        state = reduce(state, event, 100.0)
    return state


@pytest.mark.parametrize(
    ("told", "right"), [(_PAUSED, _ME), (_NOT_AWAY, _me(_KEPT, c.Presence.AWAY, (True, "")))]
)
def test_where_it_did_not_help_the_agent_can_choose_otherwise_and_the_next_difference_can_be_mended(
    told: c.Me, right: c.Me
) -> None:
    tried = _after(replace(_READY, me=told), de.PresenceWanted(told.presence), c.MeEvent(me=told))
    assert tried.wanted is None
    assert not at_odds(tried)
    assert unmended(tried)
    again = _after(tried, c.MeEvent(me=right), c.MeEvent(me=told))
    assert at_odds(again)


@pytest.mark.parametrize(
    ("told", "language", "step"),
    [
        (_PAUSED, "en", "tell your team leader"),
        (_PAUSED, "he", "לראש הצוות"),
        (_NOT_AWAY, "en", "Decline by F8"),
        (_NOT_AWAY, "he", "F8"),
    ],
)
def test_words_with_a_next_step_stand_until_the_exchange_follows_or_something_else_is_chosen(
    told: c.Me, language: str, step: str
) -> None:
    catalogue.use(language)
    state = _after(replace(_READY, me=told), de.NotMended())
    assert [(one.topic, step in str(one.words)) for one in state.notices] == [("exchange", True)]
    assert ("\u05d0" <= str(state.notices[0].words)[0] <= "\u05ea") is (language == "he")
    assert _after(state, c.MeEvent(me=told)).notices == state.notices
    followed = told.model_copy(
        update={"members": (c.MemberView(queue="support", state="free", paused=not told.members[0].paused),)}
    )
    assert _after(state, c.MeEvent(me=followed)).notices == ()
    assert _after(state, de.PresenceWanted(c.Presence.AWAY)).notices == ()


@pytest.mark.parametrize(
    ("name", "hebrew"),
    [("wrap-up", "סיכום שיחה"), ("missed calls", "שיחות שלא נענו"), ("no desk", "העמדה מנותקת")],
)
def test_the_hubs_own_pauses_are_named_in_the_agents_language(name: str, hebrew: str) -> None:
    paused = _me(_KEPT, c.Presence.READY, (True, name))
    away = _me(_KEPT, c.Presence.AWAY, (True, name)).model_copy(update={"reason": name})
    rule = c.PresenceSetEvent(presence=c.Presence.AWAY, words=name)
    boss = c.PresenceSetEvent(by="Noam", presence=c.Presence.AWAY, words=name)
    for language, told, pause, away_said in (
        ("en", name, "paused", "Away"),
        ("he", hebrew, "בהפסקה", "הפסקה"),
    ):
        catalogue.use(language)
        shown = [status_bar(replace(_READY, me=me), AT) for me in (paused, away)]
        texts = [" ".join(cell.text for cell in page.rows[0].cells) for page in shown]
        assert f"{pause}: {told}" in texts[0]
        assert f"{away_said}: {told}" in texts[1]
        state = replace(_READY, me=away)
        assert told in str(_after(state, rule).notices[0].words)
        assert name in str(_after(state, boss).notices[0].words), "their own words"
