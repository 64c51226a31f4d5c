"""Numbers that answer before a queue does, by calls: hours, holidays, language, menu, notice."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from centre.entries import Choice, Day, Entry, Hours
from pbx.render import render
from tests.pbx.centre import EXPRESS, SALES, SUPPORT
from tests.pbx.console import Console, Step
from tests.pbx.rig import Asterisk

ZONE = "Pacific/Kiritimati"
"""Fourteen hours before UTC: who takes one for the other is never open at the same time."""
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MENU = (Choice(digit="1", queue=SALES), Choice(digit="5", message="fault"), Choice(digit="9", language="he"))


def _around(now: datetime) -> tuple[Hours, ...]:
    """Open for some two hours around ``now``, which may be near midnight."""
    found = []
    for part in (now - timedelta(hours=1), now, now + timedelta(hours=1)):
        closes = "24:00" if part.hour == 23 else f"{part.hour + 1:02}:00"
        found.append(Hours(days=(_DAYS[part.weekday()],), opens=f"{part.hour:02}:00", closes=closes))
    return tuple(found)


@pytest.fixture(scope="module")
def entries(asterisk: Asterisk) -> Iterator[None]:
    """The exchange with entries whose hours make now open or closed."""
    now = datetime.now(ZoneInfo(ZONE))
    made = (
        Entry(number="800", queue=SUPPORT, hours=_around(now)),
        Entry(number="801", queue=SUPPORT, hours=_around(datetime.now(UTC))),
        Entry(number="802", queue=SUPPORT, holidays=(now.date(), now.date() + timedelta(days=1))),
        Entry(number="803", queue=EXPRESS, languages=("en", "he"), choices=MENU),
        Entry(number="804", queue=SUPPORT, notice="fault"),
    )
    changed = dataclasses.replace(asterisk.centre, entries=made, time_zone=ZONE)
    file = asterisk.directory / "etc/entries.conf"
    before = file.read_text()
    file.write_text(render(changed)["entries.conf"])
    asterisk.cli("dialplan reload")
    yield
    file.write_text(before)
    asterisk.cli("dialplan reload")


pytestmark = pytest.mark.usefixtures("entries")


class Call:
    """A customer who dialled an entry, and what the dialplan does with them."""

    def __init__(self, console: Console, steps: Iterator[Step], number: str) -> None:
        self._console = console
        self.customer = console.dialled("test-from-outside", number, "0525550101", 0)
        self._steps = (step for step in steps if step.unique == self.customer.contact)
        self.played: list[str] = []
        """The prompts, by their names."""

    def until(self, application: str) -> str:
        """Go on until it begins; what it is given."""
        for step in self._steps:
            if step.application in ("Playback", "BackGround"):
                self.played.append(step.data.rpartition("/")[2])
            if step.application == application:
                return step.data
        raise AssertionError("the line to Asterisk ended")

    def press(self, digit: str) -> None:
        """Press a key while a menu is said."""
        self.until("BackGround")
        channel = self._console.channel(self.customer.contact)
        self._console.act("PlayDTMF", Channel=channel, Digit=digit, Receive="true")

    def queue(self) -> str:
        """The queue that it leads to; the customer hangs up there."""
        name = self.until("Queue").partition(",")[0]
        self.customer.hang_up()
        return name

    @property
    def language(self) -> str:
        """In which the next prompt would be said."""
        return self._console.variable(self.customer.contact, "CHANNEL(language)")


@pytest.fixture
def calls(asterisk: Asterisk, console: Console) -> Iterator[Callable[[str], Call]]:
    """Customers who dial an entry; afterwards no prompt was missing."""
    with console.steps() as steps:
        yield lambda number: Call(console, steps, number)
    assert "does not exist in any format" not in asterisk.log()


def test_an_open_hour_in_the_centres_zone_leads_to_the_queue(calls: Callable[[str], Call]) -> None:
    call = calls("800")
    assert call.queue() == SUPPORT
    assert call.played == []


@pytest.mark.parametrize("number", ["801", "802"], ids=["hours", "holiday"])
def test_closed_says_so_and_ends_the_call(calls: Callable[[str], Call], number: str) -> None:
    call = calls(number)
    call.until("Hangup")
    assert call.played == ["closed"]


def test_what_everybody_is_to_know_is_said_before_the_queue(calls: Callable[[str], Call]) -> None:
    call = calls("804")
    assert call.queue() == SUPPORT
    assert call.played == ["fault"]


@pytest.mark.parametrize(
    ("keys", "queue", "played"),
    [
        ("1", SALES, ["menu"]),
        ("7", EXPRESS, ["menu", "menu"]),
        ("77", EXPRESS, ["menu", "menu"]),
        ("71", SALES, ["menu", "menu"]),
        ("51", SALES, ["menu", "fault", "menu"]),
        ("91", SALES, ["menu", "menu"]),
        ("", EXPRESS, ["menu", "menu"]),
    ],
    ids=["queue", "no such key", "twice", "then the right one", "message", "language", "none"],
)
def test_a_key_of_the_menu_does_what_the_file_says(
    calls: Callable[[str], Call], keys: str, queue: str, played: list[str]
) -> None:
    call = calls("803")
    for key in f"2{keys}":
        call.press(key)
    assert call.queue() == queue
    assert call.played == ["language", *played]


@pytest.mark.parametrize(("keys", "language"), [("11", "he"), ("21", "en"), ("291", "he"), ("01", "en")])
def test_the_language_that_is_chosen_stays_with_the_call(
    calls: Callable[[str], Call], keys: str, language: str
) -> None:
    call = calls("803")
    for key in keys:
        call.press(key)
    call.until("Queue")
    assert call.language == language
    call.customer.hang_up()
