"""In a language that is written from the right the desk is the mirror image of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from textual.geometry import Region

from agent_tui.commands import model as do
from agent_tui.session.state import SessionState
from hub import contract as c
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_language import ENGLISH, HEBREW
from tests.stubs import desk

SIZES = [(80, 24), (120, 40), (160, 45)]
PARTS = ("card", "script", "queues", "note", "outcome")
KEYS = ("answer", "hold", "mute", "transfer", "keys", "dial", "hang_up", "presence", "swap", "finish")


def hebrew_words(state: SessionState) -> SessionState:
    """The same moment of an agent whose desk speaks Hebrew."""
    return replace(state, me=HEBREW)


def places(screen: Screen) -> Mapping[str, Region]:
    """Where the parts and the buttons lie."""
    names = (*PARTS, *(f"key-{key}" for key in KEYS))
    return {name: screen.desk.query_one(f"#{name}").region for name in names}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_part_lies_at_the_other_side_and_goes_back(size: tuple[int, int]) -> None:
    async with showing(desk.TALKING, size) as screen:
        english = places(screen)
        await screen.hears(c.MeEvent(me=HEBREW))
        hebrew = places(screen)
        for name in PARTS:
            before, now = english[name], hebrew[name]
            assert now == Region(size[0] - before.right, *before[1:]), name
        await screen.hears(c.MeEvent(me=ENGLISH))
        assert places(screen) == english


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_buttons_of_the_keys_begin_at_the_right(size: tuple[int, int]) -> None:
    async with showing(desk.RINGING, size) as screen:
        english = places(screen)
        await screen.hears(c.MeEvent(me=HEBREW))
        hebrew = places(screen)
    seen = [f"key-{key}" for key in KEYS if english[f"key-{key}"].width]
    assert seen[0] == "key-answer"
    assert english["key-answer"].x == 0
    assert [hebrew[key].right for key in seen] == [size[0] - english[key].x for key in seen]


async def test_the_tab_key_goes_in_the_order_of_reading_in_both_languages() -> None:
    ways: list[list[str]] = []
    for state in (desk.WRAP_UP, hebrew_words(desk.WRAP_UP)):
        async with showing(state) as screen:
            way: list[str] = []
            for _ in range(6):
                assert screen.desk.focused is not None
                way.append(screen.desk.focused.id or "")
                await screen.press("tab")
            ways.append(way)
    assert ways[0] == ways[1]


async def test_a_click_reaches_the_button_that_is_seen_there() -> None:
    async with showing(hebrew_words(desk.TALKING)) as screen:
        place = places(screen)["key-mute"]
        await screen.pilot.click(offset=(place.x + 2, place.y + 1))
        await screen.pilot.pause()
        assert screen.asked == [do.ToggleMute()]


@pytest.mark.parametrize("state", [desk.TALKING, desk.TWO_CALLS], ids=["step", "call"])
async def test_an_arrow_points_at_what_it_marks(state: SessionState) -> None:
    """The step, the call and the number that are current, from the side on which each stands."""
    async with showing(state) as screen:
        await screen.hears(c.MeEvent(me=ENGLISH))
        english = screen.everything()
        await screen.hears(c.MeEvent(me=HEBREW))
        hebrew = screen.everything()
    assert english.count("▶")
    assert [hebrew.count(arrow) for arrow in "◀▶"] == [english.count(arrow) for arrow in "▶◀"]
