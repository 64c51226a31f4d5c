"""What a key press does to calls: the act, once, on the call that was meant, or words why not."""

from __future__ import annotations

import asyncio

import pytest

from agent_tui.commands import model as do
from agent_tui.session import events as de
from agent_tui.session.state import Link
from sip import events as ev
from sip.audio.devices import Device, Devices, SoundPart
from sip.call_state import CallState
from sip.errors import NotRegistered, PhoneError
from tests.commands.desk import Desk, state_of
from tests.stubs.clock import settle

S = CallState


async def test_answering_holds_the_call_talked_in_first(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    assert desk.asked() == [("answer", first), ("hold", first), ("answer", second)]
    assert desk.state_of(first) is S.HELD
    assert desk.state.active == second


async def test_when_answering_fails_the_held_call_goes_on(desk: Desk) -> None:
    first = await desk.talk()
    second = desk.phone.rings()
    desk.phone.fail_next["answer"] = PhoneError("No sound device. Plug one in.")
    await desk.until(lambda state: len(state.calls) == 2)
    desk.press(do.Answer())
    await desk.until(lambda state: bool(state.notices))
    assert desk.asked("resume") == [("resume", first)]
    assert desk.state_of(first) is S.ESTABLISHED
    assert desk.state_of(second) is S.INCOMING
    assert desk.notice() == "No sound device. Plug one in."


async def test_when_holding_fails_the_second_call_is_not_answered(desk: Desk) -> None:
    await desk.talk()
    desk.phone.rings()
    desk.phone.fail_next["hold"] = PhoneError("Hold was refused.")
    await desk.until(lambda state: len(state.calls) == 2)
    desk.press(do.Answer())
    await desk.until(lambda state: bool(state.notices))
    assert len(desk.asked("answer")) == 1
    assert desk.notice() == "Hold was refused."


async def test_the_second_caller_gives_up_while_being_answered(desk: Desk) -> None:
    first = await desk.talk()
    second = desk.phone.rings()
    await desk.until(lambda state: len(state.calls) == 2)
    desk.phone.hold_back()
    desk.press(do.Answer())
    await settle()
    desk.phone.let_go()
    desk.phone.closes(second, ev.CloseReason.CANCELLED)
    await desk.until(lambda state: state_of(state, first) is S.ESTABLISHED and len(state.calls) == 1)


@pytest.mark.parametrize(
    ("command", "asked"),
    [(do.ToggleHold(), "hold"), (do.ToggleMute(), "mute"), (do.HangUp(), "hangup")],
)
async def test_a_double_press_acts_once(desk: Desk, command: do.Command, asked: str) -> None:
    await desk.talk()
    desk.phone.hold_back()
    desk.press(command)
    desk.press(command)
    await settle()
    desk.press(command)
    desk.phone.let_go()
    await settle()
    assert len(desk.asked(asked)) == 1
    assert desk.notice() == ""


async def test_the_second_caller_is_gone_before_the_answer_arrives(desk: Desk) -> None:
    first = await desk.talk()
    second = desk.phone.rings()
    await desk.until(lambda state: len(state.calls) == 2)
    answering = desk.phone.delay_next["answer"] = asyncio.Event()
    desk.press(do.Answer())
    await desk.until(lambda state: state_of(state, first) is S.HELD)
    desk.phone.hold_back()
    answering.set()
    await settle()
    desk.phone.overtaken_by(ev.CallClosed(second, ev.CloseReason.CANCELLED))
    await desk.until(lambda state: bool(desk.notice()))
    assert desk.notice() == "The caller is gone."
    assert desk.state_of(first) is S.ESTABLISHED


async def test_hold_and_mute_are_taken_off_again(desk: Desk) -> None:
    call = await desk.talk()
    for command in (do.ToggleMute(), do.ToggleMute(), do.ToggleHold(), do.ToggleHold()):
        desk.press(command)
        await settle()
    assert desk.asked("mute", "hold", "resume") == [
        ("mute", call, "True"),
        ("mute", call, "False"),
        ("hold", call),
        ("resume", call),
    ]


async def test_swap_goes_to_the_other_call_and_back(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.Swap())
    await desk.until(lambda state: state.active == first)
    assert (desk.state_of(first), desk.state_of(second)) == (S.ESTABLISHED, S.HELD)
    await settle()
    desk.press(do.Swap())
    await desk.until(lambda state: state.active == second)
    assert (desk.state_of(first), desk.state_of(second)) == (S.HELD, S.ESTABLISHED)


async def test_going_on_with_a_selected_call_holds_the_one_talked_in(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.SelectCall(first))
    assert desk.state.active == first
    desk.press(do.ToggleHold())
    await desk.until(lambda state: state_of(state, first) is S.ESTABLISHED)
    assert desk.state_of(second) is S.HELD


async def test_hanging_up_declines_a_call_that_rings(desk: Desk) -> None:
    call = desk.phone.rings(contact="k-1")
    await desk.until(lambda state: bool(state.calls))
    desk.press(do.HangUp())
    await desk.until(lambda state: not state.calls)
    assert desk.asked() == [("hangup", call)]
    assert desk.state.work == ()


async def test_a_press_means_the_call_that_was_there(desk: Desk) -> None:
    """The active call ends between the key and the act: the other call is not hung up in its place."""
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.HangUp())
    desk.phone.closes(second)
    await desk.until(lambda state: len(state.calls) == 1)
    await settle()
    assert desk.state_of(first) is S.HELD
    assert ("hangup", first) not in desk.asked()


async def test_other_devices_are_chosen_where_there_are_some(desk: Desk) -> None:
    desk.press(do.UseSound("Laptop"))
    assert "no other devices" in str(desk.state.notices[-1].words)
    desk.phone.sound.now = ev.SoundChanged("Headset", ("Headset", "Laptop"))
    desk.phone.report(desk.phone.sound.now)
    await desk.store.until(lambda state: state.sound is not None, 5)
    desk.press(do.UseSound("Laptop"))
    await desk.store.until(lambda state: state.sound is not None and state.sound.profile == "Laptop", 5)
    assert desk.asked("sound") == [("sound", "Laptop")]


async def test_devices_are_found_chosen_and_tried_as_the_phone_tells(desk: Desk) -> None:
    desk.press(do.ChooseDevice(SoundPart.SPEAKER, "Jabra"))
    assert "has no devices to choose from" in str(desk.state.notices[-1].words)
    desk.phone.sound.now = ev.SoundChanged("Usual", ("Usual",), ev.ChosenDevices())
    desk.phone.sound.devices = Devices((), (Device("Jabra", "Jabra"),))
    desk.phone.report(desk.phone.sound.now)
    await desk.until(lambda state: state.sound is not None)
    desk.press(do.FindDevices())
    await desk.until(lambda state: state.devices == desk.phone.sound.devices)
    desk.press(do.ChooseDevice(SoundPart.SPEAKER, "Jabra"))
    desk.press(do.SetRingVolume(20))
    wanted = ev.ChosenDevices(speaker="Jabra", ring_volume=20)
    await desk.until(lambda state: state.sound is not None and state.sound.chosen == wanted)
    desk.press(do.TrySound(SoundPart.SPEAKER))
    await desk.until(lambda state: state.tried is not None)
    await desk.talk()
    desk.press(do.TrySound(SoundPart.SPEAKER))
    assert "between calls" in desk.notice()
    assert desk.asked("try_sound") == [("try_sound", "speaker")]


async def test_telephone_keys_go_out_in_the_order_pressed(desk: Desk) -> None:
    call = await desk.talk()
    slow = desk.phone.delay_next["keys"] = asyncio.Event()
    for key in "31#":
        desk.press(do.SendKeys(key))
    await settle()
    slow.set()
    await desk.until(lambda state: state.calls[0].keys_sent == "31#")
    assert desk.asked("keys") == [("keys", call, key) for key in "31#"]
    desk.press(do.SendKeys("x"))
    assert "keys 0 to 9" in desk.notice()


async def test_a_transfer_goes_to_a_clean_target_or_nowhere(desk: Desk) -> None:
    call = await desk.talk()
    desk.press(do.Transfer("1002;q"))
    await settle()
    assert desk.asked("transfer") == []
    assert "no number" in desk.notice()
    desk.press(do.Transfer(" 052-123 45 67 "))
    await desk.until(lambda state: state.calls[0].transferring == "0521234567")
    assert desk.asked("transfer") == [("transfer", call, "0521234567")]
    desk.press(do.Transfer("1003"))
    await settle()
    assert len(desk.asked("transfer")) == 1


async def test_dialling_holds_the_talk_and_gives_it_back_when_it_cannot(desk: Desk) -> None:
    first = await desk.talk()
    desk.phone.fail_next["dial"] = NotRegistered("Not registered.")
    desk.press(do.Dial("1002"))
    await desk.until(lambda state: bool(state.notices))
    assert desk.state_of(first) is S.ESTABLISHED
    desk.press(do.Dial("1002"))
    await desk.until(lambda state: len(state.calls) == 2)
    assert desk.state_of(first) is S.HELD


@pytest.mark.parametrize(
    "command",
    [
        do.Answer(),
        do.HangUp(),
        do.ToggleHold(),
        do.ToggleMute(),
        do.Swap(),
        do.Transfer("1002"),
        do.AttendedTransfer(),
        do.Merge(),
        do.Part(),
        do.CallBack(),
        do.ClearMissed(),
        do.SendKeys("1"),
        do.FinishWrapUp("k-1"),
    ],
)
async def test_a_key_that_cannot_act_says_why(desk: Desk, command: do.Command) -> None:
    desk.press(command)
    await settle()
    assert desk.notice()
    assert desk.asked() == []


async def test_the_phone_ends_in_the_middle_of_an_act(desk: Desk) -> None:
    await desk.talk()
    desk.phone.hold_back()
    desk.press(do.ToggleHold())
    await settle()
    desk.store.dispatch(de.PhoneLinkChanged(Link.DOWN, "gone"))
    await settle()
    assert desk.state.calls == ()
    desk.press(do.Dial("1002"))
    assert desk.notice()
