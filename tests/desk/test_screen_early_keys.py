"""What is pressed right behind the key that opens something is typed there, however slow the machine is."""

from __future__ import annotations

import pytest

from agent_tui.session.state import SessionState
from tests.desk.screen import showing, text_of
from tests.stubs import callback_desk, desk, past_desk, unknown_desk, writing_desk

OPENED = {
    "conversation": (writing_desk.READING, "ctrl+t"),
    "palette": (desk.IDLE, "ctrl+p"),
    "dial": (desk.IDLE, "f7"),
    "history": (past_desk.LOOKING, "ctrl+f"),
    "callback": (callback_desk.MOMENTS["callback_stands"], "ctrl+r"),
    "customer": (unknown_desk.MOMENTS["looking"], "ctrl+n"),
}
"""What takes letters at once, and its key."""


@pytest.mark.parametrize("name", OPENED)
async def test_letters_typed_behind_its_key_are_not_lost(name: str) -> None:
    state, key = OPENED[name]
    assert isinstance(state, SessionState)
    async with showing(state) as screen:
        await screen.at_once(key, *"0501")
        field = screen.app.focused
        assert field is not None
        assert field.screen is not screen.desk
        assert field.id == {"conversation": "written-box", "callback": "callback-when"}.get(name, field.id)
        assert text_of(field).endswith("0501")
