"""Slots of a day: which have room, and how their times are said, with a prompt for every word."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.entries import Entry, Hours
from hub.domain.slots import Slots
from hub.domain.spoken import Language
from hub.domain.spoken_time import moment
from pbx.prompts import PROMPTS

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
SLOTS = Slots(QUARTER, 2)
SUNDAY = date(2026, 11, 22)


def test_a_slot_has_room_until_so_many_are_booked_in_it() -> None:
    late = NOON + timedelta(minutes=14, seconds=59)
    assert SLOTS.has_room(NOON, [late])
    assert not SLOTS.has_room(NOON, [late, NOON])
    assert SLOTS.has_room(NOON, [NOON, NOON + QUARTER])
    assert SLOTS.begin(late) == NOON


def test_the_next_free_ones_begin_from_then_on_and_full_ones_are_passed_over() -> None:
    booked = [NOON + QUARTER, NOON + QUARTER * 1.5]
    found = SLOTS.free(NOON, NOON + timedelta(hours=1), booked)
    assert list(found) == [NOON, NOON + 2 * QUARTER, NOON + 3 * QUARTER]
    soon = SLOTS.free(NOON + timedelta(seconds=1), NOON + timedelta(days=1), [])
    assert list(islice(soon, 1)) == [NOON + QUARTER]
    assert list(SLOTS.free(NOON, NOON, [])) == []


@pytest.mark.parametrize(
    ("at", "english", "hebrew"),
    [
        ("22 14:30", "today number-2 number-30 time-pm", "today number-14 number-30 minutes"),
        ("22 09:00", "today number-9 time-am", "today number-9"),
        ("23 00:15", "tomorrow number-12 number-15 time-am", "tomorrow number-0 number-15 minutes"),
        ("23 12:05", "tomorrow number-12 number-0 number-5 time-pm", "tomorrow number-12 number-5 minutes"),
        (
            "24 21:45",
            "tue number-9 number-40 number-5 time-pm",
            "tue number-20 number-1 number-40 number-5 minutes",
        ),
        ("28 10:01", "sat number-10 number-0 number-1 time-am", "sat number-10 minutes-1"),
        ("28 10:02", "sat number-10 number-0 number-2 time-am", "sat number-10 minutes-2"),
    ],
)
def test_a_time_is_said_in_words(at: str, english: str, hebrew: str) -> None:
    day, clock = at.split()
    when = datetime.fromisoformat(f"2026-11-{day}T{clock}")
    for language, said in (("en", english), ("he", hebrew)):
        named, *words = said.split()
        assert moment(when, SUNDAY, language) == (f"day-{named}", "time-at", *words)  # type: ignore[arg-type]  # of these two


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-29", "2027-11-22"])
def test_a_day_that_its_name_does_not_tell_is_not_said(day: str) -> None:
    assert moment(datetime.fromisoformat(f"{day}T10:00"), SUNDAY, "en") == ()


@given(st.integers(0, 7 * 24 * 60 - 1), st.sampled_from(("en", "he")))
def test_every_word_has_a_prompt(minutes: int, language: Language) -> None:
    said = moment(datetime(2026, 11, 22) + timedelta(minutes=minutes), SUNDAY, language)
    assert said
    assert [word for word in said if language not in PROMPTS[word]] == []


@pytest.mark.parametrize(
    ("at", "opened"),
    [
        ("2026-11-22T07:59", False),
        ("2026-11-22T08:00", True),
        ("2026-11-22T19:59:59", True),
        ("2026-11-22T20:00", False),
        ("2026-11-23T08:00", False),
        ("2026-11-29T08:00", False),
    ],
)
def test_an_entry_is_open_in_its_hours_but_on_holidays(at: str, opened: bool) -> None:
    hours = (Hours(days=("sun",), opens="08:00", closes="20:00"),)
    entry = Entry(number="800", queue="support", hours=hours, holidays=(date(2026, 11, 29),))
    assert entry.is_open(datetime.fromisoformat(at)) == opened
    always = entry.model_copy(update={"hours": ()})
    assert always.is_open(datetime.fromisoformat(at)) == (at[:10] != "2026-11-29")
