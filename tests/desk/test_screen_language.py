"""An open desk goes over to another language with all that it says."""

from __future__ import annotations

import pytest

from agent_tui.screens.desk import DeskScreen
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Link
from hub import contract as c
from tests.desk.screen import showing
from tests.stubs import desk

assert desk.TALKING.me is not None
ENGLISH = desk.TALKING.me
HEBREW = ENGLISH.model_copy(update={"language": "he"})

WORDS = (
    ("─ Customer ─", "─ חוקל ─"),
    ("Script", "טירסת"),
    ("Queues", "םירות"),
    ("Outcome", "האצות"),
    ("TALKING", "החישב"),
    ("Hang up", "קותינ"),
    ("Registered", "ןיקת םושיר"),
    ("saved", "רמשנ"),
)
"""On the screen in English, and in Hebrew as it is drawn from left to right."""


async def test_an_open_desk_goes_over_to_the_language_that_the_hub_tells_and_back() -> None:
    async with showing(desk.TALKING) as screen:
        assert [word for word, _ in WORDS if word not in screen.everything()] == []
        await screen.hears(c.MeEvent(me=HEBREW))
        shown = screen.everything()
        assert [hebrew for _, hebrew in WORDS if hebrew not in shown] == []
        assert [word for word, _ in WORDS if word in shown] == []
        await screen.hears(c.MeEvent(me=ENGLISH))
        assert [word for word, _ in WORDS if word not in screen.everything()] == []


async def test_a_notice_that_stands_is_said_in_the_new_language_too() -> None:
    async with showing(desk.TALKING) as screen:
        await screen.hears(HubLinkChanged(Link.DOWN))
        assert "calls still ring" in screen.sheet("notices")
        await screen.hears(c.MeEvent(me=HEBREW))
        assert "calls still ring" not in screen.sheet("notices")
        assert "תכרעמהמ הבושת ןיא" in screen.sheet("notices")


@pytest.mark.parametrize("key", ["f5", "f6", "ctrl+q"])
async def test_a_question_that_was_asked_in_the_other_language_leaves(key: str) -> None:
    async with showing(desk.TALKING) as screen:
        await screen.press(key)
        assert not isinstance(screen.app.screen, DeskScreen)
        await screen.hears(c.MeEvent(me=HEBREW))
        assert isinstance(screen.app.screen, DeskScreen)
