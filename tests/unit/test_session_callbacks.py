"""Callbacks in the desk's state: told by snapshot and event, read as an agenda, matched with a contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.agenda import Due, Whom, agenda, due, pressing, standing, whom
from agent_tui.session.reduce import reduce
from agent_tui.session.select import possible
from agent_tui.session.state import Call, Promise, SessionState
from hub import contract as c
from sip.call_state import CallState
from sip.events import Party
from tests.stubs import callback_desk, desk
from tests.stubs.callback_desk import CLOCK_UTC, HOME, MOBILE, a_callback
from tests.stubs.customers import ENGLISH_CARD, RUTH

EMPTY = callback_desk.with_callbacks(desk.IDLE, ())
TALKING = callback_desk.with_callbacks(desk.TALKING, ())


def told(state: SessionState, *callbacks: c.CallbackView) -> SessionState:
    for one in callbacks:
        state = reduce(state, c.CallbackEvent(callback=one), desk.NOW)
    return state


def notice(state: SessionState) -> str:
    return next((str(one.words) for one in state.notices if one.topic == "callback"), "")


def test_a_snapshot_tells_all_and_an_event_one() -> None:
    first, second = a_callback(), a_callback(id="cb-2")
    assert EMPTY.me is not None
    snapshot = c.Snapshot(cursor="1", me=EMPTY.me, queues=(), callbacks=(first,), pbx=True)
    state = reduce(told(EMPTY, second), de.SnapshotTaken(snapshot, CLOCK_UTC), desk.NOW)
    assert state.callbacks == (first,)
    assert set(told(state, second).callbacks) == {first, second}
    dialled = a_callback(state="dialling")
    assert told(state, dialled).callbacks == (dialled,)


@pytest.mark.parametrize("ended", ["done", "failed", "cancelled"])
def test_what_has_ended_is_on_no_agenda(ended: str) -> None:
    state = told(EMPTY, a_callback(), a_callback(state=ended, tries=4))
    assert agenda(state) == ()
    assert ("called 4 times" in notice(state)) is (ended == "failed")


def test_the_agenda_is_mine_and_my_queues_in_the_order_in_which_it_is_due() -> None:
    mine = a_callback(id="mine", agent="dana", made_by="noam", queue="elsewhere", minutes=30)
    promised = a_callback(id="promised", made_by="dana", queue="elsewhere", minutes=10)
    anyone = a_callback(id="anyone", made_by="", minutes=20)
    others = a_callback(id="others", made_by="noam", agent="noam", minutes=1)
    nowhere = a_callback(id="nowhere", made_by="noam", queue="elsewhere", minutes=2)
    state = told(EMPTY, mine, others, promised, nowhere, anyone)
    assert [one.id for one in agenda(state)] == ["promised", "anyone", "mine"]
    assert agenda(replace(state, me=None)) == ()


def test_a_try_that_failed_moves_a_callback_to_its_next_time() -> None:
    state = told(EMPTY, a_callback(id="a", minutes=5), a_callback(id="b", minutes=10))
    state = told(state, a_callback(id="a", minutes=20, tries=1, result="busy"))
    assert [one.id for one in agenda(state)] == ["b", "a"]


@pytest.mark.parametrize(
    ("minutes", "state", "expected"),
    [
        (11, "open", Due.LATER),
        (10, "open", Due.SOON),
        (1, "open", Due.SOON),
        (0, "open", Due.NOW),
        (-5, "open", Due.NOW),
        (-5, "dialling", Due.DIALLING),
    ],
)
def test_a_callback_is_later_soon_due_or_being_dialled(minutes: int, state: str, expected: Due) -> None:
    assert due(a_callback(minutes=minutes, state=state), desk.CLOCK) is expected


def test_what_presses_is_due_or_soon() -> None:
    state = told(EMPTY, a_callback(id="a", minutes=11), a_callback(id="b", minutes=3))
    assert [one.id for one in pressing(state, desk.CLOCK)] == ["b"]
    assert len(pressing(state, desk.CLOCK + timedelta(minutes=1))) == 2


def test_one_stands_for_a_customer_in_the_contacts_queue_alone() -> None:
    (work,) = TALKING.work
    mine = a_callback(customer=ENGLISH_CARD.customer)
    assert standing(told(TALKING, mine), work) == mine
    by_number = a_callback(customer=RUTH.number, numbers=(HOME, RUTH.number))
    assert standing(told(TALKING, by_number), work) == by_number
    assert standing(told(TALKING, a_callback(customer=ENGLISH_CARD.customer, queue="sales")), work) is None
    assert standing(told(TALKING, a_callback()), work) is None
    assert standing(told(TALKING, mine), replace(work, offer=None)) is None


def test_a_new_one_is_for_the_customer_who_is_written_on() -> None:
    expected = Whom("support", ENGLISH_CARD.numbers, ENGLISH_CARD.customer, ENGLISH_CARD.name)
    assert whom(TALKING) == expected
    assert whom(callback_desk.STANDING_WRAP_UP) == expected
    (work,) = TALKING.work
    assert work.offer is not None
    unknown = replace(work, card=None, offer=work.offer.model_copy(update={"name": "", "number": HOME}))
    assert whom(replace(TALKING, work=(unknown,))) == Whom("support", (HOME,))


def test_a_ring_takes_no_callback_from_the_customer_who_is_talked_to() -> None:
    two = callback_desk.with_callbacks(desk.TWO_CALLS, ())
    assert whom(two).customer == ENGLISH_CARD.customer
    assert whom(callback_desk.with_callbacks(desk.RINGING, ())) == Whom()


def test_a_number_dialled_by_hand_is_whom_it_is_for_whatever_is_owed() -> None:
    call = Call("c9", Party("", MOBILE, ""), "", CallState.RINGING, desk.NOW, outgoing=True)
    dialled = replace(callback_desk.STANDING_WRAP_UP, calls=(call,), active="c9")
    assert whom(dialled) == Whom(numbers=(MOBILE,))
    consulting = callback_desk.with_callbacks(desk.CONSULTING, ())
    assert whom(consulting).customer == ENGLISH_CARD.customer


def test_who_serves_one_queue_has_none_to_choose() -> None:
    assert EMPTY.me is not None
    one = replace(EMPTY, me=EMPTY.me.model_copy(update={"queues": ("sales",)}))
    assert whom(one) == Whom("sales")
    assert whom(EMPTY) == Whom()


def test_a_callback_is_possible_where_the_centre_calls_back() -> None:
    assert do.PromiseCallback in possible(EMPTY)
    assert do.PromiseCallback not in possible(desk.IDLE)
    assert do.CancelCallback not in possible(EMPTY)
    assert do.CancelCallback in possible(told(EMPTY, a_callback()))


def test_what_was_asked_for_is_on_its_way_then_made_or_refused_in_words() -> None:
    state = reduce(EMPTY, de.CallbackAsked("k"), desk.NOW)
    assert state.promise == Promise("k")
    made = reduce(state, de.CallbackMade("k", a_callback()), desk.NOW)
    assert made.promise == Promise("k", made=True)
    assert notice(made) == "Promised: Avi Peretz will be called back."
    assert made.callbacks == (), "it stands in the agenda when the hub tells of it"
    refused = reduce(state, de.CallbackRefused("k", "One stands for 15:00."), desk.NOW)
    assert refused.promise == Promise("k", words="One stands for 15:00.")
    assert "One stands for 15:00." in notice(refused)
    assert notice(reduce(refused, de.CallbackAsked("k"), desk.NOW)) == ""
