"""What the borders say: the desk's own words are never cut, at any width and in either language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from agent_tui.screens.choice import Choice
from agent_tui.screens.customer_search import CustomerSearch
from agent_tui.screens.file_form import FileForm
from agent_tui.screens.line_entry import LineEntry
from agent_tui.screens.number_entry import NumberEntry
from agent_tui.screens.overlay import Overlay
from agent_tui.screens.template_form import TemplateForm
from agent_tui.screens.words import NOTE_STATE
from agent_tui.session.state import NoteState, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.widgets.frame import Frame
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from tests.desk.screen import Screen, showing
from tests.desk.test_hostile_screens import SCREENS
from tests.desk.worst_state import worst
from tests.stubs import callback_desk, coached_desk, desk, writing_desk

MOMENTS = {**desk.MOMENTS, **callback_desk.MOMENTS, **coached_desk.MOMENTS, **writing_desk.DESK_MOMENTS}
EDGES = (60, 79, 80, 87, 113, 114, 149, 150, 160)
"""Where a part is at its narrowest in each of the three layouts, and beside them."""
LANGUAGES = ("en", "he")
OVERLAYS = [one for one in SCREENS if issubclass(one, Overlay)]


def spoken(state: SessionState, language: str) -> SessionState:
    """The same to an agent whose desk speaks ``language``."""
    assert state.me is not None
    return replace(state, me=state.me.model_copy(update={"language": language}))


def labels(screen: Screen) -> Iterator[tuple[str, str]]:
    """Each label of a border that is seen, and whose it is; the note's title is the customer's name."""
    for part in (one for one in screen.desk.query(Sheet) if one.display):
        yield from (
            (f"{part.id}", str(label)) for label in (part.border_title, part.border_subtitle) if label
        )
    yield "note", str(screen.desk.query_one("#note", NotePane).border_subtitle or "")


def whole(screen: Screen) -> None:
    """None of them is cut, by us or by Textual, and each stands on the screen."""
    saving = visual_text(str(NOTE_STATE[NoteState.TYPED]))
    for whose, label in labels(screen):
        assert label == saving or "…" not in label, (whose, label)
    shown = screen.everything()
    for part in screen.desk.query(Sheet):
        if part.display and part.region:
            assert str(part.border_subtitle or "") in shown, part.id


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("moment", ["agenda", "called_back"])
async def test_no_key_in_a_border_is_cut_at_any_width(moment: str, language: str) -> None:
    async with showing(spoken(MOMENTS[moment], language), (60, 40)) as screen:
        for width in range(60, 161):
            await screen.pilot.resize_terminal(width, 40)
            await screen.pilot.pause()
            whole(screen)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", EDGES)
async def test_no_label_of_any_moment_is_cut_where_room_is_least(width: int, language: str) -> None:
    async with showing(desk.IDLE, (width, 24)) as screen:
        for state in MOMENTS.values():
            await screen.stands(spoken(state, language))
            whole(screen)


@pytest.mark.parametrize(
    ("language", "key", "word"), [("en", "F8 hangs up", "F8 hangs"), ("he", "F8 :קותינ", ":קותינ")]
)
async def test_the_key_that_hangs_up_stands_in_one_line_in_a_narrow_box(
    language: str, key: str, word: str
) -> None:
    """By its words as they are drawn, wherever a screen over the desk tells them."""
    state = spoken(worst("Ruth"), language)
    found = 0
    async with showing(state, (60, 24)) as screen:
        for kind in OVERLAYS:
            await screen.app.push_screen(titled(kind, state, "Ruth"))
            await screen.pilot.pause()
            shown = screen.everything()
            assert shown.count(word) == shown.count(key), kind
            found += shown.count(key)
            screen.app.pop_screen()
            await screen.pilot.pause()
    assert found


def titled(kind: type[Overlay[Any]], state: SessionState, name: str) -> Overlay[Any]:
    """That screen over the desk, with ``name`` in its title where there is a place for one."""
    over = SCREENS[kind](state, name)
    assert isinstance(over, kind)
    return over


async def borders(screen: Screen, over: Overlay[Any]) -> tuple[str, str]:
    """Title and keys in the border of what is put over the desk; both stand on the screen as they are."""
    await screen.app.push_screen(over)
    await screen.pilot.pause()
    frame = over.query_one(Frame)
    said = str(frame.border_title), str(frame.border_subtitle or "")
    shown = screen.everything()
    assert all(text in shown for text in said), type(over)
    screen.app.pop_screen()
    await screen.pilot.pause()
    return said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", EDGES)
async def test_no_title_and_no_key_in_the_border_over_the_desk_is_cut(width: int, language: str) -> None:
    state = spoken(worst("Ruth"), language)
    async with showing(state, (width, 24)) as screen:
        for kind in OVERLAYS:
            title, keys = await borders(screen, titled(kind, state, "Ruth"))
            assert title, kind
            assert "…" not in title + keys, kind


FIRST, LAST = "קלונימוס", "שמעון"
LONG = {
    "he": f"{FIRST} {'דוד ' * 60}{LAST}",
    "en": f"Wolfeschlegel {'Hubert ' * 30}Bergerdorff",
    "en, then he": f"Wolfeschlegel {'דוד ' * 60}{LAST}",
    "he, then en": f"{FIRST} {'Hubert ' * 30}Bergerdorff",
}
"""Names that no border has room for."""
NAMED = (CustomerSearch, FileForm, NumberEntry, LineEntry, Choice, TemplateForm)
"""What has a name in its title; of the number entry and those behind it, whoever opens it says which."""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LONG)
@pytest.mark.parametrize("width", [EDGES[0], EDGES[-1]])
async def test_a_title_that_is_too_long_loses_its_end(width: int, name: str, language: str) -> None:
    """Also in a language that begins at the right, where Textual would take the beginning away."""
    long = LONG[name]
    state = spoken(worst(long), language)
    async with showing(state, (width, 24)) as screen:
        for kind in NAMED:
            title, keys = await borders(screen, titled(kind, state, long))
            assert title.count("…") == 1, kind
            assert visual_text(long.split()[0]) in title, kind
            assert visual_text(long.split()[-1]) not in title, kind
            assert "F1" in keys, kind
