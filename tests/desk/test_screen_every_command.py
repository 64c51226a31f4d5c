"""Every command is asked for by keys alone, in both languages: none works for the mouse or palette only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

import pytest

from agent_tui.commands import model as do
from agent_tui.session.state import SessionState
from agent_tui.text.catalogue import use
from tests.desk.screen import showing
from tests.stubs import callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk

Keys = tuple[str, ...]

_UNTOLD = replace(writing_desk.UNREAD, writing=replace(writing_desk.UNREAD.writing, told=False))
_REFUSED = replace(
    writing_desk.READING,
    writing=replace(
        writing_desk.READING.writing,
        sending=(replace(writing_desk.READING.writing.sending[0], refused=True),),
    ),
)
_TO_CARD: Keys = ("tab", "tab", "tab")
_TO_SCRIPT: Keys = (*_TO_CARD, "tab")
_TO_DEVICES: Keys = ("ctrl+s", "down", "down", "down")
_TO_FILES: Keys = ("ctrl+t", "f5", *"/photo.jpg", "enter")

PRESSED: Mapping[type[Any], tuple[SessionState, Keys]] = {
    do.Answer: (desk.RINGING, ("f2",)),
    do.HangUp: (desk.TALKING, ("f8",)),
    do.ToggleHold: (desk.TALKING, ("f3",)),
    do.ToggleMute: (desk.TALKING, ("f4",)),
    do.Swap: (desk.CONSULTING, ("f10",)),
    do.SelectCall: (desk.TWO_CALLS, ("tab", "tab", "down", "enter")),
    do.Transfer: (desk.TALKING, ("f5", *"1002", "enter")),
    do.AttendedTransfer: (desk.CONSULTING, ("f5",)),
    do.Merge: (desk.CONSULTING, ("f7",)),
    do.Part: (desk.MERGED, ("f7",)),
    do.SendKeys: (desk.TALKING, ("f6", "5")),
    do.Dial: (desk.IDLE, ("f7", *"1002", "enter")),
    do.CallBack: (desk.MISSED, ("f5",)),
    do.ClearMissed: (desk.MISSED, ("f6",)),
    do.TickStep: (desk.TALKING, ("ctrl+down",)),
    do.AnswerStep: (desk.TALKING, (*_TO_SCRIPT, "down", "down", "enter")),
    do.EditNote: (desk.TALKING, ("h", "i")),
    do.ChooseCustomer: (desk.SEVERAL, (*_TO_CARD, "down", "enter")),
    do.ChooseDisposition: (desk.WRAP_UP, ("tab", "up", "enter")),
    do.FinishWrapUp: (desk.WRAP_UP, ("f12",)),
    do.FindCustomer: (unknown_desk.UNKNOWN, ("ctrl+n", *"levi", "enter")),
    do.LinkCustomer: (unknown_desk.LOOKING, ("ctrl+n", *"ruth", "enter")),
    do.CreateCustomer: (unknown_desk.CREATING, ("ctrl+n", *"Dana", "ctrl+n", "enter", "enter")),
    do.LeaveCustomers: (unknown_desk.LOOKING, ("ctrl+n", "escape")),
    do.PromiseCallback: (callback_desk.STANDING, ("ctrl+r", *"15:30", "enter")),
    do.CancelCallback: (callback_desk.AGENDA, ("shift+tab", "shift+tab", "enter", "down", "enter")),
    do.SearchHistory: (past_desk.LOOKING, ("ctrl+f", *"noam", "enter")),
    do.OlderHistory: (past_desk.MORE, ("ctrl+f", "pagedown", "enter")),
    do.LeaveHistory: (past_desk.LOOKING, ("ctrl+f", "escape")),
    do.WriteToCaller: (writing_desk.BESIDE_A_CALL, ("ctrl+t",)),
    do.WatchConversations: (_UNTOLD, ("ctrl+t",)),
    do.ReadConversation: (writing_desk.UNREAD, ("ctrl+t", "enter")),
    do.LeaveConversations: (writing_desk.UNREAD, ("ctrl+t", "escape")),
    do.TakeConversation: (writing_desk.NOBODYS, ("ctrl+t", "f6")),
    do.LetConversationGo: (writing_desk.READING, ("ctrl+t", "f6")),
    do.SeeConversation: (writing_desk.READING, ("ctrl+t",)),
    do.SayText: (writing_desk.READING, ("ctrl+t", *"hello", "enter")),
    do.EditAnswer: (writing_desk.READING, ("ctrl+t", *"hello")),
    do.EditEarly: (writing_desk.UNREAD, ("ctrl+t", "enter", *"hello")),
    do.LookAtFile: (writing_desk.NOTHING_STUCK, _TO_FILES),
    do.SendFile: (writing_desk.CHOSEN, _TO_FILES),
    do.LeaveFile: (writing_desk.CHOSEN, _TO_FILES),
    do.SaveFile: (writing_desk.NOTHING_STUCK, ("ctrl+t", "shift+tab", "end", "up", "enter")),
    do.SendTemplate: (writing_desk.NEVER_ASKED, ("ctrl+t", "f5", "enter", "enter", "enter")),
    do.TakeTextBack: (_REFUSED, ("ctrl+t", "f5")),
    do.SetPresence: (desk.IDLE, ("f9", "enter")),
    do.UseSound: (desk.CHOOSING, ("ctrl+o", "down", "enter")),
    do.FindDevices: (desk.CHOOSING, ("ctrl+s",)),
    do.ChooseDevice: (desk.CHOOSING, (*_TO_DEVICES, "right")),
    do.SetRingVolume: (desk.CHOOSING, ("ctrl+s", "down", "down", "left")),
    do.TrySound: (desk.CHOOSING, (*_TO_DEVICES, "enter")),
    do.ToggleRing: (desk.RINGING, ("ctrl+g",)),
    do.DismissNotice: (desk.HUB_DOWN, ("escape",)),
    do.WatchFloor: (floor_desk.FLOOR, ("ctrl+l",)),
    do.LeaveFloor: (floor_desk.FLOOR, ("ctrl+l", "escape")),
    do.Listen: (floor_desk.FLOOR, ("ctrl+l", "f3")),
    do.WriteCoachNote: (floor_desk.FLOOR, ("ctrl+l", "down", "f6", *"Slower", "enter")),
}
"""Each command, where the desk stands, and the keys."""

BY_THE_APP = {do.LogIn}
"""Its key ends the desk, which is opened anew after the enrolment: ``test_screen_enrolment``."""


def test_every_command_has_its_keys() -> None:
    assert set(PRESSED) == set(get_args(do.Command)) - BY_THE_APP


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("command", PRESSED, ids=lambda one: one.__name__)
async def test_each_command_is_asked_for_by_its_keys(command: type[Any], language: str) -> None:
    use(language)
    state, keys = PRESSED[command]
    if state.me is not None:
        state = replace(state, me=state.me.model_copy(update={"language": language}))
    async with showing(state) as screen:
        await screen.press(*keys)
        assert command in {type(one) for one in screen.asked}, screen.everything()


async def test_conversations_that_the_hub_told_of_are_not_asked_for_again() -> None:
    async with showing(writing_desk.UNREAD) as screen:
        await screen.press("ctrl+t")
        assert do.WatchConversations() not in screen.asked
