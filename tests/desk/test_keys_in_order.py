"""Keys that come in a burst act on a field in their order: a slow line or a busy desk mixes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

import pytest
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input

from agent_tui import keys_in_turn
from agent_tui.plain_app import PlainApp
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.bidi_text_area import BidiTextArea
from agent_tui.widgets.note_pane import NotePane, NoteView
from agent_tui.widgets.plain_input import PlainInput
from tests.desk.screen import text_of

Made = Callable[[], Widget]


def _writable(pane: NotePane) -> NotePane:
    pane.show(NoteView("c-1", writable=True))
    return pane


FIELDS: dict[str, Made] = {
    "input": lambda: BidiInput(id="field"),
    "plain": lambda: PlainInput(id="field"),
    "area": lambda: BidiTextArea(id="field"),
    "line": lambda: BidiLine(80, id="field"),
    "note": lambda: _writable(NotePane(id="field", typed=lambda _contact, _text: None)),
    "answer": lambda: _writable(
        AnswerBox(id="field", typed=lambda _contact, _text: None, sends=lambda: None)
    ),
}


class OneField(PlainApp):
    """Nothing but the field."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self._made = made

    def compose(self) -> ComposeResult:
        yield self._made()

    @property
    def text(self) -> str:
        return text_of(self.query_one("#field"))


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("a b backspace c", "ac"),
        ("a b left c", "acb"),
        ("a b home c", "cab"),
        ("a b home delete c end", "cb"),
        ("a b c left ctrl+k d", "abd"),
        ("א ב backspace ג", "אג"),
        ("א ב home ג", "גאב"),
    ],
)
@pytest.mark.parametrize("field", FIELDS)
async def test_keys_that_wait_together_act_one_after_the_other(field: str, keys: str, left: str) -> None:
    app = OneField(FIELDS[field])
    async with app.run_test() as pilot:
        app.query_one("#field").focus()
        await pilot.pause()
        for key in keys.split():
            app.post_message(Key(key, key if len(key) == 1 else None))
        await pilot.press("end", "exclamation_mark")
        while "!" not in app.text:
            await pilot.pause()
        assert app.text == f"{left}!"


class Hanging(Widget, can_focus=True):
    """A part that does not end dealing with a key."""

    def __init__(self) -> None:
        super().__init__()
        self.over = asyncio.Event()

    async def on_key(self, event: Key) -> None:
        event.stop()
        await self.over.wait()


class BesideOneThatHangs(PlainApp):
    """A key of its own, as the one that answers."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "answer", priority=True)]

    def __init__(self) -> None:
        super().__init__()
        self.answered = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Hanging()

    def action_answer(self) -> None:
        self.answered.set()


class OneFieldGoes(PlainApp):
    """Enter in the first field takes it away."""

    def compose(self) -> ComposeResult:
        yield Input(id="first")
        yield Input(id="second")

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        self.set_focus(self.query_one("#second"))
        await event.input.remove()


async def test_a_part_that_hangs_holds_up_no_other_key_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_in_turn, "LOOK", 0.001)
    app = BesideOneThatHangs()
    async with app.run_test():
        for key in ("a", "f2"):
            app.post_message(Key(key, key))
        await app.answered.wait()
        app.query_one(Hanging).over.set()


async def test_more_keys_than_a_hand_presses_are_all_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys_in_turn, "MOST", 5)
    app = OneField(FIELDS["note"])
    async with app.run_test() as pilot:
        app.query_one("#field").focus()
        await pilot.pause()
        typed = "abcdefghijklmnopqrstuvwxyz"
        for key in typed:
            app.post_message(Key(key, key))
        while "z" not in app.text:
            await pilot.pause()
        assert app.text == typed


async def test_keys_go_on_where_a_part_has_gone_with_one() -> None:
    app = OneFieldGoes()
    async with app.run_test() as pilot:
        for key in ("a", "enter", "b", "c"):
            app.post_message(Key(key, key if len(key) == 1 else None))
        second = app.query_one("#second", Input)
        while len(second.value) < 2:
            await pilot.pause()
        assert second.value == "bc"
