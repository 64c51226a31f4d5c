"""The desk without its screen: commander, pumps and store together, over a phone and a hub in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.pumps.guidance import Guidance, ScriptLanguage
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.outbox import Outbox
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.select import script_steps
from agent_tui.session.state import Link, NoteState, Phase, SessionState
from agent_tui.session.store import Store
from agent_tui.wiring import Services
from sip import events as ev
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.messages import SCRIPT
from tests.stubs.phone import StubPhone


@dataclass(frozen=True)
class Core:
    store: Store
    phone: StubPhone
    hub: StubHub
    clock: ManualClock
    press: Callable[[do.Command], None]

    async def until(self, wanted: Callable[[SessionState], bool]) -> SessionState:
        return await self.store.until(wanted, 5.0)


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    clock, phone, hub = ManualClock(), StubPhone(), StubHub()
    store = Store(clock.now)
    commander = Commander(store, phone, hub)
    loops = (
        PhonePump(store, phone, Reconnect(clock)).run,
        HubPump(store, hub, Reconnect(clock)).run,
        Outbox(store, hub, clock).run,
        Guidance(store, hub, clock, ScriptLanguage.CUSTOMER).run,
        commander.run,
    )
    async with running(Services(loops, ()).run):
        yield Core(store, phone, hub, clock, commander)


async def a_talk(core: Core) -> ev.CallId:
    call = core.phone.rings(contact="k-1")
    await core.until(lambda state: state.ringing is not None)
    core.press(do.Answer())
    await core.until(lambda state: bool(state.work) and state.work[0].phase is Phase.TALKING)
    return call


async def test_one_contact_from_ring_to_stored_wrap_up(core: Core) -> None:
    await core.until(lambda state: state.hub is Link.UP and state.phone is Link.UP)
    core.hub.offers()
    await a_talk(core)
    core.hub.connects()
    state = await core.until(lambda state: state.work[0].script == SCRIPT)
    assert script_steps(state.work[0])[0].title == "Greet Noa Cohen"
    core.press(do.TickStep("k-1", "greet"))
    core.press(do.EditNote("k-1", "Line works again"))
    await core.clock.advance(0.5)
    assert core.store.state.work[0].note_state is NoteState.SAVED
    core.press(do.HangUp())
    await core.until(lambda state: not state.calls)
    core.hub.ends()
    core.press(do.ChooseDisposition("k-1", "solved"))
    core.press(do.FinishWrapUp("k-1"))
    await core.until(lambda state: not state.work)
    stored = core.hub.stored["k-1"]
    assert (stored.note, stored.disposition, stored.customer) == ("Line works again", "solved", "c-1")
    assert core.hub.progress[-1][1].done == ("greet",)
    assert core.store.state.notices == ()


async def test_with_the_hub_away_a_contact_is_served_and_stored_when_it_is_back(core: Core) -> None:
    await core.until(lambda state: state.hub is Link.UP)
    core.hub.goes_down()
    await core.until(lambda state: state.hub is Link.DOWN and state.phone is Link.UP)
    await a_talk(core)
    core.press(do.EditNote("k-1", "Without the hub"))
    core.press(do.HangUp())
    await core.until(lambda state: not state.calls)
    core.press(do.ChooseDisposition("k-1", "solved"))
    core.press(do.FinishWrapUp("k-1"))
    await core.clock.advance(30.0)
    assert core.store.state.work[0].finishing
    core.hub.comes_back()
    core.hub.offers()
    core.hub.connects()
    core.hub.ends()
    for _ in range(3):
        await core.clock.advance(30.0)
    await core.until(lambda state: not state.work)
    assert core.hub.stored["k-1"].note == "Without the hub"
    assert len(core.hub.keys) == 1


async def test_the_desk_ends_in_good_order() -> None:
    """What is typed in the last moment goes out before the line to the hub is closed."""
    order: list[str] = []

    async def sends_at_the_end() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await settle()
            order.append("sent")

    async def close() -> None:
        order.append("closed")

    async with running(Services((sends_at_the_end,), (close,)).run):
        await settle()
    assert order == ["sent", "closed"]


async def test_a_loop_that_fails_ends_the_desk_and_is_seen() -> None:
    async def fails() -> None:
        raise ZeroDivisionError

    async def for_ever() -> None:
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        await Services((fails, for_ever), ()).run()
    assert caught.group_contains(ZeroDivisionError)
