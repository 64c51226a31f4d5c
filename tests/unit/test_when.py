"""When to call back, read from what agents type, in their own zone, over the change of the clocks too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.commands.when import When, read_when
from agent_tui.zone import ThisMachine

ZONE = timezone(timedelta(hours=3))
NOW = datetime(2026, 5, 28, 14, 36, 20, tzinfo=ZONE)


def at(month: int, day: int, hour: int, minute: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize("text", ["", " ", "now", "NOW", "0", "עכשיו"])
def test_now(text: str) -> None:
    assert read_when(text, NOW) == When()


@pytest.mark.parametrize(("text", "minutes"), [("20", 20), ("+5", 5), (" 90 ", 90), ("43200", 43_200)])
def test_minutes_from_now_on(text: str, minutes: int) -> None:
    assert read_when(text, NOW) == When(minutes)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("15:00", at(5, 28, 15, 0)),
        ("14:36", at(5, 29, 14, 36)),
        ("9:30", at(5, 29, 9, 30)),
        ("tomorrow 9:30", at(5, 29, 9, 30)),
        ("מחר 16:00", at(5, 29, 16, 0)),
        ("29.5 10:00", at(5, 29, 10, 0)),
        ("29/5  10:00", at(5, 29, 10, 0)),
        ("28.5 10:00", at(5, 28, 10, 0)),
        ("3.1 10:00", at(1, 3, 10, 0, 2027)),
        ("3.1.2026 10:00", at(1, 3, 10, 0)),
        ("2026-06-01 08:15", at(6, 1, 8, 15)),
    ],
)
def test_a_time_of_the_day_or_of_a_date(text: str, moment: datetime) -> None:
    assert read_when(text, NOW) == When(at=moment)


@pytest.mark.parametrize(
    "text",
    ["soon", "25:00", "10:60", "31.2 10:00", "29.5", "43201", "-5", "15:00 29.5", "٢٠", "1.1.0000 10:00"],
)
def test_what_means_nothing_is_not_guessed(text: str) -> None:
    assert read_when(text, NOW) is None


@given(st.text(max_size=40))
def test_any_text_is_read_or_not(text: str) -> None:
    when = read_when(text, NOW)
    assert when is None or when.moment(NOW).tzinfo is not None


@pytest.fixture
def israel(monkeypatch: pytest.MonkeyPatch) -> Iterator[ThisMachine]:
    """A machine in Israel, where the clocks change on the last Sunday of October at 2:00."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "IST-2IDT,M3.4.4/26,M10.5.0")
        time.tzset()
        yield ThisMachine()
    time.tzset()


def test_a_time_after_the_clocks_change_is_that_of_the_clocks_then(israel: ThisMachine) -> None:
    now = datetime(2026, 10, 20, 9, 0, tzinfo=UTC).astimezone(israel)
    assert (now.hour, now.utcoffset()) == (12, timedelta(hours=3))
    when = read_when("27.10 10:00", now)
    assert when is not None
    assert when.at is not None
    assert when.at.astimezone(UTC) == datetime(2026, 10, 27, 8, 0, tzinfo=UTC)
    shown = datetime(2026, 10, 27, 8, 0, tzinfo=UTC).astimezone(now.tzinfo)
    assert f"{shown:%H:%M}" == "10:00"


def test_each_moment_of_the_hour_that_comes_twice_is_its_own(israel: ThisMachine) -> None:
    moments = [datetime(2026, 10, 24, 22, 30, tzinfo=UTC) + timedelta(hours=hour) for hour in range(3)]
    shown = [moment.astimezone(israel) for moment in moments]
    assert [f"{one:%H:%M}" for one in shown] == ["01:30", "01:30", "02:30"]
    assert [one.astimezone(UTC) for one in shown] == moments
