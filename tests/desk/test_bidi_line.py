"""A line of words takes what it holds, and no more: what stands there is what is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.events import Paste
from textual.pilot import Pilot

from agent_tui.widgets.bidi_line import BidiLine

LONGEST = 12


class Desk(App[None]):
    def compose(self) -> ComposeResult:
        yield BidiLine(LONGEST, id="line")


@asynccontextmanager
async def field(text: str) -> AsyncIterator[tuple[Pilot[None], BidiLine]]:
    app = Desk()
    async with app.run_test() as pilot:
        line = app.query_one(BidiLine)
        line.focus()
        line.insert(text)
        await pilot.pause()
        yield pilot, line


async def test_a_full_line_takes_no_letter_that_would_not_be_read() -> None:
    async with field("שלום עולם 1") as (pilot, line):
        await pilot.press("2", "3")
        assert line.text == line.line == "שלום עולם 12"
        await pilot.press("backspace", "4")
        assert line.line == "שלום עולם 14"
        await pilot.press("shift+home", "5")
        assert line.line == "5", "there is room where something is replaced"


async def test_of_what_is_pasted_a_line_takes_what_it_has_room_for() -> None:
    async with field("שלום ") as (pilot, line):
        line.post_message(Paste("עו\u202eלם\x1b[2J וגם זה"))
        await pilot.pause()
        assert len(line.text) == LONGEST
        assert line.text == line.line
        assert line.line.startswith("שלום עולם[")
        line.post_message(Paste("y"))
        await pilot.pause()
        assert "y" not in line.text


async def test_what_was_copied_from_a_note_comes_in_as_one_line() -> None:
    async with field("") as (pilot, line):
        pilot.app.copy_to_clipboard("שלום\nעולם")
        await pilot.press("ctrl+v")
        assert line.text == "שלום עולם"
        assert line.cursor_location == (0, 9)
        await pilot.press("ctrl+z")
        assert line.text == ""
