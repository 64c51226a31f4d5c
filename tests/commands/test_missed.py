"""Calling back who was missed, and clearing what was seen."""

from __future__ import annotations

from agent_tui.commands import model as do
from sip import events as ev
from sip.errors import NotRegistered
from tests.commands.desk import Desk
from tests.stubs.clock import settle


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
