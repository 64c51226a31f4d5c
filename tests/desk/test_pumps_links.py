"""Following phone and hub: attach, pass on, say what is missing, come back by itself."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta

import pytest

from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Pace, Reconnect
from agent_tui.session.select import phase_seconds
from agent_tui.session.state import Link, Phase
from agent_tui.session.store import Store
from hub.contract import ResyncEvent
from sip import events as ev
from sip.errors import PhoneGone, Unsupported
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.messages import AT
from tests.stubs.phone import StubPhone


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(clock: ManualClock) -> Store:
    return Store(clock.now)


def phone_pump(store: Store, phone: StubPhone, clock: ManualClock) -> PhonePump:
    return PhonePump(store, phone, Reconnect(clock))


def hub_pump(store: Store, hub: StubHub, clock: ManualClock) -> HubPump:
    return HubPump(store, hub, Reconnect(clock), wall_clock=lambda: AT + timedelta(seconds=30))


async def test_the_phone_is_attached_and_its_events_arrive(store: Store, clock: ManualClock) -> None:
    phone = StubPhone()
    async with running(phone_pump(store, phone, clock).run):
        await store.until(lambda s: s.registration.state is ev.RegistrationState.REGISTERED, 5)
        assert store.state.phone is Link.UP
        phone.rings(contact="k-1")
        await store.until(lambda s: bool(s.calls), 5)


async def test_a_phone_that_died_is_started_anew_and_its_calls_are_gone(
    store: Store, clock: ManualClock
) -> None:
    phone = StubPhone()
    async with running(phone_pump(store, phone, clock).run):
        phone_call = phone.rings()
        await store.until(lambda s: s.registration.state is ev.RegistrationState.REGISTERED, 5)
        phone.dies()
        state = await store.until(lambda s: s.phone is Link.DOWN, 5)
        assert state.calls == ()
        assert "being restarted" in str(state.notices[-1].words)
        assert phone.attached == 1
        await clock.advance(1.0)
        state = await store.until(lambda s: s.phone is Link.UP, 5)
        assert phone.attached == 2
        assert [notice.topic for notice in state.notices] == []
        assert phone_call not in {call.id for call in state.calls}


async def test_a_call_outlives_the_line_between_desk_and_phone(store: Store, clock: ManualClock) -> None:
    phone = StubPhone()
    async with running(phone_pump(store, phone, clock).run):
        await store.until(lambda s: s.phone is Link.UP, 5)
        call = phone.rings(contact="k-1")
        await store.until(lambda s: bool(s.calls), 5)
        await phone.calls.answer(call)
        await store.until(lambda s: bool(s.work) and s.work[0].phase is Phase.TALKING, 5)
        phone.loses_the_desk()
        await store.until(lambda s: s.phone is Link.DOWN, 5)
        await clock.advance(1.0)
        state = await store.until(lambda s: bool(s.calls) and s.calls[0].answered is not None, 5)
        assert state.active == call
        assert state.work[0].phase is Phase.TALKING


async def test_a_phone_that_cannot_start_is_tried_at_growing_pauses(store: Store, clock: ManualClock) -> None:
    phone = StubPhone()
    phone.fail_next["attach"] = Unsupported("No engine runs here.")
    pauses = []
    async with running(phone_pump(store, phone, clock).run):
        for words in ("No engine runs here.", "the phone ended", "the phone ended"):
            state = await store.until(lambda s: s.phone is Link.DOWN and bool(s.notices), 5)
            assert words in str(state.notices[-1].words)
            await settle()
            assert clock.next_due is not None
            pauses.append(clock.next_due)
            phone.fail_next["attach"] = PhoneGone("the phone ended")
            await clock.advance(clock.next_due)
    assert 0.25 <= pauses[0] <= 0.5
    assert 0.5 <= pauses[1] <= 1.0
    assert 1.0 <= pauses[2] <= 2.0


async def test_a_phone_that_another_desk_took_is_not_taken_back(store: Store, clock: ManualClock) -> None:
    phone = StubPhone()
    async with running(phone_pump(store, phone, clock).run):
        await store.until(lambda s: s.phone is Link.UP, 5)
        phone.report(ev.TakenAway())
        phone.loses_the_desk()
        await store.until(lambda s: s.taken_away, 5)
        await clock.advance(60.0)
        assert phone.attached == 1


async def test_a_desk_that_took_over_says_so(store: Store, clock: ManualClock) -> None:
    phone = StubPhone()
    async with running(phone_pump(store, phone, clock).run):
        await store.until(lambda s: s.phone is Link.UP, 5)
        phone.report(ev.TakenOver())
        state = await store.until(lambda s: bool(s.notices), 5)
        assert "open in another terminal" in str(state.notices[-1].words)
        assert not state.taken_away


async def test_the_hub_is_followed_from_its_snapshot_on(store: Store, clock: ManualClock) -> None:
    hub = StubHub()
    hub.offers()
    hub.connects()
    async with running(hub_pump(store, hub, clock).run):
        state = await store.until(lambda s: s.hub is Link.UP, 5)
        assert state.me == hub.me
        assert state.queues == hub.queues
        assert state.work[0].phase is Phase.TALKING
        assert phase_seconds(state.work[0], state.now) == 30.0
        hub.ends()
        await store.until(lambda s: s.work[0].phase is Phase.WRAP_UP, 5)


async def test_a_hub_that_is_away_is_named_and_found_again(store: Store, clock: ManualClock) -> None:
    hub = StubHub()
    async with running(hub_pump(store, hub, clock).run):
        await store.until(lambda s: s.hub is Link.UP, 5)
        hub.goes_down()
        state = await store.until(lambda s: s.hub is Link.DOWN, 5)
        assert "calls still ring" in str(state.notices[-1].words)
        hub.comes_back()
        hub.offers()
        await settle()
        await clock.advance(1.0)
        state = await store.until(lambda s: s.hub is Link.UP, 5)
        assert [work.contact for work in state.work] == ["k-1"]
        assert state.notices == ()


async def test_a_hub_that_lost_our_place_is_asked_for_a_new_snapshot(
    store: Store, clock: ManualClock
) -> None:
    hub = StubHub()
    async with running(hub_pump(store, hub, clock).run):
        await store.until(lambda s: s.hub is Link.UP, 5)
        hub.tell(ResyncEvent())
        await settle()
        await clock.advance(1.0)
        await settle()
        assert hub.asked == ["snapshot", "events", "snapshot", "events"]
        assert store.state.hub is Link.UP


async def test_a_refused_token_is_told_in_the_hubs_words(store: Store, clock: ManualClock) -> None:
    hub = StubHub()
    hub.refuse["snapshot"] = "The token is not known. Run `moked login`."
    async with running(hub_pump(store, hub, clock).run):
        state = await store.until(lambda s: s.hub is Link.DOWN, 5)
        assert "moked login" in str(state.notices[-1].words)


async def test_a_hub_that_breaks_after_each_snapshot_is_not_hammered(
    store: Store, clock: ManualClock
) -> None:
    hub = StubHub()
    hub.refuse["events"] = "No more streams."
    pauses = []
    async with running(hub_pump(store, hub, clock).run):
        for _ in range(4):
            await settle()
            assert clock.next_due is not None
            pauses.append(clock.next_due)
            await clock.advance(clock.next_due)
    assert all(later > earlier for earlier, later in zip(pauses[::2], pauses[2::2], strict=False))


def test_pauses_grow_to_the_most_and_begin_again() -> None:
    pace = Pace(first=1.0, factor=2.0, most=8.0)
    reconnect = Reconnect(ManualClock(), pace, random.Random(7))  # noqa: S311 - the same pauses in every run
    pauses = [reconnect.next_pause() for _ in range(40)]
    for pause, full in zip(pauses, (1, 2, 4, 8, 8, 8), strict=False):
        assert full / 2 <= pause <= full
    assert max(pauses) <= 8.0
    assert len(set(pauses[5:])) > 1
    reconnect.settled()
    assert reconnect.next_pause() <= 1.0


async def test_a_pause_ends_early_when_there_is_reason_to_try() -> None:
    clock = ManualClock()
    reconnect = Reconnect(clock)
    waiting = asyncio.create_task(reconnect.pause())
    await settle()
    assert not waiting.done()
    reconnect.hurry()
    await asyncio.wait_for(waiting, 5)
