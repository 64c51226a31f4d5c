"""Letters typed while a list of the desk has the focus are meant for the note, and stand there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import Paste

from agent_tui.commands import model as do
from agent_tui.session.state import NoteState
from agent_tui.widgets.note_pane import NotePane
from tests.desk.screen import Screen, showing
from tests.stubs import callback_desk, desk

FRESH = replace(desk.TALKING, work=(replace(desk.TALKING.work[0], note="", note_state=NoteState.EMPTY),))
WITH_AGENDA = callback_desk.with_callbacks(FRESH, callback_desk.CALLBACKS, callback_desk.AGENDA.me or desk.ME)
LISTS = ["outcome", "script", "card", "agenda", "queues", "calls"]


def note(screen: Screen) -> NotePane:
    return screen.desk.query_one("#note", NotePane)


async def turned_to(screen: Screen, part: str) -> None:
    """By Tab, as an agent gets there."""
    for _turn in range(10):
        await screen.press("tab")
        if screen.app.focused is screen.desk.query_one(f"#{part}"):
            return
    raise AssertionError(f"Tab never comes to {part}")


@pytest.mark.parametrize("part", LISTS)
@pytest.mark.parametrize("typed", ["hi", "של", "7?"], ids=["english", "hebrew", "signs"])
async def test_letters_typed_at_a_list_stand_in_the_note_from_the_first_on(part: str, typed: str) -> None:
    async with showing(WITH_AGENDA, (160, 45)) as screen:
        await turned_to(screen, part)
        await screen.press(*typed)
        assert note(screen).text == typed
        assert screen.app.focused is note(screen)
        assert screen.asked[-1] == do.EditNote("k-1", typed)


async def test_a_burst_behind_the_tab_key_loses_nothing_and_mixes_nothing() -> None:
    async with showing(FRESH) as screen:
        await screen.at_once("a", "tab", *"bcde", "space", "f")
        assert note(screen).text == "abcde f"


async def test_space_and_enter_choose_in_a_list_as_before() -> None:
    async with showing(desk.WRAP_UP) as screen:
        before = note(screen).text
        await screen.press("tab", "up", "space")
        assert screen.asked == [do.ChooseDisposition("k-1", "sold")]
        await screen.press("enter")
        assert len(screen.asked) == 2
        assert screen.app.focused is screen.desk.query_one("#outcome")
        assert note(screen).text == before


async def test_what_is_pasted_at_a_list_goes_there_too_and_is_cleaned() -> None:
    async with showing(FRESH) as screen:
        await turned_to(screen, "script")
        screen.app.post_message(Paste("one\x1b]0;x\x07\ntwo\u202e"))
        await screen.dealt_with()
        assert note(screen).text == "one]0;x\ntwo"
        assert screen.app.focused is note(screen)


async def test_it_goes_where_the_cursor_was_and_takes_the_place_of_nothing_selected() -> None:
    async with showing(FRESH) as screen:
        await screen.press(*"abc", "left", "shift+left")
        await turned_to(screen, "outcome")
        await screen.press("x", "y")
        assert note(screen).text == "axybc"


@pytest.mark.parametrize("part", ["agenda", "queues"])
async def test_without_a_note_nothing_is_written_and_the_focus_stays(part: str) -> None:
    async with showing(desk.IDLE, (160, 45)) as screen:
        screen.desk.query_one(f"#{part}").focus()
        await screen.press("h")
        screen.app.post_message(Paste("hello"))
        await screen.dealt_with()
        assert note(screen).text == ""
        assert screen.asked == []
        assert screen.app.focused is screen.desk.query_one(f"#{part}")


async def test_letters_typed_over_the_desk_never_reach_the_note() -> None:
    async with showing(FRESH) as screen:
        await turned_to(screen, "outcome")
        await screen.press("f6", "x", "y")
        assert note(screen).text == ""
