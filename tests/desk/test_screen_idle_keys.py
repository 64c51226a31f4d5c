"""A key that cannot act now says why, in the palette's words: once, in a line, without a sound."""

from __future__ import annotations

import pytest

from agent_tui.attention import signals
from agent_tui.commands import model as do
from agent_tui.commands.shortcuts import SHORTCUTS, key_of
from agent_tui.screens.accidents import HELD
from agent_tui.screens.idle_keys import why_idle
from agent_tui.screens.keyboard import meaning, not_now
from agent_tui.screens.views.palette import offers
from agent_tui.session.state import SessionState, Severity
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import LANGUAGES
from sip import events as ev
from tests.desk.screen import showing, text_of
from tests.desk.test_screen_borders import spoken
from tests.stubs import customers, desk

ROOM = (250, 45)
"""Each notice has one line."""

IN_VAIN: dict[str, tuple[SessionState, str]] = {
    "answer": (desk.IDLE, "No call waits to be answered. A call being dialled must end first."),
    "hold": (desk.IDLE, "There is no call to hold."),
    "mute": (desk.HELD_MUTED, "There is no talk to mute."),
    "transfer": (desk.IDLE, "There is no talk to hand on."),
    "keys": (desk.RINGING, "There is no talk to send keys in."),
    "hang_up": (desk.IDLE, "There is no call to end."),
    "presence": (desk.HUB_DOWN, "The hub does not answer, so the exchange cannot be told."),
    "swap": (desk.TALKING, "There is no other call to go on with."),
    "finish": (desk.IDLE, "No wrap-up is owed."),
    "next_step": (desk.IDLE, "No script is open."),
    "sound": (
        desk.IDLE,
        "There are no other devices to choose from: the settings name them under [[audio.profile]].",
    ),
    "customer": (desk.IDLE, "There is no talk or wrap-up to link a customer to, or the hub is away."),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shortcut", IN_VAIN)
async def test_a_key_that_cannot_act_now_says_why_and_asks_for_nothing(shortcut: str, language: str) -> None:
    state, why = IN_VAIN[shortcut]
    async with showing(spoken(state, language), ROOM) as screen:
        await screen.press(key_of(shortcut))
        told = str(why_idle(state, shortcut))
        assert told.endswith(why) is (language == "en")
        assert visual_text(told) in screen.sheet("notices")
        assert screen.asked == []


@pytest.mark.parametrize("shortcut", ["whatsapp", "floor"])
async def test_of_what_this_agents_centre_never_has_nothing_is_said(shortcut: str) -> None:
    async with showing(desk.IDLE, ROOM) as screen:
        await screen.press(key_of(shortcut))
        assert screen.store.state.notices == ()


@pytest.mark.parametrize("state", desk.MOMENTS.values(), ids=desk.MOMENTS)
def test_what_it_says_the_palette_says(state: SessionState) -> None:
    offered = {str(not_now(offer.words, offer.why_not)) for offer in offers(state, "dark") if offer.why_not}
    for shortcut in SHORTCUTS:
        told = why_idle(state, shortcut.id)
        if told is not None and meaning(state, shortcut.id) is None:
            assert str(told) in offered, shortcut.id


async def test_it_is_told_once_and_goes_when_the_key_would_act() -> None:
    async with showing(desk.IDLE, ROOM) as screen:
        await screen.press("f2")
        before = screen.store.state.notices
        await screen.press("f2", "f2")
        assert screen.store.state.notices is before
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        assert screen.store.state.notices == ()
        await screen.press("f2")
        assert screen.asked == [do.Answer()]


async def test_it_goes_when_another_key_acts_and_by_escape() -> None:
    async with showing(desk.TALKING, ROOM) as screen:
        await screen.press("f10")
        assert "no other call" in screen.sheet("notices")
        await screen.press("f4")
        assert screen.store.state.notices == ()
        await screen.press("f10", "f12")
        assert "No wrap-up" in screen.sheet("notices")
        assert "no other call" not in screen.sheet("notices")
        await screen.press("escape")
        assert screen.asked == [do.ToggleMute(), do.DismissNotice("key")]


async def test_the_finger_that_is_still_down_says_nothing() -> None:
    """Pressed twice, or held down: what the key was pressed for is done."""
    async with showing(desk.TALKING, ROOM) as screen:
        await screen.press("f8")
        await screen.hears(ev.CallClosed("call-1", ev.CloseReason.NORMAL))
        for _ in range(30):
            screen.passes(HELD / 5)
            await screen.press("f8")
        assert screen.store.state.notices == ()
        screen.passes(HELD)
        await screen.press("f8")
        assert "There is no call to end." in screen.sheet("notices")
        assert screen.asked == [do.HangUp()]


async def test_what_is_typed_into_a_field_stays_and_no_sound_is_made() -> None:
    async with showing(desk.WRAP_UP, ROOM) as screen:
        note = screen.desk.query_one("#note")
        before = text_of(note)
        await screen.press("f3", *"23", "f4", "8")
        assert text_of(note) == before + "238"
        assert screen.desk.focused is note
        assert [notice.severity for notice in screen.store.state.notices] == [Severity.INFO]
        assert not signals(screen.store.state, focused=False).bell


async def test_what_lies_over_the_desk_is_not_left_with_a_line_below_it() -> None:
    async with showing(desk.IDLE, ROOM) as screen:
        await screen.press("f1", "f8", "escape")
        assert screen.store.state.notices == ()
