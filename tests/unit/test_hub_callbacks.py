"""The rules of callbacks: their states, their tries, quiet hours, and for whom they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.callbacks import (
    NEXT,
    Callback,
    Result,
    Rules,
    State,
    WrongStepError,
    after_quiet,
    cancelled,
    dialled,
    in_order,
    is_due,
    kept,
    may_take,
    missed,
)

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Jerusalem")
RULES = Rules(ZONE, time(21), time(8), 4, timedelta(minutes=10), timedelta(minutes=5))
HOME, MOBILE = "+97235550101", "+972505550101"
ONE = Callback("c1", "anna", "support", (HOME, MOBILE), NOON, NOON, agent="2001")
DIALLING = replace(ONE, state=State.DIALLING)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@given(st.sampled_from(State))
def test_only_the_steps_of_the_table_are_taken(before: State) -> None:
    steps: dict[State, Callable[[Callback], Callback]] = {
        State.DIALLING: dialled,
        State.CANCELLED: cancelled,
        State.DONE: kept,
        State.OPEN: lambda one: missed(one, Result.BUSY, NOON, RULES),
        State.FAILED: lambda one: missed(one, Result.BUSY, NOON, replace(RULES, most_tries=1)),
    }
    for after, take in steps.items():
        callback = replace(ONE, state=before)
        if after in NEXT[before]:
            assert take(callback).state is after
        else:
            with pytest.raises(WrongStepError, match="Read it again"):
                take(callback)


def test_every_way_out_of_a_try_counts_it() -> None:
    for after in (missed(DIALLING, Result.NO_ANSWER, NOON, RULES), kept(DIALLING)):
        assert after.tries == 1


def test_nobody_is_promised_a_call_without_a_number() -> None:
    with pytest.raises(ValueError, match="without a number"):
        replace(ONE, numbers=())


def test_it_is_due_at_its_time_and_not_before() -> None:
    assert not is_due(ONE, NOON - timedelta(seconds=1), RULES)
    assert is_due(ONE, NOON, RULES)
    assert not is_due(DIALLING, NOON, RULES)


def test_a_quiet_hour_keeps_it_from_being_due() -> None:
    assert not is_due(ONE, NOON.replace(hour=19), RULES)


def test_the_mobile_follows_the_home_at_once_and_a_round_is_followed_by_a_pause() -> None:
    first = missed(DIALLING, Result.BUSY, NOON, RULES)
    assert (first.number, first.at, first.state, first.result) == (MOBILE, NOON, State.OPEN, "busy")
    second = missed(dialled(first), Result.NO_ANSWER, NOON, RULES)
    assert (second.number, second.at) == (HOME, NOON + RULES.pause)


def test_home_is_tried_before_the_mobile_and_each_number_once() -> None:
    assert in_order([MOBILE, HOME, MOBILE]) == (HOME, MOBILE)
    assert in_order(["700"]) == ("700",)


@given(st.integers(1, 12), INSTANTS)
def test_tries_end_at_the_most(most: int, now: datetime) -> None:
    rules, callback = replace(RULES, most_tries=most), DIALLING
    for _ in range(most - 1):
        callback = dialled(missed(callback, Result.BUSY, now, rules))
    assert missed(callback, Result.BUSY, now, rules).state is State.FAILED


@given(INSTANTS, st.times(), st.times())
def test_quiet_hours_only_put_off_by_less_than_a_day_and_once(at: datetime, begin: time, end: time) -> None:
    rules = replace(RULES, quiet_from=begin, quiet_until=end, zone=ZoneInfo("UTC"))
    later = after_quiet(at, rules)
    assert at <= later <= at + timedelta(days=1)
    assert after_quiet(later, rules) == later


def test_quiet_hours_are_those_of_the_centre_s_zone() -> None:
    evening = datetime(2026, 6, 1, 18, 30, tzinfo=UTC)
    assert after_quiet(evening, RULES) == datetime(2026, 6, 2, 5, tzinfo=UTC)


def test_an_hour_that_comes_twice_is_quiet_both_times() -> None:
    rules = replace(RULES, quiet_from=time(22), quiet_until=time(1, 30))
    again = datetime(2026, 10, 24, 23, 10, tzinfo=UTC)
    assert again.astimezone(ZONE).fold == 1
    assert after_quiet(again, rules) == again.replace(minute=30)


def test_who_promised_it_has_it_first_and_anyone_after_the_fallback() -> None:
    assert may_take(ONE, "2001", NOON, RULES)
    assert not may_take(ONE, "2002", NOON + RULES.fallback - timedelta(seconds=1), RULES)
    assert may_take(ONE, "2002", NOON + RULES.fallback, RULES)
    assert may_take(replace(ONE, agent=""), "2002", NOON, RULES)
