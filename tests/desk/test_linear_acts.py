"""Whatever the desk can be asked for, a typed word asks for; what is the screen's alone is named with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest

from agent_tui.commands import model as do
from agent_tui.config import load
from agent_tui.linear.hand import Hand
from agent_tui.linear.vocabulary import obey
from agent_tui.preferences import Change
from agent_tui.session.state import Link, SessionState
from agent_tui.wiring import keep
from hub import contract as c
from sip.audio.devices import SoundPart
from tests.desk.test_linear import talking
from tests.stubs import callback_desk, desk, floor_desk, past_desk, unknown_desk, writing_desk

Lines = tuple[str, ...]

TYPED: Mapping[type[Any], tuple[SessionState, Lines]] = {
    do.Answer: (desk.RINGING, ("answer",)),
    do.HangUp: (desk.TALKING, ("hangup",)),
    do.ToggleHold: (desk.TALKING, ("hold",)),
    do.ToggleMute: (desk.TALKING, ("mute",)),
    do.Swap: (desk.TWO_CALLS, ("swap",)),
    do.SelectCall: (desk.TWO_CALLS, ("call 2",)),
    do.Transfer: (desk.TALKING, ("transfer 1002",)),
    do.AttendedTransfer: (desk.CONSULTING, ("connect",)),
    do.Merge: (desk.TWO_CALLS, ("merge",)),
    do.Part: (desk.MERGED, ("part",)),
    do.SendKeys: (desk.TALKING, ("keys 12#",)),
    do.Dial: (desk.IDLE, ("dial 1002",)),
    do.CallBack: (desk.MISSED, ("return",)),
    do.ClearMissed: (desk.MISSED, ("seen",)),
    do.SearchHistory: (desk.IDLE, ("history cohen",)),
    do.OlderHistory: (past_desk.MORE, ("older",)),
    do.LeaveHistory: (past_desk.LOOKING, ("forget",)),
    do.FindCustomer: (unknown_desk.UNKNOWN, ("find levi",)),
    do.LinkCustomer: (unknown_desk.LOOKING, ("link 1",)),
    do.CreateCustomer: (unknown_desk.CREATING, ("new Dana Cohen",)),
    do.WatchFloor: (floor_desk.FLOOR, ("floor",)),
    do.LeaveFloor: (floor_desk.FLOOR, ("forget",)),
    do.Listen: (floor_desk.FLOOR, ("listen 1",)),
    do.WriteCoachNote: (floor_desk.FLOOR, ("tell 1 well done",)),
    do.PromiseCallback: (desk.TALKING, ("callback 10; the price",)),
    do.CancelCallback: (callback_desk.MOMENTS["agenda"], ("cancel 1",)),
    do.WriteToCaller: (writing_desk.BESIDE_A_CALL, ("write",)),
    do.ReadConversation: (writing_desk.UNREAD, ("whatsapp 1",)),
    do.TakeConversation: (writing_desk.NOBODYS, ("take",)),
    do.LetConversationGo: (writing_desk.READING, ("take",)),
    do.SeeConversation: (writing_desk.READING, ("thread",)),
    do.SayText: (writing_desk.READING, ("reply hello",)),
    do.EditAnswer: (replace(writing_desk.NOTHING_STUCK, hub=Link.DOWN), ("reply hello",)),
    do.LeaveConversations: (writing_desk.BESIDE_A_CALL, ("write",)),
    do.LookAtFile: (writing_desk.NOTHING_STUCK, ("file /photo.jpg",)),
    do.SendFile: (writing_desk.CHOSEN, ("sendfile",)),
    do.LeaveFile: (writing_desk.CHOSEN, ("sendfile",)),
    do.SaveFile: (writing_desk.NOTHING_STUCK, ("save 1",)),
    do.SendTemplate: (writing_desk.NEVER_ASKED, ("template 1 Ruth; Dana", "send agreed")),
    do.TakeTextBack: (writing_desk.READING, ("reply",)),
    do.SetPresence: (desk.IDLE, ("away 0",)),
    do.UseSound: (desk.CHOOSING, ("sound 1",)),
    do.FindDevices: (desk.CHOOSING, ("devices",)),
    do.ChooseDevice: (desk.CHOOSING, ("devices 1",)),
    do.SetRingVolume: (desk.CHOOSING, ("volume 40",)),
    do.TrySound: (desk.CHOOSING, ("try 1",)),
    do.ToggleRing: (desk.RINGING, ("ring",)),
    do.TickStep: (desk.TALKING, ("done",)),
    do.AnswerStep: (desk.HEBREW, ("step 4",)),
    do.EditNote: (desk.TALKING, ("note hello",)),
    do.ChooseCustomer: (desk.SEVERAL, ("customer 2",)),
    do.ChooseDisposition: (desk.WRAP_UP, ("outcome 1",)),
    do.FinishWrapUp: (desk.WRAP_UP, ("finish",)),
    do.DismissNotice: (desk.HUB_DOWN, ("dismiss",)),
}
"""Each command, where the desk stands, and what is typed."""

OF_THE_SCREEN: Mapping[type[Any], str] = {
    do.EditEarly: "is typed before its box is there; a line is typed whole, and lines have no box",
    do.WatchConversations: "opens that screen; the word whatsapp reads them",
    do.LeaveCustomers: "ends a search when its screen closes; there is none",
    do.LogIn: "ends the desk for the enrolment screen; the word enroll names the command that asks in lines",
}


def asked(state: SessionState, lines: Lines) -> tuple[list[do.Command], list[str], list[Change]]:
    """What the lines ask for, what is said, and what is kept."""
    sent: list[do.Command] = []
    said: list[str] = []
    kept: list[Change] = []
    hand = Hand(lambda: state, sent.append, said.append, lambda: desk.CLOCK, _nothing, kept.append)
    for line in lines:
        hand.begin()
        obey(hand, line)
    return sent, said, kept


def _nothing() -> None:
    """Nobody leaves."""


def test_every_command_has_a_word_or_a_reason() -> None:
    assert set(TYPED) | set(OF_THE_SCREEN) == set(get_args(do.Command))
    assert not set(TYPED) & set(OF_THE_SCREEN)


@pytest.mark.parametrize("command", TYPED, ids=lambda one: one.__name__)
def test_each_command_is_asked_for_by_typing(command: type[Any]) -> None:
    state, lines = TYPED[command]
    if command is do.TakeTextBack:
        stuck = replace(state.writing.sending[0], refused=True)
        state = replace(state, writing=replace(state.writing, sending=(stuck,)))
    sent, said, _kept = asked(state, lines)
    assert command in {type(one) for one in sent}, said


@pytest.mark.parametrize("word", ["f9", "presence", "enroll"])
def test_a_desk_that_the_hub_does_not_know_says_the_next_step(word: str) -> None:
    unknown = replace(desk.HUB_DOWN, unknown_here=True, calls=(), active=None)
    sent, said, _kept = asked(unknown, (word,))
    assert sent == []
    assert said[-1] == "Type quit, then run: moked enroll URL"


def test_a_template_goes_as_it_was_read_out_and_only_after_a_yes() -> None:
    state = writing_desk.NEVER_ASKED
    sent, said, _kept = asked(state, ("template", "template 1", "template 1 Ruth; Dana", "send"))
    assert sent == []
    assert "1: Go on in writing (en_US)" in said
    assert "Hello Ruth, this is Dana. Please answer here, and we go on in writing." in said
    assert "Ask them, then type send agreed." in said[-1]
    sent, _said, _kept = asked(state, ("template 1 Ruth; Dana", "send agreed", "send agreed"))
    (one,) = sent
    assert isinstance(one, do.SendTemplate)
    assert one.asked == c.TemplateToSend(template="go_on.en_US", parameters=("Ruth", "Dana"), agreed=True)
    assert one.text.startswith("Hello Ruth, this is Dana.")


def test_a_template_with_an_empty_place_is_not_sent() -> None:
    sent, said, _kept = asked(writing_desk.NEVER_ASKED, ("template 1 Ruth", "send agreed"))
    assert sent == []
    assert "name; agent" in said[-2]


def test_each_device_is_stepped_through_told_and_kept() -> None:
    sent, said, kept = asked(desk.CHOOSING, ("devices", "devices 1"))
    assert any(line.startswith("1: Microphone") for line in said)
    (chosen,) = [one for one in sent if isinstance(one, do.ChooseDevice)]
    assert chosen.part is SoundPart.MICROPHONE
    assert said[-1].startswith("Microphone")
    (change,) = kept
    assert (change.table, change.name, change.value) == ("audio", "microphone", chosen.device or None)


def test_what_is_typed_wrongly_keeps_nothing() -> None:
    for line in ("volume", "volume 101", "volume loud", "language", "language fr", "devices 9", "try 9"):
        sent, said, kept = asked(desk.CHOOSING, (line,))
        assert kept == []
        assert [one for one in sent if not isinstance(one, do.FindDevices)] == []
        assert said


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text('[sip]\nuser = "1"\ndomain = "x"\n', encoding="utf-8")
    return path


async def test_the_language_holds_at_once_and_in_the_file(file: Path) -> None:
    async with talking(keep=partial(keep, file)) as talk:
        await talk.says("language he", "נכתב")
        await talk.says("volume 40", "נכתב")
        await talk.says("שפה en", "Written to your settings")
    assert load(file).desk.language == "en"
    assert load(file).audio.ring_volume == 40


async def test_a_file_that_cannot_be_written_is_told_and_the_language_holds(tmp_path: Path) -> None:
    keeping: Callable[[Change], None] = partial(keep, tmp_path)
    async with talking(keep=keeping) as talk:
        await talk.says("language he", "השינוי לא נשמר")
        await talk.says("מצב", "מרכזייה")
