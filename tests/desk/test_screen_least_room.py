"""A window that is too small: the desk says so, call and keys stay; from the least size on all is there."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from textual.geometry import Region
from textual.screen import Screen as AnyScreen
from textual.widget import Widget
from textual.widgets import Static

from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import named, use
from agent_tui.screens.keys import KEYS
from agent_tui.screens.words import timer
from agent_tui.session.directory import contacts
from agent_tui.session.past import past_calls
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import LANGUAGES
from agent_tui.text.local import day_time
from agent_tui.widgets.key_bar import KeyBar, KeyButton
from agent_tui.widgets.least_room import LEAST_ROOM, too_small
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.desk.test_screen_borders import OVERLAYS, spoken, titled
from tests.desk.worst_state import worst
from tests.stubs import customers, desk, past_desk

LEAST = (LEAST_ROOM.width, LEAST_ROOM.height)
SMALL = [(LEAST[0] - 1, LEAST[1]), (LEAST[0], LEAST[1] - 1), (46, 16)]
SAID = {"en": "Window too small: {}×{}", "he": "{}×{} :ידמ ןטק ןולחה"}
"""As it is drawn."""


def says_so(language: str, size: tuple[int, int]) -> str:
    """The beginning of the notice, with the size that the window has."""
    return SAID[language].format(*size)


def lost(top: AnyScreen[Any]) -> set[str]:
    """Parts that are partly outside the window, or have no line left, where nothing scrolls to them."""
    return {f"{part.id or type(part).__name__}" for part in top.query("*") if _is_lost(top, part)}


def _is_lost(top: AnyScreen[Any], part: Widget) -> bool:
    over = [one for one in part.ancestors_with_self if isinstance(one, Widget)]
    shown = all(one.display and one.visible for one in over)
    if not shown or any(one.allow_vertical_scroll for one in over[1:] if one is not top):
        return False
    if isinstance(part, Sheet) and not part.text.strip():
        return False
    region, clip = top._compositor.visible_widgets.get(part, (None, None))
    if region is None or clip is None:
        return True
    return region.intersection(clip) != region or part.scrollable_content_region.height < 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SMALL, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_small_window_is_told_in_a_call_whose_keys_work(size: tuple[int, int], language: str) -> None:
    async with showing(spoken(desk.TALKING, language), LEAST) as screen:
        assert says_so(language, size) not in screen.sheet("status")
        usual = screen.sheet("status")
        await screen.pilot.resize_terminal(*size)
        await screen.pilot.pause()
        assert says_so(language, size) in screen.sheet("status")
        assert screen.sheet("calls").splitlines()[0] in screen.everything()
        await screen.press("f8")
        assert screen.asked == [do.HangUp()]
        await screen.pilot.resize_terminal(*LEAST)
        await screen.pilot.pause()
        assert screen.sheet("status") == usual


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SMALL, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_ring_is_seen_and_answered_in_a_small_window(size: tuple[int, int], language: str) -> None:
    async with showing(spoken(desk.IDLE, language), size) as screen:
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert says_so(language, size) in screen.sheet("status")
        seen = screen.everything()
        assert screen.sheet("calls").splitlines()[0] in seen
        assert "F2" in seen
        await screen.press("f2")
        assert screen.asked == [do.Answer()]
        await screen.pilot.resize_terminal(80, 24)
        await screen.pilot.pause()
        assert says_so(language, size) not in screen.sheet("status")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_covers_the_desk_says_it_in_its_border(language: str) -> None:
    async with showing(spoken(desk.TALKING, language), (46, 16)) as screen:
        await screen.press("ctrl+f")
        assert says_so(language, (46, 16)) in screen.everything()
        await screen.pilot.resize_terminal(80, 24)
        await screen.pilot.pause()
        assert says_so(language, (46, 16)) not in screen.everything()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [LEAST, (80, LEAST[1]), (LEAST[0], 24)], ids=str)
async def test_from_the_least_size_on_nothing_falls_out_of_the_window(
    size: tuple[int, int], language: str
) -> None:
    state = spoken(worst("Ruth"), language)
    async with showing(state, size) as screen:
        assert lost(screen.desk) == set()
        for kind in OVERLAYS:
            over = titled(kind, state, "Ruth")
            await screen.app.push_screen(over)
            await screen.pilot.pause()
            assert lost(over) == set(), kind
            screen.app.pop_screen()
            await screen.pilot.pause()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_no_words_that_stand_in_visual_order_are_left_to_textual_to_wrap(language: str) -> None:
    """It would put the end of a Hebrew line above its beginning; a sheet wraps before it orders."""
    state = spoken(worst("Ruth"), language)
    async with showing(state, LEAST) as screen:
        for kind in OVERLAYS:
            over = titled(kind, state, "Ruth")
            await screen.app.push_screen(over)
            await screen.pilot.pause()
            for part in over.query(Static):
                assert cell_len(str(part.content)) <= part.content_size.width, (kind, part.content)
            screen.app.pop_screen()
            await screen.pilot.pause()


def bar(screen: Screen) -> str:
    """All that the buttons say."""
    top = screen.desk.query_one(KeyBar).region
    return "\n".join(screen.everything().splitlines()[top.y : top.bottom])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [LEAST[0], 70, 79, 80])
async def test_the_note_and_the_buttons_have_room_in_a_narrow_window(width: int, language: str) -> None:
    async with showing(spoken(desk.IDLE, language), (width, LEAST[1])) as screen:
        note = screen.desk.query_one("#note", NotePane)
        for state in (desk.RINGING, desk.TALKING, desk.CONSULTING, desk.TWO_CALLS, desk.WRAP_UP, desk.MISSED):
            await screen.stands(spoken(state, language))
            assert "…" not in bar(screen)
            shown = [one for one in screen.desk.query(KeyButton) if one.visible]
            assert all(key.name and named(key.name) in bar(screen) for key in shown)
            if width < 80 and state.written is not None:
                assert note.content_size.width >= width - 26, "what a note needs"
                assert screen.desk.query_one("#outcome").region.width >= 20


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_buttons_have_room_for_longer_keys_and_none_moves_when_it_rings(language: str) -> None:
    use(dict(zip((key.name for key in KEYS), (f"ctrl+{letter}" for letter in "bfglnopqrs"), strict=True)))
    async with showing(spoken(desk.IDLE, language), LEAST) as screen:
        places: dict[str | None, Region] = {}
        for state in (desk.RINGING, desk.TALKING, desk.CONSULTING, desk.TWO_CALLS, desk.WRAP_UP, desk.MISSED):
            await screen.stands(spoken(state, language))
            assert "…" not in bar(screen)
            for button in (one for one in screen.desk.query(KeyButton) if one.visible):
                assert named(button.name or "") in bar(screen)
                assert places.setdefault(button.name, button.region) == button.region
            assert lost(screen.desk) == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_queues_are_told_apart_in_the_least_room_until_there_is_something_to_write(
    language: str,
) -> None:
    async with showing(spoken(desk.IDLE, language), LEAST) as screen:
        queues = screen.desk.query_one("#queues", Sheet)
        for queue in desk.QUEUES:
            assert visual_text(queue.title[:10]).strip() in queues.text
            if queue.waiting:
                assert timer(queue.longest_wait) in queues.text
        queues.focus()
        await screen.stands(spoken(desk.RINGING, language))
        assert not queues.display
        await screen.press("x")
        assert screen.desk.query_one("#note", NotePane).text == "x", "who looked at them writes the note"
        await screen.stands(spoken(desk.IDLE, language))
        assert queues.display


@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_and_when_are_whole_in_lists_where_room_is_least(language: str) -> None:
    """What gives way is why somebody is away, and how a call ended: that stands below the list."""
    async with showing(spoken(desk.TALKING, language), LEAST) as screen:
        await screen.press("f5")
        rows = screen.app.screen.query_one("#directory", Sheet).text
        names = [one.name for one in contacts(screen.store.state) if len(one.name) <= len("Daniel Mizrahi")]
        assert len(names) > 3
        assert all(visual_text(name) in rows for name in names)
    async with showing(spoken(past_desk.MOMENTS["history"], language), LEAST) as screen:
        await screen.press("ctrl+f")
        rows = screen.app.screen.query_one("#history-list", Sheet).text
        for past in past_calls(screen.store.state, ""):
            assert visual_text(day_time(past.at, desk.CLOCK)) in rows


def test_the_promised_sizes_are_not_too_small() -> None:
    assert too_small(LEAST_ROOM) is None
