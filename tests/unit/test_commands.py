"""What a key press does: the act, once, on the call that was meant, or words why not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session import events as de
from agent_tui.session.state import Link, Phase, SessionState
from agent_tui.session.store import Store
from hub.contract import Presence
from sip import events as ev
from sip.call_state import CallState
from sip.capability import Capability
from sip.errors import NotRegistered, PhoneError
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone

S = CallState


@dataclass(frozen=True)
class Desk:
    """Store, commander and pumps over a phone and a hub in memory."""

    store: Store
    phone: StubPhone
    hub: StubHub
    press: Callable[[do.Command], None]

    @property
    def state(self) -> SessionState:
        return self.store.state

    def asked(self, *kinds: str) -> list[tuple[str, ...]]:
        return [one for one in self.phone.asked if not kinds or one[0] in kinds]

    def notice(self, topic: str = "command") -> str:
        return next((one.words for one in self.state.notices if one.topic == topic), "")

    async def until(self, wanted: Callable[[SessionState], bool]) -> SessionState:
        return await self.store.until(wanted, 5.0)

    async def talk(self, contact: str = "") -> ev.CallId:
        call = self.phone.rings(contact=contact)
        await self.until(lambda state: any(one.id == call for one in state.calls))
        self.press(do.Answer())
        await self.until(lambda state: _state_of(state, call) is S.ESTABLISHED)
        await settle()
        return call


def _state_of(state: SessionState, call: ev.CallId) -> CallState | None:
    return next((one.state for one in state.calls if one.id == call), None)


@asynccontextmanager
async def running(*services: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(service()) for service in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    clock, phone, hub = ManualClock(), StubPhone(), StubHub()
    store = Store(clock.now)
    commander = Commander(store, phone, hub)
    pumps = (
        PhonePump(store, phone, Reconnect(clock)).run,
        HubPump(store, hub, Reconnect(clock)).run,
        commander.run,
    )
    async with running(*pumps):
        await store.until(lambda state: state.phone is Link.UP and state.hub is Link.UP, 5.0)
        yield Desk(store, phone, hub, commander)


async def test_answering_holds_the_call_talked_in_first(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    assert desk.asked() == [("answer", first), ("hold", first), ("answer", second)]
    assert _state_of(desk.state, first) is S.HELD
    assert desk.state.active == second


async def test_when_answering_fails_the_held_call_goes_on(desk: Desk) -> None:
    first = await desk.talk()
    second = desk.phone.rings()
    desk.phone.fail_next["answer"] = PhoneError("No sound device. Plug one in.")
    await desk.until(lambda state: len(state.calls) == 2)
    desk.press(do.Answer())
    await desk.until(lambda state: bool(state.notices))
    assert desk.asked("resume") == [("resume", first)]
    assert _state_of(desk.state, first) is S.ESTABLISHED
    assert _state_of(desk.state, second) is S.INCOMING
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
    await desk.until(lambda state: _state_of(state, first) is S.ESTABLISHED and len(state.calls) == 1)


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
    await desk.until(lambda state: _state_of(state, first) is S.HELD)
    desk.phone.hold_back()
    answering.set()
    await settle()
    desk.phone.overtaken_by(ev.CallClosed(second, ev.CloseReason.CANCELLED))
    await desk.until(lambda state: bool(desk.notice()))
    assert desk.notice() == "The caller is gone."
    assert _state_of(desk.state, first) is S.ESTABLISHED


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
    assert (_state_of(desk.state, first), _state_of(desk.state, second)) == (S.ESTABLISHED, S.HELD)
    await settle()
    desk.press(do.Swap())
    await desk.until(lambda state: state.active == second)
    assert (_state_of(desk.state, first), _state_of(desk.state, second)) == (S.HELD, S.ESTABLISHED)


async def test_going_on_with_a_selected_call_holds_the_one_talked_in(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.SelectCall(first))
    assert desk.state.active == first
    desk.press(do.ToggleHold())
    await desk.until(lambda state: _state_of(state, first) is S.ESTABLISHED)
    assert _state_of(desk.state, second) is S.HELD


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
    assert _state_of(desk.state, first) is S.HELD
    assert ("hangup", first) not in desk.asked()


async def test_other_devices_are_chosen_where_there_are_some(desk: Desk) -> None:
    desk.press(do.UseSound("Laptop"))
    assert "no other devices" in desk.state.notices[-1].words
    desk.phone.sound = ev.SoundChanged("Headset", ("Headset", "Laptop"))
    desk.phone.report(desk.phone.sound)
    await desk.store.until(lambda state: state.sound is not None, 5)
    desk.press(do.UseSound("Laptop"))
    await desk.store.until(lambda state: state.sound is not None and state.sound.profile == "Laptop", 5)
    assert desk.asked("sound") == [("sound", "Laptop")]


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
    assert _state_of(desk.state, first) is S.ESTABLISHED
    desk.press(do.Dial("1002"))
    await desk.until(lambda state: len(state.calls) == 2)
    assert _state_of(desk.state, first) is S.HELD


async def consulting(desk: Desk) -> tuple[ev.CallId, ev.CallId]:
    """A customer on hold, and a colleague who was asked and has answered."""
    first = await desk.talk("k-1")
    desk.press(do.Dial("1002"))
    state = await desk.until(lambda state: len(state.calls) == 2)
    asked = state.calls[1].id
    assert state.calls[1].consults == first
    desk.phone.report(ev.CallEstablished(asked))
    await desk.until(lambda state: _state_of(state, asked) is S.ESTABLISHED)
    await settle()
    return first, asked


async def test_the_customer_is_connected_with_the_colleague_who_was_asked(desk: Desk) -> None:
    first, asked = await consulting(desk)
    desk.press(do.AttendedTransfer())
    desk.press(do.AttendedTransfer())
    await desk.until(lambda state: state.calls[0].transferring == "1002")
    await settle()
    assert desk.asked("attended_transfer") == [("attended_transfer", first, asked)]
    desk.phone.closes(first, ev.CloseReason.TRANSFERRED)
    desk.phone.closes(asked, ev.CloseReason.TRANSFERRED)
    state = await desk.until(lambda state: not state.calls)
    assert state.notices == ()
    assert state.work[0].phase is Phase.WRAP_UP


async def test_a_customer_who_was_not_connected_is_still_there_with_the_colleague(desk: Desk) -> None:
    first, asked = await consulting(desk)
    desk.press(do.AttendedTransfer())
    await desk.until(lambda state: bool(state.calls[0].transferring))
    desk.phone.report(ev.TransferFailed(first, "1002", 400, ev.CloseReason.FAILED))
    await desk.until(lambda state: not state.calls[0].transferring)
    assert desk.notice("call") == (
        "Not connected: the exchange did not join the caller with 1002 (SIP 400). You still have both calls."
    )
    assert (_state_of(desk.state, first), _state_of(desk.state, asked)) == (S.HELD, S.ESTABLISHED)


async def test_ending_the_consultation_goes_back_to_the_customer(desk: Desk) -> None:
    first, asked = await consulting(desk)
    desk.press(do.HangUp())
    await desk.until(lambda state: _state_of(state, first) is S.ESTABLISHED)
    assert desk.asked("hangup", "resume") == [("hangup", asked), ("resume", first)]


async def test_giving_up_a_colleague_who_does_not_answer_goes_back_to_the_customer(desk: Desk) -> None:
    first = await desk.talk("k-1")
    desk.press(do.Dial("1002"))
    await desk.until(lambda state: len(state.calls) == 2)
    desk.press(do.HangUp())
    await desk.until(lambda state: _state_of(state, first) is S.ESTABLISHED)


async def test_a_customer_who_hung_up_meanwhile_is_not_gone_back_to(desk: Desk) -> None:
    first, asked = await consulting(desk)
    desk.phone.hold_back()
    desk.press(do.HangUp())
    await settle()
    desk.phone.let_go()
    desk.phone.closes(first)
    await desk.until(lambda state: not state.calls)
    await settle()
    assert desk.notice() == ""
    assert desk.asked("hangup") == [("hangup", asked)]


async def test_a_call_that_is_no_consultation_ends_alone(desk: Desk) -> None:
    first, _second = await desk.talk(), await desk.talk()
    desk.press(do.HangUp())
    await desk.until(lambda state: len(state.calls) == 1)
    await settle()
    assert _state_of(desk.state, first) is S.HELD
    desk.press(do.AttendedTransfer())
    assert "Nobody was asked" in desk.notice()


async def test_two_talks_are_merged_muted_together_and_parted(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.Merge())
    await desk.until(lambda state: all(call.merged for call in state.calls))
    await settle()
    assert desk.state.active == second
    assert desk.asked("merge") == [("merge", second, first)]
    await settle()
    desk.press(do.ToggleMute())
    await desk.until(lambda state: all(call.muted for call in state.calls))
    await settle()
    desk.press(do.Swap())
    assert desk.notice()
    desk.press(do.Part())
    await desk.until(lambda state: _state_of(state, first) is S.HELD)
    active = desk.state.active_call
    assert active is not None
    assert (active.id, active.merged) == (second, False)


@pytest.mark.parametrize("command", [do.Merge(), do.AttendedTransfer()])
async def test_what_the_phone_cannot_do_is_not_asked_of_it(desk: Desk, command: do.Command) -> None:
    first, asked = await consulting(desk)
    desk.store.dispatch(ev.EngineCapabilities(Capability.HOLD | Capability.SECOND_CALL))
    desk.press(command)
    await settle()
    assert "this phone cannot" in desk.notice()
    assert desk.asked("merge", "attended_transfer") == []
    desk.press(do.Swap())
    await desk.until(lambda state: _state_of(state, first) is S.ESTABLISHED)
    assert _state_of(desk.state, asked) is S.HELD


async def test_a_third_call_that_is_answered_holds_both_merged_ones(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.Merge())
    await desk.until(lambda state: all(call.merged for call in state.calls))
    third = await desk.talk()
    assert [_state_of(desk.state, call) for call in (first, second, third)] == [S.HELD, S.HELD, S.ESTABLISHED]


async def test_a_missed_caller_is_called_back_and_then_missed_no_longer(desk: Desk) -> None:
    for number in ("+972521111111", "+972522222222"):
        desk.phone.closes(desk.phone.rings(number), ev.CloseReason.CANCELLED)
    state = await desk.until(lambda state: len(state.missed) == 2)
    assert [call.number for call in state.missed] == ["+972521111111", "+972522222222"]
    desk.press(do.CallBack())
    await desk.until(lambda state: len(state.missed) == 1)
    assert desk.asked("dial") == [("dial", "+972522222222")]
    desk.press(do.ClearMissed())
    assert "a call is open" in desk.notice()
    desk.press(do.HangUp())
    await desk.until(lambda state: not state.calls)
    await settle()
    desk.press(do.ClearMissed())
    await desk.until(lambda state: not state.missed)


async def test_a_call_back_that_cannot_be_made_leaves_the_caller_missed(desk: Desk) -> None:
    desk.phone.closes(desk.phone.rings(), ev.CloseReason.CANCELLED)
    await desk.until(lambda state: len(state.missed) == 1)
    desk.phone.fail_next["dial"] = NotRegistered("Not registered.")
    desk.press(do.CallBack())
    await desk.until(lambda _state: bool(desk.notice()))
    assert len(desk.state.missed) == 1


async def test_who_withheld_the_number_can_only_be_seen(desk: Desk) -> None:
    desk.phone.closes(desk.phone.rings(""), ev.CloseReason.CANCELLED)
    await desk.until(lambda state: len(state.missed) == 1)
    desk.press(do.CallBack())
    assert "Nobody with a number" in desk.notice()
    desk.press(do.ClearMissed())
    await desk.until(lambda state: not state.missed)


async def test_presence_is_wanted_at_once_and_chosen_when_the_hub_says_so(desk: Desk) -> None:
    desk.hub.stalls()
    desk.press(do.SetPresence(Presence.AWAY, "lunch"))
    await desk.until(lambda state: state.wanted is Presence.AWAY)
    assert desk.state.me is not None
    assert desk.state.me.presence is Presence.READY
    desk.hub.flows()
    state = await desk.until(lambda state: state.wanted is None)
    assert state.me is not None
    assert (state.me.presence, state.me.reason) == (Presence.AWAY, "lunch")


async def test_nobody_is_ready_whom_no_call_can_reach(desk: Desk) -> None:
    desk.store.dispatch(ev.RegistrationChanged(ev.RegistrationState.UNREACHABLE))
    desk.press(do.SetPresence(Presence.READY))
    await settle()
    assert "cannot be ready" in desk.notice()
    assert desk.state.wanted is None


async def test_presence_the_hub_does_not_take_is_wanted_no_longer(desk: Desk) -> None:
    desk.hub.refuse["set_presence"] = "Only a supervisor may."
    desk.press(do.SetPresence(Presence.AWAY))
    await desk.until(lambda state: bool(state.notices))
    assert desk.state.wanted is None
    assert desk.notice() == "Only a supervisor may."


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


async def test_a_wrap_up_needs_an_ending_the_hub_knows(desk: Desk) -> None:
    call = await desk.talk("k-1")
    desk.phone.closes(call)
    await desk.until(lambda state: bool(state.work) and state.work[0].phase is Phase.WRAP_UP)
    desk.press(do.FinishWrapUp("k-1"))
    assert "how the contact ended" in desk.notice()
    desk.press(do.ChooseDisposition("k-1", "invented"))
    assert "does not know" in desk.notice()
    desk.press(do.ChooseDisposition("k-1", "solved"))
    desk.press(do.FinishWrapUp("k-1"))
    work = desk.state.work[0]
    assert (work.finishing, len(work.wrap_up_key)) == (True, 32)


async def test_a_note_is_cleaned_and_goes_to_the_contact_it_was_typed_for(desk: Desk) -> None:
    await desk.talk("k-1")
    desk.phone.rings(contact="k-2")
    await desk.until(lambda state: len(state.work) == 2)
    desk.press(do.SelectCall("call-2"))
    desk.press(do.EditNote("k-1", "two\nlines\x1b]0;x\x07"))
    assert [work.note for work in desk.state.work] == ["two\nlines]0;x", ""]


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


async def test_a_ring_takes_neither_note_nor_wrap_up_from_the_contact_that_is_owed_one(desk: Desk) -> None:
    call = await desk.talk("k-1")
    desk.phone.closes(call)
    await desk.until(lambda state: bool(state.work) and state.work[0].phase is Phase.WRAP_UP)
    desk.phone.rings(contact="k-2")
    state = await desk.until(lambda state: len(state.work) == 2)
    assert state.shown is not None
    assert state.written is not None
    assert (state.shown.contact, state.written.contact) == ("k-2", "k-1")
    desk.press(do.ChooseDisposition("k-1", "solved"))
    desk.press(do.FinishWrapUp("k-1"))
    assert [work.finishing for work in desk.state.work] == [True, False]
