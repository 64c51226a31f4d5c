"""Calls as the phone tells of them: who has the keys, what the timers count from, what ends where."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.draft import Draft
from agent_tui.session.reduce import reduce
from agent_tui.session.select import call_seconds, missing, phase_seconds, possible
from agent_tui.session.state import Link, Phase, SessionState
from hub import contract as c
from sip import events as ev
from sip.call_state import CallState
from sip.capability import Capability
from tests.stubs.messages import ME, a_card, a_record, an_offer

NOA = ev.Party("Noa", "+972521234567", "sip:noa@test")
AT = datetime(2026, 5, 28, 11, 36, tzinfo=UTC)
ABLE = ~Capability(0)
UP = SessionState(phone=Link.UP, capabilities=ABLE, hub=Link.UP, pbx=Link.UP, me=ME)


def after(*events: de.DeskEvent, state: SessionState = UP, now: float = 10.0) -> SessionState:
    for event in events:
        state = reduce(state, event, now)
    return state


def test_a_ring_takes_the_keys_when_no_call_has_them() -> None:
    state = after(ev.CallIncoming("call-1", NOA))
    assert state.active == "call-1"
    assert {do.Answer, do.HangUp} <= possible(state)
    assert do.ToggleHold not in possible(state)


def test_a_ring_in_a_talk_leaves_the_keys_with_the_talk() -> None:
    state = after(
        ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"), ev.CallIncoming("call-2", NOA)
    )
    assert state.active == "call-1"
    assert state.ringing is not None
    assert state.ringing.id == "call-2"
    assert do.Answer in possible(state)
    assert do.Swap not in possible(state)


def test_whoever_is_talked_to_has_the_keys() -> None:
    state = after(ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"), ev.CallHeld("call-1"))
    state = after(ev.CallIncoming("call-2", NOA), ev.CallEstablished("call-2"), state=state)
    assert state.active == "call-2"
    assert do.Swap in possible(state)
    state = after(ev.CallHeld("call-2"), ev.CallResumed("call-1"), state=state)
    assert state.active == "call-1"
    state = after(ev.CallClosed("call-1", ev.CloseReason.NORMAL), state=state)
    assert state.active == "call-2"
    assert state.calls[0].state is CallState.HELD


def test_the_timers_of_a_call_told_again_go_on() -> None:
    story = (
        ev.Retold(ev.CallIncoming("call-1", NOA, "k-1"), 95.0),
        ev.Retold(ev.CallEstablished("call-1"), 90.0),
        ev.Retold(ev.CallHeld("call-1"), 30.0),
        ev.CallMuted("call-1", muted=True),
    )
    state = after(*story, now=1000.0)
    call = state.calls[0]
    assert state.now == 1000.0
    assert (call.state, call.answered, call.since, call.muted) == (CallState.HELD, 910.0, 970.0, True)
    assert call_seconds(call, state.now) == 90.0
    assert phase_seconds(state.work[0], state.now) == 90.0


def test_a_ring_told_again_has_rung_as_long_as_it_has() -> None:
    state = after(ev.Retold(ev.CallDialling("call-1", NOA), 9.0), ev.Retold(ev.CallProgress("call-1"), 7.0))
    assert call_seconds(state.calls[0], state.now) == 7.0


def test_the_talk_is_timed_through_hold_and_the_ring_before_it() -> None:
    state = after(ev.CallIncoming("call-1", NOA), now=10.0)
    assert call_seconds(state.calls[0], 14.0) == 4.0
    state = after(ev.CallEstablished("call-1"), state=state, now=15.0)
    state = after(ev.CallHeld("call-1"), state=state, now=20.0)
    assert call_seconds(state.calls[0], 25.0) == 10.0
    assert state.calls[0].since == 20.0


def test_a_call_being_dialled_must_end_before_another_is_taken_up() -> None:
    state = after(ev.CallDialling("call-1", NOA), ev.CallIncoming("call-2", NOA))
    assert do.Answer not in possible(state)
    assert do.Dial not in possible(state)
    assert do.HangUp in possible(state)


def test_a_transfer_that_fails_leaves_the_call_as_it_was() -> None:
    talk = after(ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"))
    under_way = after(ev.CallTransferring("call-1", "1002"), state=talk)
    assert under_way.calls[0].transferring == "1002"
    assert do.Transfer not in possible(under_way)
    failed = after(ev.TransferFailed("call-1", "1002", 486, ev.CloseReason.BUSY), state=under_way)
    assert failed.calls == talk.calls
    assert "to 1002: they are busy." in str(failed.notices[-1].words)
    assert "486" in str(failed.notices[-1].words)
    unknown = after(ev.TransferFailed("call-1", "1002", 404, ev.CloseReason.NOT_FOUND), state=under_way)
    assert "they are busy, away, or not known" in str(unknown.notices[-1].words)


def test_the_customer_handed_on_to_us_is_the_one_we_were_asked_about() -> None:
    ring = ev.CallIncoming("call-1", NOA, consulted="k-1")
    asked = after(ring, ev.CallEstablished("call-1"))
    assert asked.work == ()
    taken = after(c.ConnectedEvent(contact="k-1", at=AT), state=asked)
    assert taken.calls[0].contact == "k-1"
    assert after(c.ConnectedEvent(contact="k-2", at=AT), state=asked).calls[0].contact == ""
    assert after(ring, c.ConnectedEvent(contact="k-1", at=AT)).calls[0].contact == ""


ASKED = (
    ev.Retold(ev.CallIncoming("call-1", NOA, consulted="k-1"), 9.0),
    ev.Retold(ev.CallEstablished("call-1"), 7.0),
)
"""What the phone tells a new desk of a call in which a colleague asked about k-1."""


def with_us(phase: str, seconds: float = 5.0) -> de.SnapshotTaken:
    """The hub holds that k-1 is with us, for ``seconds`` in ``phase``."""
    since = AT - timedelta(seconds=seconds)
    contact = c.OpenContact.model_validate(
        {"offer": an_offer(), "phase": phase, "since": since, "card": a_card(), "record": a_record()}
    )
    return de.SnapshotTaken(c.Snapshot(cursor="1-1", me=ME, queues=(), contacts=(contact,), pbx=True), AT)


@pytest.mark.parametrize("story", [(*ASKED, with_us("talking")), (with_us("talking"), *ASKED)])
def test_a_new_desk_knows_the_customer_who_was_handed_on_to_us(story: tuple[de.DeskEvent, ...]) -> None:
    assert after(*story).calls[0].contact == "k-1"
    typed = de.DraftFound(Draft(contact="k-1", note="wants a bill"), AT)
    found = after(typed, *story)
    assert found.calls[0].contact == "k-1"
    assert [(work.note, work.phase) for work in found.work] == [("wants a bill", Phase.TALKING)]


def test_the_customer_handed_on_to_us_is_known_when_the_phone_was_out_of_sight() -> None:
    away, back = de.PhoneLinkChanged(Link.DOWN, "no phone"), de.PhoneLinkChanged(Link.UP)
    talk = after(*ASKED, with_us("talking"))
    again = after(away, back, *ASKED, state=talk, now=12.0)
    assert (again.calls[0].contact, again.work[0].phase) == ("k-1", Phase.TALKING)


@pytest.mark.parametrize("story", [(*ASKED, with_us("wrap_up", 60)), (with_us("wrap_up", 60), *ASKED)])
def test_a_customer_we_are_asked_about_may_be_one_we_had_before(story: tuple[de.DeskEvent, ...]) -> None:
    state = after(*story)
    assert (state.calls[0].contact, state.work[0].phase) == ("", Phase.WRAP_UP)
    assert after(with_us("offered"), *ASKED).calls[0].contact == ""
    being_stored = de.DraftFound(Draft(contact="k-1", finishing=True, wrap_up_since=AT), AT)
    assert after(being_stored, *ASKED).calls[0].contact == ""


def test_nobody_is_joined_before_the_colleague_answered_or_twice() -> None:
    talk = after(ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"), ev.CallHeld("call-1"))
    rings = after(ev.CallDialling("call-2", NOA, "call-1"), state=talk)
    assert do.AttendedTransfer not in possible(rings)
    asked = after(ev.CallEstablished("call-2"), state=rings)
    assert {do.AttendedTransfer, do.Merge, do.Swap} <= possible(asked)
    under_way = after(ev.CallTransferring("call-1", "1002", "call-2"), state=asked)
    assert possible(under_way).isdisjoint(
        {do.AttendedTransfer, do.Merge, do.Swap, do.ToggleHold, do.Transfer}
    )


def test_mute_lock_and_keys_belong_to_their_call() -> None:
    state = after(
        ev.CallIncoming("call-1", NOA),
        ev.CallEstablished("call-1"),
        ev.CallMuted("call-1", True),
        ev.CallEncrypted("call-1", "AES_CM_128"),
        ev.DtmfSent("call-1", "1"),
        ev.DtmfSent("call-1", "2#"),
    )
    call = state.calls[0]
    assert (call.muted, call.encryption, call.keys_sent) == (True, "AES_CM_128", "12#")


def test_without_the_phone_there_is_no_call_and_no_key_for_one() -> None:
    state = after(ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"))
    state = after(de.PhoneLinkChanged(Link.DOWN, "it ended"), state=state)
    assert state.calls == ()
    assert state.active is None
    assert state.registration.state is ev.RegistrationState.UNREGISTERED
    assert possible(state) <= {do.DismissNotice, do.SetPresence, do.PromiseCallback, do.SearchHistory}


def test_a_phone_that_tells_again_how_it_stands_changes_nothing() -> None:
    told = (ev.CallIncoming("call-1", NOA, "k-1"), ev.CallEstablished("call-1"), ev.CallHeld("call-1"))
    state = after(*told)
    assert after(*told, state=state) == state


def test_a_call_without_a_card_says_who_is_missing() -> None:
    direct = after(ev.CallIncoming("call-1", NOA))
    assert direct.calls[0].party.number == "+972521234567"
    assert "direct call" in missing(direct, direct.calls[0])
    hub_down = after(
        de.HubLinkChanged(Link.DOWN, "no answer"), ev.CallIncoming("call-1", NOA, "k-1"), state=UP
    )
    assert "hub does not answer" in missing(hub_down, hub_down.calls[0])
    told = after(ev.CallIncoming("call-1", NOA, "k-1"))
    assert "not told" in missing(told, told.calls[0])
    told = after(c.OfferedEvent(offer=an_offer(), card=a_card()), state=told)
    assert missing(told, told.calls[0]) == ""


def test_of_two_merged_calls_the_one_told_first_has_the_keys() -> None:
    state = after(ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"), ev.CallHeld("call-1"))
    state = after(ev.CallDialling("call-2", NOA), ev.CallEstablished("call-2"), state=state)
    state = after(ev.CallResumed("call-1"), state=state)
    assert state.active == "call-1"
    state = after(ev.CallMerged("call-2", merged=True), ev.CallMerged("call-1", merged=True), state=state)
    assert state.active == "call-2"
