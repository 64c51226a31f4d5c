"""The life of a contact: whatever the exchange tells, in whatever order, nobody is lost or counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.contacts import (
    Contact,
    ContactEvent,
    SightLost,
    State,
    apply,
    begin,
    visit_of,
    with_missed,
)
from hub.domain.figures import Limits, Tally
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerHeld,
    CallerJoined,
    CallerLeft,
    CallerResumed,
    HandedOn,
    OfferEnded,
)

_START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_AGENTS = st.sampled_from(["yael", "tal"])
_QUEUES = st.sampled_from(["support", "sales"])
_SECONDS = st.floats(0, 600)
_TIMES = st.integers(0, 3600).map(lambda seconds: _START + timedelta(seconds=seconds))
_ID = st.just("a.1")

_EVENTS: st.SearchStrategy[ContactEvent] = st.one_of(
    st.builds(CallerJoined, _QUEUES, _ID, st.just("+972505550101"), st.just(""), st.just(1), _TIMES),
    st.builds(CallerAbandoned, _QUEUES, _ID, _SECONDS, _TIMES),
    st.builds(CallerLeft, _QUEUES, _ID, _TIMES),
    st.builds(AgentOffered, _QUEUES, _ID, _AGENTS, _TIMES),
    st.builds(OfferEnded, _QUEUES, _ID, _AGENTS, _SECONDS, _TIMES),
    st.builds(AgentConnected, _QUEUES, _ID, _AGENTS, _SECONDS, _TIMES),
    st.builds(
        AgentCompleted,
        *(_QUEUES, _ID, _AGENTS, _SECONDS, _SECONDS),
        st.sampled_from(["caller", "agent", "transfer"]),
        _TIMES,
    ),
    st.builds(CallerHeld, _QUEUES, _ID, _AGENTS, _TIMES),
    st.builds(CallerResumed, _QUEUES, _ID, _AGENTS, _TIMES),
    st.builds(SightLost, _QUEUES, _ID, st.integers(1, 2), _TIMES),
)

_ORDER = [State.WAITING, State.LEFT, State.ABANDONED, State.TALKING, State.WRAP_UP, State.DONE]


class _Story:
    """All visits of one contact, and what was counted."""

    def __init__(self) -> None:
        self.visits: list[Contact] = []
        self.tally = Tally()

    def tell(self, event: ContactEvent) -> None:
        for told in with_missed(visit_of(self.visits, event), event):
            self._one(told)

    def _one(self, event: ContactEvent) -> None:
        before = visit_of(self.visits, event)
        if before is None:
            assert isinstance(event, CallerJoined)
            self.visits.append(begin(event, self.visits[-1] if self.visits else None))
            self.tally.add(event, Limits())
            return
        after = apply(before, event)
        if after != before:
            self.visits[before.visit - 1] = after
            self.tally.add(event, Limits())


def _told(*events: ContactEvent) -> _Story:
    story = _Story()
    for event in events:
        story.tell(event)
    return story


@given(st.lists(_EVENTS, max_size=25))
def test_no_story_breaks_the_books(events: list[ContactEvent]) -> None:
    story = _told(*events)
    talked = [visit for visit in story.visits if visit.agent]
    abandoned = [visit for visit in story.visits if visit.state is State.ABANDONED]
    assert story.tally.answered == len(talked)
    assert story.tally.abandoned == len(abandoned)
    assert story.tally.offered >= len(story.visits)
    assert story.tally.talks == len([visit for visit in story.visits if visit.talked is not None])
    assert story.tally.hold == pytest.approx(sum(visit.held or 0.0 for visit in story.visits))
    for visit in story.visits:
        assert not (visit.rings and visit.state not in {State.WAITING, State.LEFT})
        assert (visit.agent == "") == (visit.connected_at is None)
        assert 0.0 <= (visit.held or 0.0) <= (visit.talked or 0.0)
        assert visit.on_hold >= 0.0
        if visit.state in {State.WRAP_UP, State.DONE, State.ABANDONED, State.LEFT}:
            assert visit.ended_at is not None


@given(st.lists(_EVENTS, max_size=25), _EVENTS)
def test_an_event_told_twice_tells_nothing_new(events: list[ContactEvent], event: ContactEvent) -> None:
    story = _told(*events)
    before = visit_of(story.visits, event)
    if before is not None:
        once = apply(before, event)
        assert apply(once, event) == once


@given(st.lists(_EVENTS, max_size=25), st.lists(_EVENTS, max_size=10))
def test_a_visit_that_was_answered_never_waits_again(
    events: list[ContactEvent], more: list[ContactEvent]
) -> None:
    story = _told(*events)
    answered = {visit.visit for visit in story.visits if visit.agent}
    for event in more:
        story.tell(event)
    for visit in story.visits:
        if visit.visit in answered:
            assert _ORDER.index(visit.state) >= _ORDER.index(State.TALKING)


@given(st.lists(_EVENTS, max_size=25))
def test_an_agent_holds_what_they_talk_in_until_it_is_wrapped_up(events: list[ContactEvent]) -> None:
    story = _told(*events)
    for visit in story.visits:
        owes = visit.state in {State.TALKING, State.WRAP_UP}
        assert visit.in_hands_of(visit.agent or "nobody") == owes
        assert not visit.in_hands_of("daniel")


def _after(seconds: float) -> datetime:
    return _START + timedelta(seconds=seconds)


def _talking() -> _Story:
    return _told(
        CallerJoined("support", "a.1", "1", "", 1, _START),
        AgentConnected("support", "a.1", "yael", 2.0, _START),
    )


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.booleans())
def test_the_hold_of_a_talk_is_the_sum_of_its_holds_however_often_each_is_told(
    lengths: list[int], twice: bool
) -> None:
    """Talk and hold by turns; the last lasts until the end, be it talk or hold."""
    story, at, held = _talking(), 0, 0
    for number, length in enumerate(lengths):
        kind = CallerHeld if number % 2 else CallerResumed
        story.tell(kind("support", "a.1", "yael", _after(at)))
        if twice:
            story.tell(kind("support", "a.1", "yael", _after(at + 0.5)))
        at, held = at + length, held + (length if number % 2 else 0)
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, float(at), "caller", _after(at)))
    assert (story.visits[0].held, story.tally.hold, story.tally.talk) == (held, held, at - held)


def test_a_hold_is_of_the_talk_it_is_in() -> None:
    """Whom nobody took comes back: the visit has two talks, and each hold counts once."""
    story = _talking()
    story.tell(CallerHeld("support", "a.1", "yael", _after(5)))
    story.tell(CallerResumed("support", "a.1", "yael", _after(10)))
    story.tell(CallerHeld("support", "a.1", "yael", _after(15)))
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, 30.0, "transfer", _after(30)))
    assert story.tally.hold == 20.0
    story.visits[0] = apply(story.visits[0], HandedOn("support", "a.1", "yael", _after(40)))
    story.tell(CallerHeld("support", "a.1", "tal", _after(41)))
    story.tell(CallerHeld("support", "a.1", "yael", _after(45)))
    story.tell(CallerResumed("support", "a.1", "yael", _after(50)))
    story.tell(AgentCompleted("support", "a.1", "yael", 0.0, 60.0, "caller", _after(100)))
    assert (story.visits[0].talked, story.visits[0].held, story.tally.hold) == (90.0, 25.0, 25.0)


def test_a_hold_before_the_answer_and_after_the_end_is_none() -> None:
    story = _told(CallerHeld("support", "a.1", "yael", _START))
    assert story.visits == []
    story = _talking()
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, 9.0, "caller", _after(9)))
    ended = story.visits[0]
    story.tell(CallerHeld("support", "a.1", "yael", _after(10)))
    assert story.visits == [ended]


def test_no_hold_is_longer_than_its_talk() -> None:
    """Asterisk tells talks in whole seconds."""
    story = _talking()
    story.tell(CallerHeld("support", "a.1", "yael", _after(0.1)))
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, 1.0, "caller", _after(1.9)))
    assert (story.tally.talk, story.tally.hold) == (0.0, 1.0)


def test_a_wrap_up_stored_early_ends_the_contact_with_the_talk() -> None:
    story = _told(
        CallerJoined("support", "a.1", "1", "", 1, _START),
        AgentConnected("support", "a.1", "yael", 2.0, _START),
    )
    story.visits[0] = replace(story.visits[0], wrapped_up_at=_START, note="early")
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, 9.0, "agent", _START))
    assert (story.visits[0].state, story.visits[0].talked, story.visits[0].note) == (State.DONE, 9.0, "early")


def test_a_timeout_into_another_queue_is_the_same_visit() -> None:
    story = _told(
        CallerJoined("support", "a.1", "1", "", 1, _START),
        CallerLeft("support", "a.1", _START + timedelta(seconds=60)),
        CallerJoined("sales", "a.1", "1", "", 1, _START + timedelta(seconds=61)),
    )
    assert [(visit.queue, visit.state, visit.ended_at) for visit in story.visits] == [
        ("sales", State.WAITING, None)
    ]


def test_who_was_out_of_sight_is_corrected_by_a_late_word() -> None:
    story = _told(
        CallerJoined("support", "a.1", "1", "", 1, _START),
        AgentConnected("support", "a.1", "yael", 2.0, _START),
        SightLost("support", "a.1", 1, _START),
    )
    assert (story.visits[0].state, story.visits[0].ended_by, story.visits[0].talked) == (
        State.WRAP_UP,
        "unknown",
        None,
    )
    story.tell(AgentCompleted("support", "a.1", "yael", 2.0, 9.0, "caller", _START))
    assert (story.visits[0].ended_by, story.visits[0].talked) == ("caller", 9.0)


def test_a_caller_met_late_is_known_by_number_when_the_exchange_tells_it() -> None:
    story = _told(
        AgentOffered("support", "a.1", "yael", _START),
        CallerLeft("support", "a.1", _START),
        CallerJoined("sales", "a.1", "+972505550101", "Ann", 1, _START),
    )
    assert [(visit.number, visit.name, visit.queue) for visit in story.visits] == [
        ("+972505550101", "Ann", "sales")
    ]
