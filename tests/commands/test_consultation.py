"""A second call beside a customer's: asking a colleague first, and talking in three."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.session.state import Phase
from sip import events as ev
from sip.call_state import CallState
from sip.capability import Capability
from tests.commands.desk import Desk, state_of
from tests.stubs.clock import settle

S = CallState


async def consulting(desk: Desk) -> tuple[ev.CallId, ev.CallId]:
    """A customer on hold, and a colleague who was asked and has answered."""
    first = await desk.talk("k-1")
    desk.press(do.Dial("1002"))
    state = await desk.until(lambda state: len(state.calls) == 2)
    asked = state.calls[1].id
    assert state.calls[1].consults == first
    desk.phone.report(ev.CallEstablished(asked))
    await desk.until(lambda state: state_of(state, asked) is S.ESTABLISHED)
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
        "Not connected: the exchange did not join the caller with 1002. You still have both calls. (SIP 400)"
    )
    assert (desk.state_of(first), desk.state_of(asked)) == (S.HELD, S.ESTABLISHED)


async def test_ending_the_consultation_goes_back_to_the_customer(desk: Desk) -> None:
    first, asked = await consulting(desk)
    desk.press(do.HangUp())
    await desk.until(lambda state: state_of(state, first) is S.ESTABLISHED)
    assert desk.asked("hangup", "resume") == [("hangup", asked), ("resume", first)]


async def test_giving_up_a_colleague_who_does_not_answer_goes_back_to_the_customer(desk: Desk) -> None:
    first = await desk.talk("k-1")
    desk.press(do.Dial("1002"))
    await desk.until(lambda state: len(state.calls) == 2)
    desk.press(do.HangUp())
    await desk.until(lambda state: state_of(state, first) is S.ESTABLISHED)


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
    assert desk.state_of(first) is S.HELD
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
    await desk.until(lambda state: state_of(state, first) is S.HELD)
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
    await desk.until(lambda state: state_of(state, first) is S.ESTABLISHED)
    assert desk.state_of(asked) is S.HELD


async def test_a_third_call_that_is_answered_holds_both_merged_ones(desk: Desk) -> None:
    first, second = await desk.talk(), await desk.talk()
    desk.press(do.Merge())
    await desk.until(lambda state: all(call.merged for call in state.calls))
    third = await desk.talk()
    assert [desk.state_of(call) for call in (first, second, third)] == [S.HELD, S.HELD, S.ESTABLISHED]
