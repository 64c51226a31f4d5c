"""What a press does at the hub: presence, note, and wrap-up."""

from __future__ import annotations

import pytest

from agent_tui.commands import model as do
from agent_tui.commands import shortcuts
from agent_tui.session.state import Phase
from hub.contract import Me, MeEvent, MemberView, Presence
from sip import events as ev
from tests.commands.desk import Desk
from tests.stubs.clock import settle


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


async def test_of_two_presses_while_the_hub_is_slow_the_last_one_stands(desk: Desk) -> None:
    desk.hub.stalls()
    desk.press(do.SetPresence(Presence.AWAY, "lunch"))
    await desk.until(lambda state: state.wanted is Presence.AWAY)
    desk.press(do.SetPresence(Presence.READY))
    desk.hub.flows()
    await settle()
    assert desk.state.me is not None
    assert (desk.state.me.presence, desk.state.wanted) == (Presence.READY, None)


async def test_an_answer_that_the_stream_overtook_takes_no_pause_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused = MemberView(queue="support", state="free", paused=True, reason="lunch")
    answered = desk.hub.set_presence

    async def overtaken(presence: Presence, reason: str) -> Me:
        before = await answered(presence, reason)
        desk.store.dispatch(MeEvent(me=before.model_copy(update={"members": (paused,)})))
        return before

    monkeypatch.setattr(desk.hub, "set_presence", overtaken)
    desk.press(do.SetPresence(Presence.AWAY, "lunch"))
    await settle()
    assert desk.state.me is not None
    assert (desk.state.me.presence, desk.state.me.members) == (Presence.AWAY, (paused,))


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


async def test_a_wrap_up_needs_an_ending_the_hub_knows(desk: Desk) -> None:
    call = await desk.talk("k-1")
    desk.phone.closes(call)
    await desk.until(lambda state: bool(state.work) and state.work[0].phase is Phase.WRAP_UP)
    desk.press(do.FinishWrapUp("k-1"))
    told = "Choose how the contact ended: Tab leads to the outcomes. Then {} finishes."
    assert desk.notice() == told.format("F12")
    shortcuts.use({"finish": "ctrl+b"})
    assert desk.notice() == told.format("Ctrl+B")
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
