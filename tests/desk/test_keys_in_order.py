"""Keys that come in a burst act on a field in their order: a slow line or a busy desk mixes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.app import App, ComposeResult
from textual.events import Key
from textual.widget import Widget
from textual.widgets import Input, TextArea

from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.bidi_text_area import BidiTextArea
from agent_tui.widgets.note_pane import NotePane, NoteView
from agent_tui.widgets.plain_input import PlainInput

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


class OneField(App[None]):
    """Nothing but the field."""

    def __init__(self, made: Made) -> None:
        super().__init__()
        self._made = made

    def compose(self) -> ComposeResult:
        yield self._made()

    @property
    def text(self) -> str:
        field = self.query_one("#field")
        if isinstance(field, Input):
            return field.value
        assert isinstance(field, TextArea)
        return field.text


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
