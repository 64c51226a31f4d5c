"""What is typed before its box is there: whenever a desk is killed, the next one has it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste

from agent_tui.adapters.draft_files import DraftFiles
from agent_tui.app import MokedApp
from agent_tui.commands.handlers import Commander
from agent_tui.pumps.answer_drafts import AnswerDraftPump
from agent_tui.pumps.drafts import DraftPump
from agent_tui.session.answer_draft import AnswerDraft
from agent_tui.session.draft import Draft
from agent_tui.session.state import NoteState, SessionState, Work
from agent_tui.session.store import Store
from agent_tui.session.writing import Sending
from agent_tui.session.writing_events import ConversationCame, ThreadAsked, ThreadCame
from agent_tui.widgets.note_pane import LONGEST
from hub import contract as c
from tests.desk.running import running
from tests.desk.screen import Screen
from tests.stubs import desk
from tests.stubs.clock import settle
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone
from tests.stubs.writing_desk import BESIDE_A_CALL, CLOSED, CONVERSATIONS, NOBODYS, RUTH, UNREAD

BEGUN = BESIDE_A_CALL.work[0].note
EMPTY = replace(BESIDE_A_CALL, work=(replace(BESIDE_A_CALL.work[0], note="", note_state=NoteState.EMPTY),))


class Place:
    """Where drafts lie, and desks come and are killed. The hub of these desks answers nothing by itself."""

    def __init__(self, path: Path) -> None:
        self._notes, self._answers = path / "drafts", path / "answers"

    @asynccontextmanager
    async def desk(self, state: SessionState) -> AsyncIterator[Screen]:
        """One in this state until it is killed: at its end it keeps nothing more."""
        async with self._kept(Store(lambda: desk.NOW, state)) as store:
            commander = Commander(store, StubPhone(), StubHub())
            app = MokedApp(store, commander, clock=lambda: desk.CLOCK)
            async with app.run_test(size=(120, 40)) as pilot:
                await pilot.pause()
                yield Screen(app, pilot, store, [])

    async def next_desk(self) -> SessionState:
        """What the desk that comes after it finds."""
        async with self._kept(Store(lambda: desk.NOW)) as store:
            return store.state

    @property
    def left(self) -> list[Path]:
        return [file for place in (self._notes, self._answers) if place.exists() for file in place.iterdir()]

    def holds(self, text: str) -> bool:
        return any(text in file.read_text(encoding="utf-8") for file in self.left)

    @asynccontextmanager
    async def _kept(self, store: Store) -> AsyncIterator[Store]:
        answers = AnswerDraftPump(store, DraftFiles(self._answers, AnswerDraft))
        notes = DraftPump(store, DraftFiles(self._notes, Draft), lambda: desk.CLOCK)
        async with running(answers.run, notes.run):
            await settle()
            yield store


def only(state: SessionState) -> Work:
    (work,) = state.work
    return work


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def test_what_was_typed_for_a_caller_is_in_the_note_of_the_next_desk(place: Place) -> None:
    async with place.desk(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", *"Hello", "x", "backspace")
    found = await place.next_desk()
    assert (only(found).contact, only(found).note) == ("k-1", f"{BEGUN}\nHello")
    assert only(found).note_state is NoteState.UNSAVED, "the hub has it still to get"
    assert found.writing.drafts == {}


async def test_a_paste_is_kept_too(place: Place) -> None:
    async with place.desk(EMPTY) as screen:
        await screen.at_once("ctrl+t", "a")
        screen.app.post_message(Paste("b\x1b]0;x\x07"))
        await screen.dealt_with()
    assert only(await place.next_desk()).note == "ab]0;x"


async def test_what_was_typed_for_a_conversation_is_its_draft(place: Place) -> None:
    begun = replace(UNREAD, writing=replace(UNREAD.writing, drafts={"v-1": "Good "}))
    async with place.desk(begun) as screen:
        await screen.at_once("ctrl+t", "enter", *"day")
    assert (await place.next_desk()).writing.drafts == {"v-1": "Good day"}


async def test_what_was_taken_away_again_leaves_nothing(place: Place) -> None:
    async with place.desk(EMPTY) as screen:
        await screen.at_once("ctrl+t", "a")
        assert len(place.left) == 1
        await screen.press("backspace")
    assert place.left == []


async def test_what_has_its_box_is_an_answer_alone(place: Place) -> None:
    kept: list[bool] = []
    async with place.desk(EMPTY) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.hears(ConversationCame(RUTH, read=True), ThreadAsked("v-1"))
        await screen.press("b")
        with screen.store.listening(lambda _old, _new: kept.append(place.holds("ab"))):
            await screen.hears(ThreadCame(c.Thread(conversation=RUTH)))
            await screen.press("c")
    assert set(kept) == {True}, "at no time is it in neither place"
    found = await place.next_desk()
    assert found.writing.drafts == {"v-1": "abc"}
    assert found.work == (), "nothing of it stands in a note"


async def test_what_stands_in_the_note_stands_there_once(place: Place) -> None:
    async with place.desk(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.press("escape")
    assert only(await place.next_desk()).note == f"{BEGUN}\na"


async def test_what_is_a_draft_after_all_is_one_once(place: Place) -> None:
    async with place.desk(NOBODYS) as screen:
        await screen.at_once("ctrl+t", "f6", "a")
        await screen.press("escape")
    assert (await place.next_desk()).writing.drafts == {"v-2": "a"}


async def test_where_the_callers_conversation_takes_no_text_it_is_its_draft(place: Place) -> None:
    closed = CONVERSATIONS[3]
    async with place.desk(EMPTY) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.hears(ConversationCame(closed, read=True), ThreadAsked("v-4"))
        await screen.hears(ThreadCame(c.Thread(conversation=closed)))
    found = await place.next_desk()
    assert (found.writing.drafts, found.work) == ({"v-4": "a"}, ())


async def test_a_refused_text_had_back_takes_nothing_of_it_away(place: Place) -> None:
    refused = Sending("key-9", "v-4", "Hello?", "No text goes now.", refused=True)
    state = replace(CLOSED, writing=replace(CLOSED.writing, thread=None, sending=(refused,)))
    async with place.desk(state) as screen:
        await screen.at_once("ctrl+t", "down", "down", "down", "enter", "a")
        await screen.hears(ThreadAsked("v-4"), ThreadCame(c.Thread(conversation=CONVERSATIONS[3])))
        await screen.press("f5")
    assert (await place.next_desk()).writing.drafts == {"v-4": "Hello?a"}


async def test_what_the_agent_leaves_without_is_gone(place: Place) -> None:
    full = replace(EMPTY.work[0], note="x" * (LONGEST - 1))
    async with place.desk(replace(EMPTY, work=(full,))) as screen:
        await screen.at_once("ctrl+t", "a", "b")
        await screen.press("escape", "escape")
        assert screen.app.screen is screen.desk
        assert only(screen.store.state) == full
    assert place.left == []


async def test_what_no_note_holds_is_the_draft_of_the_conversation_that_is_taken(place: Place) -> None:
    full = replace(EMPTY.work[0], note="x" * (LONGEST - 1))
    async with place.desk(replace(EMPTY, work=(full,))) as screen:
        await screen.at_once("ctrl+t", "a", "b")
        await screen.hears(ConversationCame(CONVERSATIONS[1], read=True), ThreadAsked("v-2"))
        await screen.press("f6")
    found = await place.next_desk()
    assert (found.writing.drafts, found.work) == ({"v-2": "ab"}, ())
