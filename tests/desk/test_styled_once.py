"""A desk or an overlay that comes up has each part styled once: more is most of what its coming takes."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode
from textual.widget import Widget

from agent_tui.widgets.note_pane import NotePane
from tests.desk.screen import showing
from tests.stubs import desk


@pytest.fixture
def styled(monkeypatch: pytest.MonkeyPatch) -> Counter[DOMNode]:
    """How often each part was styled."""
    counted: Counter[DOMNode] = Counter()
    apply = Stylesheet.apply

    def count(sheet: Stylesheet, node: DOMNode, **how: Any) -> None:
        counted[node] += 1
        apply(sheet, node, **how)

    monkeypatch.setattr(Stylesheet, "apply", count)
    return counted


async def test_each_part_of_the_desk_is_styled_once(styled: Counter[DOMNode]) -> None:
    async with showing(desk.IDLE) as screen:
        parts = [one for one in screen.desk.walk_children() if not isinstance(one, NotePane)]
        assert len(parts) > 20
        assert {str(one): styled[one] for one in parts if styled[one] != 1} == {}


async def test_the_desk_lies_on_no_other_screen() -> None:
    async with showing(desk.IDLE) as screen:
        assert screen.app.screen_stack == [screen.desk]


async def test_style_sheets_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Stylesheet] = []
    reparse = Stylesheet.reparse

    def count(sheet: Stylesheet) -> None:
        read.append(sheet)
        reparse(sheet)

    monkeypatch.setattr(Stylesheet, "reparse", count)
    async with showing(desk.IDLE):
        assert not read


async def test_each_part_of_an_overlay_is_styled_once(styled: Counter[DOMNode]) -> None:
    async with showing(desk.IDLE) as screen:
        await screen.pilot.press("f1")
        parts = [one for one in screen.app.screen.walk_children(Widget) if not one.has_focus]
        assert parts
        assert {str(one): styled[one] for one in parts if styled[one] != 1} == {}
