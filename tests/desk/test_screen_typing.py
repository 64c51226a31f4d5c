"""A ring, or the end of a call, never takes away what the agent types over the desk, nor where it goes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from agent_tui.commands import model as do
from agent_tui.session.state import SessionState
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_language import HEBREW
from tests.stubs import customers, desk, past_desk

RING = ev.CallIncoming("call-9", customers.RUTH)
GAVE_UP = ev.CallClosed("call-9", ev.CloseReason.CANCELLED)
OVER = ev.CallClosed("call-1", ev.CloseReason.NORMAL)
AGREED = replace(desk.TALKING, me=desk.ME.model_copy(update={"calls_back": True}))


@dataclass(frozen=True)
class Place:
    """Where something is typed: the key that leads there, and the id of its line."""

    state: SessionState
    key: str
    line: str


PLACES = {
    "dial": Place(desk.TALKING, "f7", "number"),
    "dial_idle": Place(desk.IDLE, "f7", "number"),
    "transfer": Place(desk.TALKING, "f5", "number"),
    "callback": Place(AGREED, "ctrl+r", "callback-when"),
    "history": Place(past_desk.LOOKING, "ctrl+f", "history-words"),
    "palette": Place(desk.TALKING, "ctrl+p", "palette-line"),
}
ENDING = {
    name: place for name, place in PLACES.items() if any(one.id == "call-1" for one in place.state.calls)
}


def typed(screen: Screen, line: str) -> str:
    """What stands in the line."""
    part = screen.app.screen.query_one(f"#{line}")
    return str(getattr(part, "value", None) or getattr(part, "line", ""))


def note_typed(screen: Screen) -> bool:
    return any(isinstance(command, do.EditNote) for command in screen.asked)


@pytest.mark.parametrize("name", PLACES)
async def test_a_ring_leaves_what_is_typed_and_where_the_next_letter_goes(name: str) -> None:
    place = PLACES[name]
    async with showing(place.state) as screen:
        await screen.press(place.key, "1", "0")
        await screen.hears(RING)
        await screen.press("2")
        assert typed(screen, place.line) == "102"
        assert "RINGING" in screen.app.screen.query_one("#overlay-calls", Sheet).text
        assert not note_typed(screen)


@pytest.mark.parametrize("name", PLACES)
async def test_a_ring_before_the_first_letter_takes_none(name: str) -> None:
    place = PLACES[name]
    async with showing(place.state) as screen:
        await screen.press(place.key)
        await screen.hears(RING)
        await screen.press("2")
        assert typed(screen, place.line) == "2"


@pytest.mark.parametrize("name", ENDING)
async def test_the_end_of_the_call_leaves_it_too(name: str) -> None:
    place = ENDING[name]
    async with showing(place.state) as screen:
        await screen.press(place.key, "1", "0")
        await screen.hears(OVER)
        await screen.press("2")
        assert typed(screen, place.line) == "102"
        assert not note_typed(screen)


@pytest.mark.parametrize("name", PLACES)
async def test_another_language_leaves_it_too(name: str) -> None:
    place = PLACES[name]
    async with showing(place.state) as screen:
        await screen.press(place.key, "1", "0")
        await screen.hears(c.MeEvent(me=HEBREW))
        assert typed(screen, place.line) == "10"


async def test_a_number_waits_while_another_call_rings_and_is_dialled_then() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f7", "1", "0")
        await screen.hears(RING)
        await screen.press("enter")
        assert do.Dial("10") not in screen.asked
        assert "Not now: Another call must end before" in obstacle(screen)
        await screen.hears(GAVE_UP)
        assert obstacle(screen) == ""
        await screen.press("enter")
        assert screen.asked[-1] == do.Dial("10")
        assert screen.app.screen is screen.desk


async def test_a_number_to_transfer_to_says_that_its_call_is_over() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f5", "1", "0")
        await screen.hears(OVER)
        assert "The call that this was for is over. What you type stays here" in obstacle(screen)
        await screen.press("enter")
        assert screen.asked == []
        await screen.press("escape")
        assert screen.app.screen is screen.desk


async def test_a_number_to_transfer_to_says_that_another_call_has_the_keys() -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press("f5", "1", "0")
        await screen.stands(replace(desk.TWO_CALLS, active="call-2"))
        assert "Another call has the keys now" in obstacle(screen)
        await screen.press("enter")
        assert screen.asked == []


async def test_telephone_keys_never_reach_a_note_or_another_call() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press("f6", "5")
        await screen.hears(OVER, RING)
        await screen.press("6", "7")
        await screen.pilot.click("#pad-star")
        assert screen.asked == [do.SendKeys("5")]
        assert "is over" in obstacle(screen)


@pytest.mark.parametrize("key", ["f5", "f6"])
async def test_who_answers_another_call_with_nothing_typed_is_at_the_desk(key: str) -> None:
    async with showing(desk.TWO_CALLS) as screen:
        await screen.press(key, "f2")
        await screen.stands(replace(desk.TWO_CALLS, active="call-2"))
        assert screen.app.screen is screen.desk


def obstacle(screen: Screen) -> str:
    """Why it cannot be done now, as it is shown, in one line."""
    sheet = screen.app.screen.query_one("#overlay-obstacle", Sheet)
    return " ".join(sheet.text.split()) if sheet.display else ""
