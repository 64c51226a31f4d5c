"""A customer writes, is answered once, and is still there after desk and hub were killed."""

from __future__ import annotations

import pytest

from tests.e2e.acts import DANA
from tests.e2e.centre import Centre
from tests.e2e.eventually import eventually
from tests.e2e.written import writing

pytestmark = pytest.mark.pbx


def test_a_conversation_outlives_desk_and_hub_and_each_text_goes_once(centre: Centre) -> None:
    with writing(centre) as written:
        with centre.desk(DANA) as desk:
            screen = desk.terminal
            screen.wait_for("● Registered", within=40)
            written.writes("wamid.1", "The light is red.")
            screen.wait_for("writes by WhatsApp")
            screen.press("ctrl+t")
            screen.wait_for("1 unread")
            screen.press("enter")
            screen.wait_for("The light is red.", "F6 takes it")
            screen.press("f6")
            screen.wait_for("Text goes until")
            screen.type("Which light?")
            screen.press("enter")
            screen.wait_for("✓ sent")
        centre.kill_hub()
        centre.start_hub()
        written.writes("wamid.2", "The left one.")
        with centre.desk(DANA) as desk:
            screen = desk.terminal
            screen.wait_for("● Registered", "1 unread Ctrl+T", within=40)
            screen.press("ctrl+t")
            screen.wait_for("Conversations · 1 unread")
            screen.press("enter")
            screen.wait_for("The light is red.", "Which light?", "The left one.", "Text goes until")
            screen.type("Thank you.")
            screen.press("enter")
            eventually(lambda: len(written.api.accepted) == 2, "both are on their way")
        sent = [one.text.body for one in written.api.accepted if one.text is not None]
        assert sent == ["Which light?", "Thank you."]
