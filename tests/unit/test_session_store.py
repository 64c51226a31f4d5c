"""The store: listeners hear each event once and in order, whatever they dispatch themselves."""

from __future__ import annotations

import asyncio

import pytest

from agent_tui.session.events import CommandFailed, NoticeDismissed, Tick
from agent_tui.session.state import SessionState
from agent_tui.session.store import Store
from sip import events as ev

NOA = ev.Party("Noa", "1", "sip:1@test")


def a_store() -> Store:
    return Store(lambda: 5.0)


def test_a_listener_sees_before_and_after() -> None:
    store, seen = a_store(), list[tuple[int, int]]()
    with store.listening(lambda old, new: seen.append((len(old.notices), len(new.notices)))):
        store.dispatch(CommandFailed("x"))
        store.dispatch(NoticeDismissed("command"))
    store.dispatch(CommandFailed("nobody listens"))
    assert seen == [(0, 1), (1, 0)]
    assert store.state.now == 5.0


def test_what_a_listener_dispatches_waits_until_all_have_seen_the_event() -> None:
    store, heard = a_store(), list[tuple[str, int]]()

    def first(_old: SessionState, new: SessionState) -> None:
        heard.append(("first", len(new.notices)))
        if new.notices:
            store.dispatch(NoticeDismissed("command"))

    def second(_old: SessionState, new: SessionState) -> None:
        heard.append(("second", len(new.notices)))

    with store.listening(first), store.listening(second):
        store.dispatch(CommandFailed("x"))
    assert heard == [("first", 1), ("second", 1), ("first", 0), ("second", 0)]


def test_listeners_that_feed_one_another_are_stopped() -> None:
    store = a_store()

    def twice(_old: SessionState, _new: SessionState) -> None:
        store.dispatch(Tick())
        store.dispatch(Tick())

    with store.listening(twice), pytest.raises(RuntimeError, match="feed one another"):
        store.dispatch(Tick())


def test_levels_of_sound_wake_nobody_and_go_with_their_call() -> None:
    store, heard = a_store(), list[SessionState]()
    store.dispatch(ev.CallIncoming("call-1", NOA))
    with store.listening(lambda _old, new: heard.append(new)):
        store.dispatch(ev.AudioLevels("call-1", -30.0, -20.0))
        store.dispatch(ev.AudioLevels("call-9", -30.0, -20.0))
    assert heard == []
    assert list(store.levels) == ["call-1"]
    store.dispatch(ev.CallClosed("call-1", ev.CloseReason.NORMAL))
    assert not store.levels


async def test_until_sees_a_state_that_lasts_one_event_only() -> None:
    store = a_store()
    with store.listening(
        lambda _old, new: store.dispatch(NoticeDismissed("command")) if new.notices else None
    ):
        waiting = asyncio.create_task(store.until(lambda state: bool(state.notices), 5.0))
        await asyncio.sleep(0)
        store.dispatch(CommandFailed("x"))
        assert (await waiting).notices[0].words == "x"
    assert store.state.notices == ()


async def test_until_gives_up_in_time() -> None:
    with pytest.raises(TimeoutError):
        await a_store().until(lambda _state: False, 0.01)
