"""Drafts: whenever a desk is killed, the next one has what was done, and nothing is stored twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent_tui.adapters.draft_files import DraftFiles
from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.pumps.drafts import DraftPump
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.outbox import Outbox
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.session.draft import Draft
from agent_tui.session.events import ScriptArrived
from agent_tui.session.select import phase_seconds
from agent_tui.session.state import NoteState, Phase, Work
from agent_tui.session.store import Store
from hub.contract import VoiceQuality
from sip import events as ev
from tests.desk.running import running
from tests.stubs.clock import ManualClock, settle
from tests.stubs.hub import StubHub
from tests.stubs.messages import AT, SCRIPT
from tests.stubs.phone import StubPhone

NOTE = "Wants the bill by post"
OVERALL = ev.Overall(4.2, 3.9, 0.0, 0.5, 3.0, 20.0)


@dataclass(frozen=True)
class Desk:
    store: Store
    press: Callable[[do.Command], None]

    @property
    def work(self) -> Work:
        (work,) = self.store.state.work
        return work


class Room:
    """One agent's phone, hub, drafts and clock, where desks come and are killed."""

    def __init__(self, place: Path) -> None:
        self.phone, self.hub, self.clock = StubPhone(), StubHub(), ManualClock()
        self.place = place

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """A desk until it is killed: at its end nothing reaches the hub any more."""
        store = Store(self.clock.now)
        commander = Commander(store, self.phone, self.hub)
        hub = HubPump(store, self.hub, Reconnect(self.clock), wall_clock=self._wall)
        loops = (
            DraftPump(store, DraftFiles(self.place, Draft), self._wall).run,
            PhonePump(store, self.phone, Reconnect(self.clock)).run,
            hub.run,
            Outbox(store, self.hub, self.clock).run,
            commander.run,
        )
        async with running(*loops):
            await settle()
            yield Desk(store, commander)
            down = self.hub.is_down
            self.hub.goes_down()
        if not down:
            self.hub.comes_back()

    async def talk(self) -> ev.CallId:
        """The agent talks with k-1."""
        self.hub.offers()
        call = self.phone.rings(contact="k-1")
        await self.phone.calls.answer(call)
        self.hub.connects()
        await settle()
        return call

    async def over(self, call: ev.CallId) -> None:
        """The customer hangs up."""
        self.phone.closes(call)
        self.hub.ends()
        await settle()

    @property
    def left(self) -> list[Path]:
        return list(self.place.iterdir()) if self.place.exists() else []

    def _wall(self) -> datetime:
        return AT + timedelta(seconds=self.clock.now() - 1_000.0)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "drafts")


async def test_a_note_typed_a_moment_before_the_kill_is_there_again(room: Room) -> None:
    async with room.desk() as desk:
        await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
    assert room.hub.notes == []
    async with room.desk() as desk:
        assert (desk.work.note, desk.work.phase) == (NOTE, Phase.TALKING)
        await room.clock.advance(1.0)
        assert room.hub.notes == [("k-1", NOTE)]
        assert desk.work.note_state is NoteState.SAVED


async def test_what_waited_for_a_conversation_goes_with_the_call_that_goes_on(room: Room) -> None:
    async with room.desk() as desk:
        await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        desk.press(do.EditEarly("", "k-1", "Hello"))
        await room.clock.advance(1.0)
        assert room.hub.notes == [("k-1", NOTE)], "it is for a box, as long as this desk lives"
    async with room.desk() as desk:
        assert (desk.work.note, desk.work.phase) == (f"{NOTE}\nHello", Phase.TALKING)
        await room.clock.advance(1.0)
        assert room.hub.notes[-1] == ("k-1", f"{NOTE}\nHello")


async def test_a_wrap_up_on_its_way_takes_in_nothing_that_waited(room: Room) -> None:
    async with room.desk() as desk:
        call = await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        await room.over(call)
        desk.press(do.ChooseDisposition("k-1", "solved"))
        room.hub.goes_down()
        desk.press(do.EditEarly("", "k-1", "Hello"))
        desk.press(do.FinishWrapUp("k-1"))
    async with room.desk() as desk:
        assert (desk.work.note, desk.work.finishing) == (NOTE, True)


async def test_with_the_hub_away_all_that_was_done_waits_for_it(room: Room) -> None:
    async with room.desk() as desk:
        call = await room.talk()
        desk.store.dispatch(ScriptArrived("k-1", SCRIPT))
        room.phone.report(ev.CallQuality(call, 4.0, 0.0, 0.0, 1.0, 2.0, OVERALL))
        room.hub.goes_down()
        for command in (do.EditNote("k-1", NOTE), do.TickStep("k-1", "greet")):
            desk.press(command)
        await room.over(call)
        await room.clock.advance(7.0)
        desk.press(do.ChooseDisposition("k-1", "solved"))
    await room.clock.advance(3.0)
    async with room.desk() as desk:
        work = desk.work
        assert (work.note, work.disposition, work.phase) == (NOTE, "solved", Phase.WRAP_UP)
        assert phase_seconds(work, desk.store.state.now) == 10.0
        room.hub.comes_back()
        await room.clock.advance(30.0)
        assert room.hub.progress[-1][1].done == ("greet",)
        assert room.hub.notes[-1] == ("k-1", NOTE)
        desk.press(do.FinishWrapUp("k-1"))
        await settle()
    kept = room.hub.stored["k-1"]
    assert (kept.note, kept.disposition, kept.customer) == (NOTE, "solved", "c-1")
    assert kept.voice == VoiceQuality(mos=4.2, least_mos=3.9, loss_in=0.0, loss_out=0.5, jitter=3.0, rtt=20.0)
    assert room.left == []


@pytest.mark.parametrize("heard", [False, True], ids=["before the hub had it", "after the hub had it"])
async def test_a_wrap_up_on_its_way_is_stored_once(room: Room, heard: bool) -> None:
    async with room.desk() as desk:
        call = await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        await room.over(call)
        desk.press(do.ChooseDisposition("k-1", "solved"))
        (kept,) = room.left
        if not heard:
            room.hub.goes_down()
        desk.press(do.FinishWrapUp("k-1"))
        draft = kept.read_bytes()
        await settle()
    room.hub.comes_back()
    kept.write_bytes(draft)  # as if the kill had come before the desk heard the answer
    async with room.desk() as desk:
        await room.clock.advance(30.0)
        assert desk.store.state.work == ()
        assert not [notice for notice in desk.store.state.notices if notice.topic == "wrap-up"]
    assert len(set(room.hub.keys)) == 1
    assert (room.hub.stored["k-1"].note, room.hub.stored["k-1"].customer) == (NOTE, "c-1")
    assert room.left == []


async def test_a_saved_note_is_not_typed_over_while_the_hub_is_away(room: Room) -> None:
    async with room.desk() as desk:
        await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        await room.clock.advance(1.0)
        assert room.hub.notes == [("k-1", NOTE)]
        room.hub.goes_down()
    async with room.desk() as desk:
        assert (desk.work.note, desk.work.note_state) == (NOTE, NoteState.SAVED)


async def test_a_contact_that_is_nobodys_here_any_more_leaves_nothing(room: Room) -> None:
    async with room.desk() as desk:
        call = await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        await room.clock.advance(1.0)
        await room.over(call)
    del room.hub.contacts["k-1"]
    async with room.desk() as desk:
        assert desk.store.state.work == ()
    assert room.left == []


async def test_drafts_that_cannot_be_kept_are_told_and_stop_nothing(room: Room) -> None:
    room.place.write_text("a file")
    async with room.desk() as desk:
        await room.talk()
        desk.press(do.EditNote("k-1", NOTE))
        (told,) = [notice for notice in desk.store.state.notices if notice.topic == "drafts"]
        assert "Should this desk be killed" in str(told.words)
        await room.clock.advance(1.0)
        assert room.hub.notes == [("k-1", NOTE)]
