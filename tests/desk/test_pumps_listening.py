"""A call that this desk asked for answers itself; missing, late, replayed or beside another call it rings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from agent_tui.pumps.listening import ListeningAnswer
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.events import Tick
from agent_tui.session.floor_events import ListeningAsked
from agent_tui.session.select import LISTENING_WITHIN
from agent_tui.session.state import Link
from agent_tui.session.store import Store
from hub.contract import ListenMode
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.phone import StubPhone

TOKEN = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Scene:
    store: Store
    phone: StubPhone
    clock: ManualClock

    async def rings(self, listening: str = TOKEN) -> str:
        call = self.phone.rings(listening=listening)
        await settle()
        return call

    @property
    def done(self) -> list[tuple[str, ...]]:
        return [one for one in self.phone.asked if one[0] in ("mute", "answer")]


@asynccontextmanager
async def at_a_desk(*, trusted: bool = True) -> AsyncIterator[Scene]:
    clock, phone = ManualClock(), StubPhone()
    store = Store(clock.now)
    pumps = PhonePump(store, phone, Reconnect(clock)).run, ListeningAnswer(store, phone, trusted=trusted).run
    async with running(*pumps):
        await store.until(lambda state: state.phone is Link.UP, 5.0)
        yield Scene(store, phone, clock)


async def test_who_listens_is_muted_first_and_then_answered() -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        call = await scene.rings()
        assert scene.done == [("mute", call, "True"), ("answer", call)]


@pytest.mark.parametrize("mode", [ListenMode.WHISPER, ListenMode.BARGE])
async def test_who_asked_to_be_heard_is_not_muted(mode: ListenMode) -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN, mode))
        call = await scene.rings()
        assert scene.done == [("answer", call)]


@pytest.mark.parametrize("listening", ["", "f" * 32, TOKEN.upper(), TOKEN[:-1]])
async def test_a_call_without_the_secret_rings(listening: str) -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        await scene.rings(listening)
        assert scene.done == []


async def test_a_call_that_nobody_asked_for_rings() -> None:
    async with at_a_desk() as scene:
        await scene.rings()
        await scene.rings("")
        assert scene.done == []


async def test_a_late_call_rings() -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        await scene.clock.advance(LISTENING_WITHIN + 1)
        await scene.rings()
        assert scene.done == []


async def test_a_secret_opens_one_call_and_no_second() -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        first = await scene.rings()
        scene.phone.closes(first)
        await settle()
        await scene.rings()
        assert [one[0] for one in scene.done] == ["mute", "answer"]
        scene.store.dispatch(ListeningAsked(TOKEN))
        scene.store.dispatch(Tick())
        await settle()
        assert [one[0] for one in scene.done] == ["mute", "answer"]


async def test_beside_another_call_it_rings() -> None:
    async with at_a_desk() as scene:
        await scene.rings("")
        scene.store.dispatch(ListeningAsked(TOKEN))
        await scene.rings()
        assert scene.done == []


async def test_where_the_way_is_read_by_others_it_rings() -> None:
    async with at_a_desk(trusted=False) as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        await scene.rings()
        assert scene.done == []


async def test_what_the_hub_refused_is_awaited_no_more() -> None:
    async with at_a_desk() as scene:
        scene.store.dispatch(ListeningAsked(TOKEN))
        scene.store.dispatch(ListeningAsked(""))
        await scene.rings()
        await scene.rings("")
        assert scene.done == []
