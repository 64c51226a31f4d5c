"""The keys that edit a field: the same under a Hebrew layout, and none that nobody is told of."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_text_area import BidiTextArea
from agent_tui.widgets.plain_input import PlainInput

FIELDS = (BidiTextArea, BidiInput, PlainInput)


class Desk(App[None]):
    def __init__(self, kind: type[Input | TextArea]) -> None:
        super().__init__()
        self.field = kind(id="field")

    def compose(self) -> ComposeResult:
        yield self.field


async def write(pilot: Pilot[None], text: str) -> None:
    field = pilot.app.query_one("#field")
    field.focus()
    await pilot.press(*text)


def written(app: Desk) -> str:
    field = app.field
    return field.text if isinstance(field, TextArea) else field.value


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize(
    ("cut", "paste"), [("ctrl+x", "ctrl+v"), ("ctrl+ס", "ctrl+ה")], ids=["latin", "hebrew"]
)
async def test_cut_and_paste_under_either_layout(kind: type[Input | TextArea], cut: str, paste: str) -> None:
    """A terminal with the kitty protocol names the letter of the layout."""
    app = Desk(kind)
    async with app.run_test() as pilot:
        await write(pilot, "abc")
        await pilot.press("shift+home", cut)
        assert written(app) == ""
        await pilot.press(paste, paste)
        assert written(app) == "abcabc"


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (("ctrl+ז",), ""),
        (("ctrl+ז", "ctrl+ט"), "abc"),
        (("ctrl+ש", "x"), "xabc"),
        (("ctrl+ש", "ctrl+ק", "x"), "abcx"),
        (("ctrl+ו",), ""),
        (("home", "ctrl+ג"), "bc"),
        (("home", "ctrl+ל"), ""),
        (("shift+home", "ctrl+ב", "end", "ctrl+ה"), "abcabc"),
    ],
)
async def test_every_key_that_edits_a_note_does_so_under_a_hebrew_layout(
    keys: tuple[str, ...], text: str
) -> None:
    app = Desk(BidiTextArea)
    async with app.run_test() as pilot:
        await write(pilot, "abc")
        await pilot.press(*keys)
        assert written(app) == text


@pytest.mark.parametrize("kind", FIELDS)
async def test_no_key_of_the_phone_edits_where_it_is_not_bound(kind: type[Input | TextArea]) -> None:
    """By Textual's F7 all is selected: in a field over the desk the next letter would take its place."""
    app = Desk(kind)
    async with app.run_test() as pilot:
        await write(pilot, "abc")
        for number in range(1, 13):
            await pilot.press(f"f{number}", "x")
        assert written(app) == "abc" + 12 * "x"


@pytest.mark.parametrize("kind", FIELDS)
@pytest.mark.parametrize("key", ["ctrl+w", "ctrl+backspace", "alt+backspace"])
async def test_the_word_before_the_cursor_is_what_backspace_takes_away(
    kind: type[Input | TextArea], key: str
) -> None:
    app = Desk(kind)
    async with app.run_test() as pilot:
        await write(pilot, "one two")
        await pilot.press(*["left"] * 3, key)
        assert written(app) == "two"
