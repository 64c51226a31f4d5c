"""The first frame is the whole desk: one before it is 20 kB that a terminal paints for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from agent_tui.widgets.cells import Page
from agent_tui.widgets.sheet import Sheet
from agent_tui.widgets.titles import entitle
from tests.desk.in_a_terminal import desk
from tests.e2e.frames import BEGIN, END

CORNER = "╭"
"""Each box has one, however wide it is."""


def test_the_first_frame_is_the_whole_desk(tmp_path: Path) -> None:
    with desk(tmp_path) as terminal:
        terminal.wait_for("No call")
        boxes = terminal.text.count(CORNER)
        before, _, _ = terminal.painted.partition(b"No call")
    _, _, frame = before.rpartition(b"\x1b[?1049h")
    assert boxes > 3
    assert frame.decode().count(CORNER) <= boxes
    for words in ("The card comes with the call.", "No figures yet.", "The note opens with the ring."):
        assert words in frame.decode()


def test_frames_are_marked_for_a_terminal_that_shows_them_whole(tmp_path: Path) -> None:
    with desk(tmp_path) as terminal:
        terminal.wait_for("No call")
        terminal.press("f1")
        terminal.wait_for("All keys")
        begun, ended = terminal.painted.count(BEGIN), terminal.painted.count(END)
    assert begun
    assert begun - ended in {0, 1}, "the last one may be under way"


class Titled(App[None]):
    """One sheet."""

    def compose(self) -> ComposeResult:
        sheet = Sheet()
        sheet.styles.border = ("round", "white")
        sheet.show(Page(title="Sales [10:30]", subtitle="F1"))
        yield sheet


async def test_a_title_that_stands_there_is_not_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Titled()
    async with app.run_test(size=(40, 10)) as pilot:
        sheet = app.query_one(Sheet)
        await pilot.pause()
        painted: list[Sheet] = []
        monkeypatch.setattr(Sheet, "refresh", lambda sheet, *_regions, **_how: painted.append(sheet))
        entitle(sheet, "Sales [10:30]", "F1")
        assert not painted
        entitle(sheet, "Sales [10:31]", "F1")
        assert painted
