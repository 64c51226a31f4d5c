"""Figures: sums over events, by the formulas of the contract."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contract import Presence
from hub.domain.contacts import Contact, Counted, State, Unseen, WrappedUp
from hub.domain.figures import Limits, Tally, load, occupancy
from hub.domain.presence import Intent, Membership, wanted
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberRow,
    MemberState,
)

_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
_LIMITS = Limits(in_time=20, short=5)


def _counted(*events: Counted, limits: Limits = _LIMITS) -> Tally:
    tally = Tally()
    for event in events:
        tally.add(event, limits)
    return tally


def _answered(*waits: float) -> list[AgentConnected]:
    return [AgentConnected("support", "a", "yael", waited, _NOW) for waited in waits]


def _talked(*talks: float, ended_by: str = "caller") -> list[AgentCompleted]:
    return [AgentCompleted("support", "a", "yael", 1.0, talked, ended_by, _NOW) for talked in talks]


def _gave_up(*waits: float) -> list[CallerAbandoned]:
    return [CallerAbandoned("support", "b", waited, _NOW) for waited in waits]


def test_before_the_first_answer_there_is_no_level_and_no_average() -> None:
    joined, left = CallerJoined("support", "a", "1", "", 1, _NOW), CallerLeft("support", "a", _NOW)
    tally = _counted(joined, *_gave_up(5.0), left)
    assert (tally.offered, tally.abandoned, tally.answered) == (1, 1, 0)
    assert (tally.service_level, tally.service_level_offered) == (None, None)
    assert (tally.average_wait, tally.average_talk, tally.average_handling) == (None, None, None)


def test_the_service_level_is_of_the_answered_and_counts_the_threshold_itself() -> None:
    tally = _counted(*_answered(1.0, 20.0, 20.1, 90.0), *_talked(60.0, 180.0), *_gave_up(5.0))
    assert tally.service_level == 50.0
    assert tally.average_wait == pytest.approx(131.1 / 4)
    assert tally.average_talk == 120.0


def test_the_other_service_level_counts_who_gave_up_unless_at_once() -> None:
    tally = _counted(*_answered(1.0, 30.0), *_gave_up(5.0, 5.1, 40.0))
    assert (tally.abandoned, tally.abandoned_short) == (3, 1)
    assert tally.service_level_offered == 25.0


def test_handling_is_talk_and_wrap_up_by_talk() -> None:
    wraps = [WrappedUp("support", "a", "yael", seconds, _NOW) for seconds in (30.0, 0.0)]
    tally = _counted(*_talked(60.0), *_talked(180.0, ended_by="transfer"), *wraps)
    assert tally.average_handling == 135.0
    assert tally.transferred == 1


@given(st.lists(st.tuples(st.floats(0, 3600), st.floats(0, 1), st.floats(0, 600)), min_size=1))
def test_handling_is_the_sum_of_talk_hold_and_wrap_up(calls: list[tuple[float, float, float]]) -> None:
    tally = Tally()
    for talked, share, wrap_up in calls:
        held = talked * share
        tally.add(AgentCompleted("support", "a", "yael", 1.0, talked, "caller", _NOW, held), _LIMITS)
        tally.add(WrappedUp("support", "a", "yael", wrap_up, _NOW), _LIMITS)
    parts = (tally.average_talk or 0, tally.average_hold or 0, tally.average_wrap_up or 0)
    assert min(parts) >= 0.0
    assert tally.average_handling == pytest.approx(sum(parts))
    assert parts[0] + parts[1] == pytest.approx(sum(talked for talked, _, _ in calls) / len(calls))
    busy = sum(talked + wrap_up for talked, _, wrap_up in calls)
    assert occupancy(tally, [], 10 * busy, _NOW) in (None, pytest.approx(10.0))


def test_who_was_called_back_is_among_the_answered() -> None:
    called = replace(_answered(1.0)[0], contact="callback-0123456789abcdef0123456789abcdef")
    tally = _counted(*_answered(2.0), called, *_gave_up(9.0))
    assert (tally.answered, tally.called_back) == (2, 1)


def test_what_nobody_saw_is_apart() -> None:
    tally = _counted(*_answered(1.0), Unseen("support", 3, _NOW))
    assert (tally.unseen, tally.answered, tally.offered) == (3, 1, 0)


_EVENTS: st.SearchStrategy[Counted] = st.one_of(
    st.builds(CallerAbandoned, st.just("q"), st.just("c"), st.floats(0, 100), st.just(_NOW)),
    st.builds(AgentConnected, st.just("q"), st.just("c"), st.just("a"), st.floats(0, 100), st.just(_NOW)),
    st.builds(Unseen, st.just("q"), st.integers(1, 9), st.just(_NOW)),
)


@given(st.lists(_EVENTS), st.lists(_EVENTS))
def test_two_tallies_are_together_what_one_would_be(first: list[Counted], second: list[Counted]) -> None:
    together = _counted(*first).plus(_counted(*second))
    whole = _counted(*first, *second)
    assert together.wait == pytest.approx(whole.wait)
    assert replace(together, wait=0.0) == replace(whole, wait=0.0)


@given(st.lists(_EVENTS))
def test_levels_are_percentages(events: list[Counted]) -> None:
    tally = _counted(*events)
    for level in (tally.service_level, tally.service_level_offered):
        assert level is None or 0.0 <= level <= 100.0


@pytest.mark.parametrize(
    ("state", "connected", "ended", "share"),
    [
        (State.DONE, 900, 800, 20.0),
        (State.TALKING, 100, None, 30.0),
        (State.WRAP_UP, 900, 50, 25.0),
    ],
)
def test_occupancy_counts_what_goes_on(state: State, connected: int, ended: int | None, share: float) -> None:
    def ago(seconds: int | None) -> datetime | None:
        return None if seconds is None else _NOW - timedelta(seconds=seconds)

    contact = Contact("a", "support", _NOW, state=state, connected_at=ago(connected), ended_at=ago(ended))
    done = Tally(talk=150.0, wrap_up=50.0)
    assert occupancy(done, [contact], 1000.0, _NOW) == share


def test_occupancy_is_never_over_a_hundred_and_unknown_before_readiness() -> None:
    assert occupancy(Tally(talk=150.0), [], 100.0, _NOW) == 100.0
    assert occupancy(Tally(), [], 0.0, _NOW) is None


def test_a_talk_that_a_clock_set_back_has_yet_to_begin_takes_nothing_away() -> None:
    ahead = _NOW + timedelta(hours=1)
    talk = Contact("a", "support", ahead, state=State.TALKING, connected_at=ahead)
    assert occupancy(Tally(talk=50.0), [talk], 100.0, _NOW) == 50.0


def test_the_load_of_a_queue() -> None:
    def contact(name: str, seconds: int, state: State = State.WAITING, queue: str = "support") -> Contact:
        return Contact(name, queue, _NOW - timedelta(seconds=seconds), state=state)

    members = [
        MemberRow("free", MemberState.FREE, False, ""),
        MemberRow("paused", MemberState.FREE, True, "lunch"),
        MemberRow("ringing", MemberState.RINGING, False, ""),
        MemberRow("talking", MemberState.BUSY, True, "wrap-up"),
        MemberRow("gone", MemberState.UNAVAILABLE, False, ""),
    ]
    contacts = [
        contact("a", 5),
        contact("b", 40),
        contact("c", 90, State.TALKING),
        contact("d", 99, queue="sales"),
    ]
    now = load("support", contacts, members, _NOW)
    assert (now.waiting, now.longest_wait, now.agents_ready, now.agents_busy) == (2, 40.0, 1, 2)
    assert load("sales", [], [], _NOW).longest_wait == 0.0


@pytest.mark.parametrize(
    ("intent", "working", "lost", "membership"),
    [
        (Intent(Presence.READY), False, False, Membership(member=True)),
        (Intent(Presence.READY), True, False, Membership(member=True, paused=True, reason="wrap-up")),
        (Intent(Presence.READY), False, True, Membership(member=True, paused=True, reason="no desk")),
        (Intent(Presence.READY), True, True, Membership(member=True, paused=True, reason="no desk")),
        (Intent(Presence.AWAY, "lunch"), False, True, Membership(member=True, paused=True, reason="lunch")),
        (Intent(Presence.AWAY, "lunch"), True, False, Membership(member=True, paused=True, reason="lunch")),
        (Intent(Presence.OFFLINE), False, True, Membership(member=False)),
        (Intent(Presence.OFFLINE), True, False, Membership(member=False)),
    ],
)
def test_what_the_exchange_should_hold(
    intent: Intent, working: bool, lost: bool, membership: Membership
) -> None:
    assert wanted(intent, working=working, lost=lost) == membership
