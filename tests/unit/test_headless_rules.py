"""What an agent without a screen does as the desk stands, and when."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.headless.facts import facts
from agent_tui.headless.rules import Due, Rules, due, due_of_before, owed
from agent_tui.session.state import Link, SessionState
from hub.contract import Presence
from sip.call_state import CallState
from tests.stubs.desk import IDLE, NOW, RINGING, TALKING, WRAP_UP

RULES = Rules(answer_after=6, talk=300, note="asked for the price", outcome="sold")


def commands(state: SessionState, rules: Rules = RULES) -> list[do.Command]:
    return [one.command for one in due(state, rules)]


def test_a_call_is_answered_when_it_has_rung_long_enough() -> None:
    assert due(RINGING, RULES) == (Due(NOW - 4 + 6, do.Answer()),)


def test_a_talk_gets_its_note_at_once_and_ends_in_time() -> None:
    (work,) = TALKING.work
    unwritten = replace(TALKING, work=(replace(work, note=""),))
    assert due(unwritten, RULES) == (
        Due(NOW, do.EditNote("k-1", RULES.note)),
        Due(NOW - 207 + 300, do.HangUp()),
    )


def test_without_a_note_what_is_written_stays() -> None:
    assert commands(TALKING, Rules(talk=300)) == [do.HangUp()]


def test_a_wrap_up_is_noted_then_told_how_it_ended_then_finished() -> None:
    (work,) = WRAP_UP.work
    both = f"{work.note}\n{RULES.note}"
    assert commands(WRAP_UP) == [do.EditNote("k-1", both)], "what an earlier desk noted stays"
    noted = replace(WRAP_UP, work=(replace(work, note=both),))
    assert commands(noted) == [do.ChooseDisposition("k-1", "sold")]
    chosen = replace(WRAP_UP, work=(replace(work, note=both, disposition="sold"),))
    assert commands(chosen) == [do.FinishWrapUp("k-1")]
    finishing = replace(WRAP_UP, work=(replace(work, note=both, finishing=True),))
    assert commands(finishing) == []


def test_without_an_outcome_the_first_is_chosen_where_none_was() -> None:
    (work,) = WRAP_UP.work
    for none in ("", "of another centre"):
        undecided = replace(WRAP_UP, work=(replace(work, disposition=none),))
        assert commands(undecided, Rules()) == [do.ChooseDisposition("k-1", "solved")]
    assert work.disposition == "follow_up"
    assert commands(WRAP_UP, Rules()) == [do.FinishWrapUp("k-1")]


def test_who_is_away_becomes_ready_once_the_phone_can_be_rung() -> None:
    assert IDLE.me is not None
    away = replace(IDLE, me=IDLE.me.model_copy(update={"presence": Presence.AWAY}))
    assert commands(away) == [do.SetPresence(Presence.READY)]
    assert commands(replace(away, phone=Link.DOWN)) == []
    assert commands(replace(away, wanted=Presence.READY)) == []
    assert commands(IDLE) == []


def test_who_leaves_ends_calls_and_stores_what_is_owed_and_answers_nothing() -> None:
    assert [one.command for one in owed(TALKING, RULES)] == [
        do.SetPresence(Presence.OFFLINE),
        do.HangUp(),
    ]
    assert do.FinishWrapUp("k-1") not in [one.command for one in owed(WRAP_UP, Rules(outcome="sold"))]
    assert do.Answer() not in [one.command for one in owed(RINGING, RULES)]
    second = replace(TALKING, active=None)
    assert do.SelectCall("call-1") in [one.command for one in owed(second, RULES)]


def test_what_is_told_is_what_changed() -> None:
    assert list(facts(RINGING, RINGING)) == []
    states = [(fact["event"], fact["state"]) for fact in facts(IDLE, RINGING) if "state" in fact]
    assert states == [("call", CallState.INCOMING.value), ("contact", "offered")]
    assert {"event": "card", "contact": "k-1", "customer": "C-2012", "name": "Ruth Ben-Ami"} in list(
        facts(IDLE, RINGING)
    )
    assert [fact["state"] for fact in facts(TALKING, WRAP_UP)] == ["closed", "wrap_up"]
    assert [(fact["state"], fact["outcome"]) for fact in facts(WRAP_UP, IDLE)] == [("gone", "follow_up")]


def test_what_is_owed_from_before_is_stored_before_anything_else() -> None:
    (work,) = WRAP_UP.work
    undecided = replace(WRAP_UP, work=(replace(work, disposition=""),))
    assert [one.command for one in due_of_before(undecided, Rules())] == [
        do.ChooseDisposition("k-1", "solved")
    ]
    assert [one.command for one in due_of_before(WRAP_UP, Rules())] == [do.FinishWrapUp("k-1")]
    assert due_of_before(TALKING, Rules()) == ()
