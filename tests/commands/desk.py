"""A desk without a screen: store, commander and pumps over a phone and a hub in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.ports import LocalFiles
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.state import Link, SessionState
from agent_tui.session.store import Store
from sip import events as ev
from sip.call_state import CallState
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone


def state_of(state: SessionState, call: ev.CallId) -> CallState | None:
    """What ``state`` knows of the call; None once it is over."""
    return next((one.state for one in state.calls if one.id == call), None)


@dataclass(frozen=True)
class Desk:
    """Store, commander and pumps over a phone and a hub in memory."""

    store: Store
    phone: StubPhone
    hub: StubHub
    press: Callable[[do.Command], None]
    clock: ManualClock

    @property
    def state(self) -> SessionState:
        return self.store.state

    def asked(self, *kinds: str) -> list[tuple[str, ...]]:
        return [one for one in self.phone.asked if not kinds or one[0] in kinds]

    def notice(self, topic: str = "command") -> str:
        return next((str(one.words) for one in self.state.notices if one.topic == topic), "")

    async def until(self, wanted: Callable[[SessionState], bool]) -> SessionState:
        return await self.store.until(wanted, 5.0)

    def state_of(self, call: ev.CallId) -> CallState | None:
        """What the store knows of the call; None once it is over."""
        return state_of(self.state, call)

    async def talk(self, contact: str = "") -> ev.CallId:
        call = self.phone.rings(contact=contact)
        await self.until(lambda state: any(one.id == call for one in state.calls))
        self.press(do.Answer())
        await self.until(lambda state: state_of(state, call) is CallState.ESTABLISHED)
        await settle()
        return call


@asynccontextmanager
async def commanded_desk(hub: StubHub | None = None, files: LocalFiles | None = None) -> AsyncIterator[Desk]:
    """The desk, with the lines to phone and hub up."""
    clock, phone, hub = ManualClock(), StubPhone(), hub or StubHub()
    store = Store(clock.now)
    commander = Commander(store, phone, hub, files=files)
    pumps = (
        PhonePump(store, phone, Reconnect(clock)).run,
        HubPump(store, hub, Reconnect(clock)).run,
        commander.run,
    )
    async with running(*pumps):
        await store.until(lambda state: state.phone is Link.UP and state.hub is Link.UP, 5.0)
        yield Desk(store, phone, hub, commander, clock)
