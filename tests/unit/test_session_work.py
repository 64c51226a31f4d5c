"""One contact on the desk: offer and ring in either order, talk, wrap-up, and what the hub says meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.draft import draft_of
from agent_tui.session.select import phase_seconds, possible, script_steps, waited_seconds
from agent_tui.session.state import Link, NoteState, Phase, SessionState, Work
from hub import contract as c
from sip import events as ev
from tests.stubs.messages import AT, CARD, ME, SCRIPT, a_card, a_record, an_offer
from tests.unit.test_session_calls import NOA, UP, after

OFFERED = c.OfferedEvent(offer=an_offer(), card=a_card())
RING = ev.CallIncoming("call-1", NOA, "k-1")
ANSWERED = ev.CallEstablished("call-1")
CONNECTED = c.ConnectedEvent(contact="k-1", at=AT)
ENDED = c.ContactEndedEvent(contact="k-1", ended_by="caller", at=AT)
WITHDRAWN = c.OfferEndedEvent(contact="k-1", abandoned=True, at=AT)


def closed(reason: ev.CloseReason = ev.CloseReason.NORMAL) -> ev.CallClosed:
    return ev.CallClosed("call-1", reason)


def only(state: SessionState) -> Work:
    (work,) = state.work
    return work


def a_snapshot(*opens: c.OpenContact) -> de.SnapshotTaken:
    return de.SnapshotTaken(c.Snapshot(cursor="1-1", me=ME, queues=(), contacts=opens, pbx=True), AT)


def open_contact(phase: str, **record: str) -> c.OpenContact:
    told = c.OpenContact(
        offer=an_offer(), phase="offered", since=AT, card=a_card(), record=a_record(**record)
    )
    return told.model_copy(update={"phase": phase})


@pytest.mark.parametrize("order", [(OFFERED, RING), (RING, OFFERED)])
def test_offer_and_ring_meet_in_either_order(order: tuple[de.DeskEvent, ...]) -> None:
    work = only(after(*order))
    assert work.offer is not None
    assert work.offer.queue_title == "Support"
    assert work.customer_card == CARD
    assert work.phase is Phase.OFFERED


@pytest.mark.parametrize("order", [(ANSWERED, CONNECTED), (CONNECTED, ANSWERED), (ANSWERED,), (CONNECTED,)])
def test_talk_begins_by_whoever_tells_first(order: tuple[de.DeskEvent, ...]) -> None:
    assert only(after(OFFERED, RING, *order)).phase is Phase.TALKING


@pytest.mark.parametrize("order", [(ENDED, closed()), (closed(), ENDED), (closed(),), (ENDED,)])
def test_after_the_talk_a_wrap_up_is_owed(order: tuple[de.DeskEvent, ...]) -> None:
    state = after(OFFERED, RING, ANSWERED, CONNECTED, *order)
    assert only(state).phase is Phase.WRAP_UP
    assert do.FinishWrapUp in possible(state)


@pytest.mark.parametrize("late", [CONNECTED, OFFERED, RING])
def test_a_late_word_never_takes_a_phase_back(late: de.DeskEvent) -> None:
    assert only(after(OFFERED, RING, ANSWERED, closed(), late)).phase is Phase.WRAP_UP


def test_the_caller_hangs_up_while_ringing() -> None:
    cancelled = closed(ev.CloseReason.CANCELLED)
    for order in ((cancelled, WITHDRAWN), (WITHDRAWN, cancelled)):
        state = after(OFFERED, RING, *order)
        assert state.work == ()
        assert state.calls == ()
        assert str(state.notices[-1].words) == "Missed: Noa hung up, or it rang too long."


def test_the_agent_declines() -> None:
    state = after(OFFERED, RING, closed(ev.CloseReason.REJECTED))
    assert (state.work, state.calls, state.notices) == ((), (), ())


def test_the_caller_hangs_up_while_on_hold() -> None:
    state = after(OFFERED, RING, ANSWERED, ev.CallHeld("call-1"), closed(), ENDED)
    assert only(state).phase is Phase.WRAP_UP
    assert state.active is None


def test_the_caller_hangs_up_while_the_wrap_up_of_another_is_open() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), de.NoteTyped("k-1", "first"))
    other = ev.CallIncoming("call-2", NOA, "k-2")
    state = after(other, ev.CallEstablished("call-2"), state=state)
    assert state.shown is not None
    assert state.shown.contact == "k-2"
    state = after(ev.CallClosed("call-2", ev.CloseReason.NORMAL), state=state)
    assert [(work.contact, work.phase, work.note) for work in state.work] == [
        ("k-1", Phase.WRAP_UP, "first"),
        ("k-2", Phase.WRAP_UP, ""),
    ]


def test_an_old_offer_that_ends_leaves_the_new_ring_of_the_same_contact() -> None:
    state = after(OFFERED, RING, closed(ev.CloseReason.REJECTED), ev.CallIncoming("call-2", NOA, "k-1"))
    assert only(after(WITHDRAWN, state=state)).phase is Phase.OFFERED


def test_a_ring_while_the_note_is_written_leaves_the_text_with_its_contact() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), ev.CallIncoming("call-2", NOA, "k-2"))
    assert state.shown is not None
    assert state.shown.contact == "k-2"
    state = after(de.NoteTyped("k-1", "half a sen"), state=state)
    assert [work.note for work in state.work] == ["half a sen", ""]


def test_on_an_offer_the_note_alone_is_written() -> None:
    state = after(OFFERED, RING, de.DispositionChosen("k-1", "solved"))
    assert only(state).disposition == ""
    assert do.EditNote in possible(state)
    assert not possible(state) & {do.ChooseDisposition, do.FinishWrapUp, do.TickStep, do.LinkCustomer}


def test_a_note_is_saved_only_as_far_as_the_hub_has_it() -> None:
    state = after(OFFERED, RING, ANSWERED, de.NoteTyped("k-1", "abc"), de.NoteSaved("k-1", "ab"))
    assert only(state).note_state is NoteState.TYPED
    state = after(de.NoteNotSaved("k-1", "no answer"), state=state)
    assert only(state).note_state is NoteState.UNSAVED
    assert "kept here" in str(state.notices[-1].words)
    state = after(de.NoteSaved("k-1", "abc"), state=state)
    assert only(state).note_state is NoteState.SAVED
    assert state.notices == ()


def test_a_wrap_up_on_its_way_is_not_changed_and_can_be_taken_up_again_when_refused() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), de.NoteTyped("k-1", "abc"))
    state = after(de.WrapUpStarted("k-1", "key"), de.NoteTyped("k-1", "abcd"), state=state)
    assert only(state).note == "abc"
    assert do.FinishWrapUp not in possible(state)
    state = after(de.WrapUpFailed("k-1", "unknown ending"), state=state)
    assert (only(state).finishing, only(state).note) == (False, "abc")
    assert do.FinishWrapUp in possible(state)
    assert "unknown ending" in str(state.notices[-1].words)
    assert only(after(de.WrapUpStarted("k-1", "another"), state=state)).wrap_up_key == "key"
    assert after(de.WrapUpStored(a_record()), state=state).work == ()


def test_the_work_on_its_way_gives_the_screen_to_the_work_still_owed() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), de.WrapUpStarted("k-1", "key"))
    assert state.shown is not None
    second = ev.CallIncoming("call-2", NOA, "k-2")
    state = after(
        second,
        ev.CallEstablished("call-2"),
        ev.CallClosed("call-2", ev.CloseReason.NORMAL),
        state=state,
    )
    assert state.shown is not None
    assert state.shown.contact == "k-2"


def test_the_phone_is_lost_in_a_talk_and_still_holds_the_call_when_it_is_back() -> None:
    state = after(OFFERED, RING, ANSWERED, de.PhoneLinkChanged(Link.DOWN, "gone"))
    assert only(state).phase is Phase.WRAP_UP
    state = after(de.PhoneLinkChanged(Link.UP), RING, ANSWERED, state=state)
    assert only(state).phase is Phase.TALKING


def test_the_wait_goes_on_until_talk_begins() -> None:
    state = after(OFFERED, RING, now=100.0)
    assert waited_seconds(only(state), 103.0) == 15.0
    state = after(ANSWERED, state=state, now=105.0)
    assert waited_seconds(only(state), 200.0) == 17.0
    assert phase_seconds(only(state), 200.0) == 95.0


def test_of_several_cards_the_agents_choice_stays() -> None:
    other = CARD.model_copy(update={"customer": "c-2", "name": "Avi Cohen"})
    answer = a_card("k-1", "+972521234567", CARD, other)
    state = after(c.OfferedEvent(offer=an_offer(), card=answer))
    assert only(state).customer_card is None
    state = after(de.CustomerChosen("k-1", "c-9"), de.CustomerChosen("k-1", "c-2"), state=state)
    assert only(state).customer_card == other
    assert only(after(c.CardEvent(card=answer), state=state)).customer_card == other
    assert only(after(c.CardEvent(card=a_card()), state=state)).customer_card == CARD


def test_a_card_that_came_by_the_stream_stays_when_a_request_answers_late() -> None:
    looking_up = a_card().model_copy(update={"status": c.CardStatus.PENDING, "cards": ()})
    state = after(OFFERED)
    assert only(after(de.CardArrived(looking_up), state=state)).customer_card == CARD
    down = looking_up.model_copy(update={"status": c.CardStatus.CRM_DOWN})
    first = c.OfferedEvent(offer=an_offer(), card=down)
    assert only(after(first, de.CardArrived(looking_up))).card == looking_up


@pytest.mark.parametrize("status", [c.CardStatus.PENDING, c.CardStatus.CRM_DOWN])
def test_a_hub_that_looks_up_anew_takes_away_neither_card_nor_choice(status: c.CardStatus) -> None:
    """As one does that was started again, while the CRM is slow or away."""
    other = CARD.model_copy(update={"customer": "c-2", "name": "Avi Cohen"})
    several = a_card("k-1", "+972521234567", CARD, other)
    nothing = several.model_copy(update={"status": status, "cards": ()})
    anew = open_contact("talking").model_copy(update={"card": nothing})
    state = after(c.OfferedEvent(offer=an_offer(), card=several), RING, ANSWERED)
    state = after(de.CustomerChosen("k-1", "c-2"), state=state)
    for told in (a_snapshot(anew), c.CardEvent(card=nothing)):
        assert only(after(told, state=state)).customer_card == other
        assert only(after(told, c.CardEvent(card=several), state=state)).customer_card == other


@pytest.mark.parametrize("status", [c.CardStatus.PENDING, c.CardStatus.CRM_DOWN])
def test_the_next_desk_has_the_choice_while_the_card_is_looked_up(status: c.CardStatus) -> None:
    other = CARD.model_copy(update={"customer": "c-2", "name": "Avi Cohen"})
    several = a_card("k-1", "+972521234567", CARD, other)
    before = after(c.OfferedEvent(offer=an_offer(), card=several), RING, ANSWERED)
    draft = draft_of(only(after(de.CustomerChosen("k-1", "c-2"), state=before)), 0.0, AT)
    assert draft is not None
    nothing = several.model_copy(update={"status": status, "cards": ()})
    anew = open_contact("talking").model_copy(update={"card": nothing})
    state = after(de.DraftFound(draft, AT), a_snapshot(anew))
    assert only(state).chosen_customer == "c-2"
    assert only(after(c.CardEvent(card=several), state=state)).customer_card == other


def test_a_script_is_ticked_and_survives_an_edit_of_its_file() -> None:
    state = after(OFFERED, RING, ANSWERED, de.ScriptArrived("k-1", SCRIPT))
    state = after(de.StepTicked("k-1", "greet"), de.StepAnswered("k-1", "line", "yes"), state=state)
    assert [step.id for step in script_steps(only(state))] == ["greet", "line", "restart", "close"]
    changed = c.ScriptChangedEvent(script="support.en", queue="support", language="en", revision="r2")
    state = after(changed, state=state)
    assert only(state).script_due
    edited = SCRIPT.model_copy(update={"revision": "r2", "steps": SCRIPT.steps[:2]})
    state = after(de.ScriptArrived("k-1", edited), state=state)
    progress = only(state).progress
    assert progress is not None
    assert (progress.revision, progress.done, progress.answers) == ("r2", ("greet", "line"), {"line": "yes"})
    assert not only(after(changed, state=state)).script_due


def test_a_snapshot_brings_back_what_a_desk_before_had_typed() -> None:
    told = open_contact("wrap_up", note="typed before", disposition="solved").model_copy(
        update={"since": AT - timedelta(seconds=40)}
    )
    work = only(after(a_snapshot(told), now=100.0))
    assert (work.phase, work.note, work.note_state) == (Phase.WRAP_UP, "typed before", NoteState.SAVED)
    assert phase_seconds(work, 100.0) == 40.0


def test_a_snapshot_loses_nothing_typed_here_and_ends_what_the_hub_holds_for_ended() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), de.NoteTyped("k-1", "typed"))
    assert only(after(a_snapshot(), state=state)).note == "typed"
    assert only(after(a_snapshot(open_contact("wrap_up", note="older")), state=state)).note == "typed"
    saved = after(de.NoteSaved("k-1", "typed"), state=state)
    assert after(a_snapshot(), state=saved).work == ()


def test_a_snapshot_keeps_a_talk_and_a_ring_the_hub_does_not_know() -> None:
    assert only(after(RING, a_snapshot())).phase is Phase.OFFERED
    assert only(after(RING, ANSWERED, a_snapshot())).phase is Phase.TALKING
    assert after(OFFERED, a_snapshot()).work == ()


def test_a_wrap_up_stored_elsewhere_leaves_text_only_this_desk_has() -> None:
    state = after(OFFERED, RING, ANSWERED, closed(), de.NoteTyped("k-1", "mine"))
    assert only(after(c.WrappedUpEvent(record=a_record(note="theirs")), state=state)).note == "mine"
    assert after(c.WrappedUpEvent(record=a_record(note="mine")), state=state).work == ()


def test_with_the_hub_down_a_contact_lives_from_ring_to_wrap_up() -> None:
    down = after(de.HubLinkChanged(Link.DOWN, "no answer"), state=UP)
    state = after(RING, ANSWERED, de.NoteTyped("k-1", "abc"), closed(), state=down)
    assert (only(state).offer, only(state).note, only(state).phase) == (None, "abc", Phase.WRAP_UP)
    state = after(a_snapshot(open_contact("wrap_up")), de.HubLinkChanged(Link.UP), state=state)
    assert only(state).offer == an_offer()
    assert only(state).note == "abc"
