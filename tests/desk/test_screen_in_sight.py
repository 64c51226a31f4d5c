"""What is chosen, and what the script has come to, stay in sight while lists grow, shrink and change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from agent_tui.screens.number_entry import NumberEntry
from agent_tui.session import select
from agent_tui.session.script import StepStanding
from agent_tui.session.state import History, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import LANGUAGES
from agent_tui.widgets.sheet import Sheet
from hub.contract import ScriptProgress
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_borders import spoken
from tests.stubs import customers, desk, floor_desk, past_desk
from tests.stubs.history import a_past_call

LEAST = (60, 20)
MANY = tuple(floor_desk.an_agent(f"a{number}", f"Agent {number:02}") for number in range(20))
NEW = tuple(floor_desk.an_agent(f"n{number}", f"New {number}") for number in range(3))


def lowest_seen(screen: Screen, name: str) -> int:
    """Presses after which the chosen row, from the first, is the lowest that is seen."""
    return screen.app.screen.query_one(name, Sheet).scrollable_content_region.height - 1


async def test_the_chosen_row_stays_in_sight_when_others_come_above_it() -> None:
    async with showing(floor_desk.looking(MANY), (80, 24)) as screen:
        await screen.press("ctrl+l")
        last = lowest_seen(screen, "#floor-list")
        await screen.press(*["down"] * last)
        assert f"Agent {last:02}" in screen.everything()
        await screen.stands(floor_desk.looking((*NEW, *MANY)))
        assert f"Agent {last:02}" in screen.everything()
        await screen.stands(floor_desk.looking((*NEW, *MANY[3:])))
        assert f"Agent {last:02}" in screen.everything()


async def test_who_looks_elsewhere_in_a_list_is_not_called_back_to_the_chosen_row() -> None:
    async with showing(floor_desk.looking(MANY), (80, 24)) as screen:
        await screen.press("ctrl+l")
        listed = screen.app.screen.query_one("#floor-list", Sheet)
        listed.scroll_end(animate=False)
        await screen.pilot.pause()
        looks_at = listed.scroll_offset.y
        assert looks_at > 0
        await screen.stands(floor_desk.looking((*NEW, *MANY)))
        assert listed.scroll_offset.y == looks_at


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_chosen_colleague_stays_in_sight_when_it_rings(language: str) -> None:
    async with showing(spoken(desk.TALKING, language), LEAST) as screen:
        await screen.press("f5")
        await screen.press(*["down"] * (lowest_seen(screen, "#directory") + 3))
        entry = screen.app.screen
        assert isinstance(entry, NumberEntry)
        assert entry._choice is not None
        name = visual_text(entry._choice.name)[:12]
        assert name in screen.everything()
        await screen.hears(ev.CallIncoming("call-9", customers.MICHAL))
        assert screen.app.screen is entry
        assert name in screen.everything()


@pytest.mark.parametrize("size", [LEAST, (80, 20)], ids=str)
async def test_the_chosen_colleague_stays_in_sight_when_the_window_gets_lower(size: tuple[int, int]) -> None:
    async with showing(desk.TALKING, (80, 40)) as screen:
        await screen.press("f5", *["down"] * 8)
        entry = screen.app.screen
        assert isinstance(entry, NumberEntry)
        chosen = entry._choice
        assert chosen is not None
        await screen.pilot.resize_terminal(*size)
        await screen.stands(screen.store.state)
        assert f"▶ {visual_text(chosen.name)[:12]}" in screen.everything()


async def test_the_chosen_call_stays_in_sight_when_another_comes_to_the_history() -> None:
    calls = tuple(
        a_past_call(f"k-{n}", at=desk.CLOCK - timedelta(minutes=n), name=f"Caller {n:02}")
        for n in range(1, 20)
    )
    found = History("key-1", "", calls, pages=1, asking=False)
    async with showing(replace(past_desk.LOOKING, history=found, missed=(), dialled=()), LEAST) as screen:
        await screen.press("ctrl+f")
        last = lowest_seen(screen, "#history-list")
        await screen.press(*["down"] * last)
        newer = replace(found, calls=(a_past_call("k-new", at=desk.CLOCK, name="Newest"), *calls))
        await screen.stands(replace(screen.store.state, history=newer))
        listed = screen.app.screen.query_one("#history-list", Sheet)
        top, row = listed.region.y, f"Caller {last + 1:02}"
        assert any(row in line for line in screen.everything().splitlines()[top : listed.region.bottom])


def guided(language: str, done: int) -> SessionState:
    """In a talk, so many steps of the script done."""
    work = desk.TALKING.work[0]
    assert work.script is not None
    ids = tuple(step.id for step in work.script.steps[:done])
    progress = ScriptProgress(script="support", revision="1", done=ids)
    return spoken(replace(desk.TALKING, work=(replace(work, progress=progress),)), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [LEAST, (80, 24)], ids=str)
async def test_the_step_that_is_next_is_in_sight(size: tuple[int, int], language: str) -> None:
    """Its title, and what there is room for below it."""
    async with showing(guided(language, 0), size) as screen:
        script = screen.desk.query_one("#script", Sheet)
        for done in (0, 1, 2, 3, 4, 5, 2, 0):
            state = guided(language, done)
            await screen.stands(state)
            step = next(
                one for one in select.script_steps(state.work[0]) if one.standing is StepStanding.CURRENT
            )
            lines = screen.everything().splitlines()[script.content_region.y : script.content_region.bottom]
            seen = [line for line in lines if ("▶" if language == "en" else "◀") in line]
            assert len(seen) == 1, (done, step.title)
            if size != LEAST:
                said = (*visual_text(step.text).split()[-1:], *map(visual_text, step.answers))
                assert all(one in "\n".join(lines) for one in said), "all of it, and what may be answered"


@pytest.mark.parametrize("size", [LEAST, (80, 24)], ids=str)
async def test_a_desk_that_comes_up_in_a_talk_shows_the_step_that_is_next(size: tuple[int, int]) -> None:
    async with showing(guided("en", 5), size) as screen:
        script = screen.desk.query_one("#script", Sheet)
        lines = screen.everything().splitlines()[script.content_region.y : script.content_region.bottom]
        assert any("▶" in line for line in lines)


async def test_who_is_found_by_another_number_is_seen_from_the_top() -> None:
    async with showing(desk.TALKING, LEAST) as screen:
        await screen.press("f5", *["down"] * 10)
        listed = screen.app.screen.query_one("#directory", Sheet)
        assert listed.scroll_offset.y > 0
        await screen.press("1")
        assert listed.max_scroll_y > 0, "there are more than fit"
        assert listed.scroll_offset.y == 0
