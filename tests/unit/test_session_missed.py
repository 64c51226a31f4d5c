"""What is noted while it rings: it stays with its caller, whoever takes them, and is in nobody's way."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.work import EDITS
from agent_tui.linear.telling import told
from agent_tui.screens.views.calls import calls_page
from agent_tui.screens.views.note import note_view, outcome_page
from agent_tui.session import events as de
from agent_tui.session.draft import draft_of, work_of
from agent_tui.session.select import possible
from agent_tui.session.state import Link, NoteState, Phase, SessionState
from hub import contract as c
from sip import events as ev
from tests.stubs.messages import AT, CARD, ME, a_card, a_record, an_offer
from tests.unit.test_session_calls import NOA, after
from tests.unit.test_session_work import (
    ANSWERED,
    CONNECTED,
    ENDED,
    OFFERED,
    RING,
    WITHDRAWN,
    a_snapshot,
    closed,
    only,
    open_contact,
)

TYPED = de.NoteTyped("k-1", "half a sen")
NEXT_OFFERED = c.OfferedEvent(offer=an_offer("k-2"), card=a_card("k-2"))
NEXT_RING = ev.CallIncoming("call-2", NOA, "k-2")
GONE = closed(ev.CloseReason.CANCELLED)
MISSED = (OFFERED, RING, TYPED, GONE, WITHDRAWN)


def finished(state: SessionState) -> SessionState:
    """What F12 makes of the contact under the agent's hands."""
    assert state.written is not None
    asked = do.FinishWrapUp(state.written.contact)
    return after(EDITS[do.FinishWrapUp](state, asked), state=state)


def test_what_is_typed_while_it_rings_goes_on_in_the_talk() -> None:
    state = after(OFFERED, RING, TYPED)
    assert (only(state).note, note_view(state).writable) == ("half a sen", True)
    state = after(ANSWERED, CONNECTED, state=state)
    assert (only(state).phase, only(state).note) == (Phase.TALKING, "half a sen")
    assert only(state).unsaved


@pytest.mark.parametrize("reason", [ev.CloseReason.CANCELLED, ev.CloseReason.REJECTED, ev.CloseReason.FAILED])
@pytest.mark.parametrize("turned", [False, True])
def test_a_noted_ring_that_ends_stays_and_one_without_a_note_leaves(
    reason: ev.CloseReason, turned: bool
) -> None:
    ends = (WITHDRAWN, closed(reason)) if turned else (closed(reason), WITHDRAWN)
    work = only(after(OFFERED, RING, TYPED, *ends))
    assert (work.phase, work.note) == (Phase.MISSED, "half a sen")
    assert after(OFFERED, RING, *ends).work == ()
    assert after(OFFERED, RING, TYPED, de.NoteTyped("k-1", ""), *ends).work == ()


def test_the_next_caller_rings_beside_it_and_typing_stays_with_the_first() -> None:
    state = after(*MISSED, NEXT_OFFERED, NEXT_RING)
    assert state.shown is not None
    assert state.written is not None
    assert (state.shown.contact, state.written.contact) == ("k-2", "k-1")
    assert do.Answer in possible(after(de.PhoneLinkChanged(Link.UP), state=state))
    state = after(de.NoteTyped("k-1", "half a sentence"), state=state)
    assert [work.note for work in state.work] == ["half a sentence", ""]
    state = finished(state)
    assert state.written is not None
    assert state.written.contact == "k-2"
    state = after(ev.CallEstablished("call-2"), state=after(*MISSED, NEXT_OFFERED, NEXT_RING))
    assert state.written is not None
    assert state.written.contact == "k-2"
    assert [work.note for work in state.work] == ["half a sen", ""]


def test_who_rings_again_goes_on_with_the_note() -> None:
    again = (OFFERED, ev.CallIncoming("call-3", NOA, "k-1"))
    for events in (again, again[::-1]):
        state = after(*MISSED, *events)
        assert (only(state).phase, only(state).note) == (Phase.OFFERED, "half a sen")
    state = after(ev.CallEstablished("call-3"), state=after(*MISSED, *again))
    assert (only(state).phase, only(state).note) == (Phase.TALKING, "half a sen")


def test_it_is_sent_by_the_key_of_the_wrap_up_and_leaves_when_it_is_stored() -> None:
    state = finished(after(*MISSED))
    work = only(state)
    assert (work.finishing, bool(work.wrap_up_key), work.note) == (True, True, "half a sen")
    assert after(TYPED, de.NoteTyped("k-1", "more"), state=state).work == state.work
    refused = after(de.WrapUpFailed("k-1", "no"), state=state)
    assert only(refused).note == "half a sen"
    assert only(finished(refused)).wrap_up_key == work.wrap_up_key
    assert after(de.WrapUpStored(a_record("k-1")), state=state).work == ()


def test_who_rings_again_while_the_note_is_on_its_way_is_not_lost_with_it() -> None:
    again = ev.CallIncoming("call-3", NOA, "k-1")
    state = after(again, state=finished(after(*MISSED)))
    told = c.WrappedUpEvent(record=a_record("k-1", note="half a sen"))
    stored = after(told, de.WrapUpStored(a_record("k-1")), state=state)
    assert (only(stored).phase, only(stored).note) == (Phase.OFFERED, "")
    talked = after(ev.CallEstablished("call-3"), de.WrapUpStored(a_record("k-1")), state=state)
    assert only(talked).phase is Phase.TALKING


def test_only_an_empty_note_is_let_go() -> None:
    assert after(de.MissedLeft("k-1"), state=after(*MISSED)).work != ()
    state = after(de.NoteTyped("k-1", ""), state=after(*MISSED))
    assert only(state).phase is Phase.MISSED
    assert not only(state).unsaved
    assert finished(state).work == ()


def test_a_snapshot_leaves_it_and_what_the_hub_knows_better_is_taken() -> None:
    assert only(after(a_snapshot(), state=after(*MISSED))).note == "half a sen"
    assert only(after(a_snapshot(), state=after(OFFERED, TYPED))).phase is Phase.MISSED
    for phase in ("offered", "talking", "wrap_up"):
        work = only(after(a_snapshot(open_contact(phase)), state=after(*MISSED)))
        assert (work.phase.value, work.note) == (phase, "half a sen")
    assert only(after(ENDED, state=after(*MISSED))).phase is Phase.WRAP_UP


@pytest.mark.parametrize("events", [(OFFERED, RING, TYPED), MISSED])
def test_the_next_desk_has_the_note_and_knows_whose_it_is(events: tuple[de.DeskEvent, ...]) -> None:
    draft = draft_of(only(after(*events)), 1.0, AT)
    assert draft is not None
    work = work_of(draft, 1.0, AT)
    assert (work.phase, work.note, work.note_state) == (Phase.MISSED, "half a sen", NoteState.UNSAVED)
    assert work.offer is not None
    assert work.offer.name == CARD.name
    state = after(de.DraftFound(draft, AT), RING)
    assert (only(state).phase, only(state).note) == (Phase.OFFERED, "half a sen")
    assert draft_of(only(after(OFFERED, RING)), 1.0, AT) is None


def test_it_is_shown_with_what_to_do() -> None:
    state = after(c.MeEvent(me=ME), *MISSED)
    cells = [cell.text for row in calls_page(state).rows for cell in row.cells]
    assert " NOT TAKEN " in cells
    assert "F12 stores it" in cells
    assert note_view(state).subtitle == "\u2714 kept here"
    assert outcome_page(state).rows == ()
    state = after(de.NoteTyped("k-1", ""), state=state)
    assert "F12 lets it go" in [cell.text for row in calls_page(state).rows for cell in row.cells]


def test_the_linear_desk_tells_of_it() -> None:
    ringing = after(OFFERED, RING, TYPED)
    words = [str(one) for one in told(ringing, after(GONE, state=ringing))]
    assert any("What you noted about Noa Cohen is kept" in one for one in words)


DIALLED = c.DialFailedEvent(
    offer=an_offer("d-1").model_copy(update={"queue": "", "queue_title": "", "name": ""}), end="busy"
)


def test_a_number_dialled_in_vain_is_noted_with_how_it_ended_known() -> None:
    state = after(c.MeEvent(me=ME), DIALLED, DIALLED)
    assert (only(state).phase, only(state).dialled) == (Phase.MISSED, "busy")
    cells = [cell.text for row in calls_page(state).rows for cell in row.cells]
    assert " NOT REACHED " in cells
    assert any("busy" in one for one in cells)
    sent = finished(state)
    assert only(sent).finishing
    assert after(de.WrapUpStored(a_record("d-1")), state=sent).work == ()


def test_the_next_caller_rings_beside_a_dialled_one_and_the_next_desk_has_it() -> None:
    state = after(DIALLED, OFFERED, RING)
    assert state.shown is not None
    assert state.shown.contact == "k-1"
    draft = draft_of(only(after(DIALLED)), 1.0, AT)
    assert draft is not None
    found = only(after(a_snapshot(), state=after(de.DraftFound(draft, AT))))
    assert (found.dialled, found.phase, found.offer) == ("busy", Phase.MISSED, DIALLED.offer)


def test_the_linear_desk_tells_of_a_dialled_one() -> None:
    words = [str(one) for one in told(SessionState(), after(DIALLED))]
    assert any("Not reached" in one for one in words)


def test_who_is_asked_about_a_customer_in_vain_is_no_contact_of_their_own() -> None:
    assert only(after(OFFERED, RING, ANSWERED, DIALLED)).contact == "k-1"
