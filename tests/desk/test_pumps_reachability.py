"""The phone registers anew while the exchange says that it cannot ring it, and is left alone otherwise."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

import pytest

from agent_tui.pumps.reachability import AGAIN, PATIENCE, Reachability
from agent_tui.session import events as de
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from hub import contract as c
from sip import events as ev
from sip.errors import PhoneGone
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.messages import ME
from tests.stubs.phone import StubPhone

R = ev.RegistrationState


@dataclass(frozen=True)
class Scene:
    store: Store
    phone: StubPhone
    clock: ManualClock

    async def seen(self, state: Literal["free", "unavailable"]) -> None:
        member = c.MemberView(queue="support", state=state, paused=False)
        self.store.dispatch(c.MeEvent(me=ME.model_copy(update={"members": (member,)})))
        await settle()

    @property
    def refreshed(self) -> int:
        return self.phone.asked.count(("refresh",))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock, phone = ManualClock(), StubPhone()
    store = Store(clock.now)
    for event in (
        de.PhoneLinkChanged(Link.UP),
        de.HubLinkChanged(Link.UP),
        c.PbxLinkEvent(up=True),
        ev.RegistrationChanged(R.REGISTERED, 200),
    ):
        store.dispatch(event)
    async with running(Reachability(store, phone.refresh, clock).run):
        await settle()
        yield Scene(store, phone, clock)


async def test_the_exchange_gets_time_to_see_a_phone(scene: Scene) -> None:
    await scene.seen("unavailable")
    await scene.clock.advance(PATIENCE - 1)
    await scene.seen("free")
    await scene.clock.advance(PATIENCE)
    assert scene.refreshed == 0


async def test_a_phone_that_stays_out_of_reach_registers_anew_and_again(scene: Scene) -> None:
    await scene.seen("unavailable")
    await scene.clock.advance(PATIENCE)
    assert scene.refreshed == 1
    # what registering anew itself brings about ends nothing and hurries nothing
    scene.store.dispatch(ev.RegistrationChanged(R.REGISTERING))
    scene.store.dispatch(ev.RegistrationChanged(R.REGISTERED, 200))
    await scene.clock.advance(PATIENCE)
    assert scene.refreshed == 1
    await scene.clock.advance(AGAIN - PATIENCE)
    assert scene.refreshed == 2
    await scene.seen("free")
    await scene.clock.advance(10 * AGAIN)
    assert scene.refreshed == 2


async def test_a_phone_that_is_gone_is_asked_again_later(scene: Scene) -> None:
    scene.phone.fail_next["refresh"] = PhoneGone("gone")
    await scene.seen("unavailable")
    await scene.clock.advance(PATIENCE)
    await scene.clock.advance(AGAIN)
    assert scene.refreshed == 2
