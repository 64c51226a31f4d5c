"""What the borders say: the desk's own words are never cut, at any width and in either language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent_tui.screens.overlay import Overlay
from agent_tui.screens.words import NOTE_STATE
from agent_tui.session.state import NoteState, SessionState
from agent_tui.text.bidi.display import visual_text
from agent_tui.widgets.note_pane import NotePane
from agent_tui.widgets.sheet import Sheet
from tests.desk.screen import Screen, showing
from tests.desk.test_hostile_screens import SCREENS
from tests.desk.worst_state import worst
from tests.stubs import callback_desk, coached_desk, desk, writing_desk

MOMENTS = {**desk.MOMENTS, **callback_desk.MOMENTS, **coached_desk.MOMENTS, **writing_desk.DESK_MOMENTS}
EDGES = (80, 87, 113, 114, 149, 150, 160)
"""Where a part is at its narrowest in each of the three layouts, and beside them."""
LANGUAGES = ("en", "he")


def spoken(state: SessionState, language: str) -> SessionState:
    """The same to an agent whose desk speaks ``language``."""
    assert state.me is not None
    return replace(state, me=state.me.model_copy(update={"language": language}))


def labels(screen: Screen) -> Iterator[tuple[str, str]]:
    """Each label of a border that is seen, and whose it is; the note's title is the customer's name."""
    for part in screen.desk.query(Sheet):
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
    async with showing(spoken(MOMENTS[moment], language), (80, 40)) as screen:
        for width in range(80, 161):
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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [width for width in EDGES if width < 114])
async def test_no_title_over_the_desk_is_cut_where_room_is_least(width: int, language: str) -> None:
    """Each stands whole on the screen; from 114 columns on all boxes are as wide as they get."""
    state = spoken(worst("Ruth"), language)
    async with showing(state, (width, 24)) as screen:
        for kind in (one for one in SCREENS if issubclass(one, Overlay)):
            over = SCREENS[kind](state, "Ruth")
            assert isinstance(over, Overlay)
            await screen.app.push_screen(over)
            await screen.pilot.pause()
            title = str(over.children[0].border_title)
            assert title, kind
            assert "…" not in title, kind
            assert title in screen.everything(), kind
            screen.app.pop_screen()
            await screen.pilot.pause()
