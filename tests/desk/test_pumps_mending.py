"""The agent is told when the exchange was asked once more and does not follow, and not before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from agent_tui.pumps.mending import Mending
from agent_tui.session import events as de
from agent_tui.session.odds import FOLLOWS
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from hub import contract as c
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.messages import ME


@dataclass(frozen=True)
class Scene:
    store: Store
    clock: ManualClock

    async def told(self, *, paused: bool) -> None:
        member = c.MemberView(queue="support", state="free", paused=paused)
        wish = c.MemberWish(member=True)
        self.store.dispatch(c.MeEvent(me=ME.model_copy(update={"members": (member,), "wish": wish})))
        await settle()

    async def asks(self) -> None:
        """The agent presses Ready once more, and the hub takes it."""
        self.store.dispatch(de.PresenceWanted(c.Presence.READY))
        await settle()
        await self.told(paused=True)

    @property
    def notices(self) -> list[str]:
        return [one.topic for one in self.store.state.notices]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    clock = ManualClock()
    store = Store(clock.now)
    store.dispatch(de.HubLinkChanged(Link.UP))
    store.dispatch(c.PbxLinkEvent(up=True))
    async with running(Mending(store, clock).run):
        await settle()
        made = Scene(store, clock)
        await made.told(paused=True)
        yield made


async def test_the_exchange_gets_its_time_to_follow(scene: Scene) -> None:
    await scene.clock.advance(60)
    assert scene.notices == [], "nobody asked"
    await scene.asks()
    await scene.clock.advance(FOLLOWS - 0.1)
    assert scene.notices == []
    await scene.told(paused=False)
    await scene.clock.advance(60)
    assert scene.notices == []


async def test_what_does_not_follow_is_told_once_for_each_asking(scene: Scene) -> None:
    await scene.asks()
    await scene.clock.advance(FOLLOWS)
    assert scene.notices == ["exchange"]
    scene.store.dispatch(de.NoticeDismissed("exchange"))
    await scene.clock.advance(60)
    assert scene.notices == []
    await scene.asks()
    await scene.clock.advance(FOLLOWS)
    assert scene.notices == ["exchange"]
    await scene.told(paused=False)
    assert scene.notices == []


async def test_a_line_that_is_down_says_enough_by_itself(scene: Scene) -> None:
    await scene.asks()
    scene.store.dispatch(c.PbxLinkEvent(up=False))
    await scene.clock.advance(60)
    assert scene.notices == ["pbx"]
