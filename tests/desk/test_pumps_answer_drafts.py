"""Answers that are not sent: whenever a desk is killed, the next one has them, and nothing is sent twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_tui.adapters.draft_files import DraftFiles
from agent_tui.commands import model as do
from agent_tui.pumps.answer_drafts import AnswerDraftPump
from agent_tui.session.answer_draft import AnswerDraft
from tests.commands.desk import Desk, commanded_desk
from tests.desk.running import running
from tests.stubs.clock import settle
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub

ANSWER = "השעון בכניסה\nthe left one ☎"


class Room:
    """One agent's hub and drafts, where desks come and are killed."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.hub = StubHub()
        self.hub.me = self.hub.me.model_copy(update={"writes": True})
        self.hub.conversations.known["v-1"] = a_conversation(agent="dana")
        self.hub.conversations.messages["v-1"] = [a_message("m-1")]

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """A desk until it is killed."""
        async with commanded_desk(self.hub) as desk:
            pump = AnswerDraftPump(desk.store, DraftFiles(self.place, AnswerDraft))
            async with running(pump.run):
                await settle()
                yield desk

    @property
    def left(self) -> list[Path]:
        return list(self.place.iterdir()) if self.place.exists() else []


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path / "answers")


async def test_an_answer_typed_a_moment_before_the_kill_is_there_again(room: Room) -> None:
    async with room.desk() as desk:
        desk.press(do.EditAnswer("v-1", ANSWER[:5]))
        desk.press(do.EditAnswer("v-1", ANSWER))
    async with room.desk() as desk:
        assert desk.state.writing.drafts == {"v-1": ANSWER}
        desk.press(do.EditAnswer("v-1", ""))
    async with room.desk() as desk:
        assert desk.state.writing.drafts == {}
    assert room.left == []


@pytest.mark.parametrize("heard", [False, True], ids=["before the hub had it", "after the hub had it"])
async def test_an_answer_on_its_way_is_sent_once(room: Room, heard: bool) -> None:
    async with room.desk() as desk:
        desk.press(do.EditAnswer("v-1", ANSWER))
        if not heard:
            room.hub.goes_down()
        desk.press(do.SayText("v-1", ANSWER, "key-00000001"))
        (kept,) = room.left
        draft = kept.read_bytes()
        await settle()
    room.hub.comes_back()
    kept.write_bytes(draft)  # as if the kill had come before the desk heard the answer
    async with room.desk() as desk:
        stuck = desk.state.writing.stuck("v-1")
        assert stuck is not None
        assert (stuck.text, stuck.key, stuck.refused, bool(stuck.words)) == (
            ANSWER,
            "key-00000001",
            False,
            True,
        )
        assert desk.state.writing.drafts == {}
        desk.press(do.SayText("v-1", stuck.text, stuck.key))
        await desk.until(lambda state: not state.writing.sending)
    assert room.hub.conversations.sent == [("v-1", ANSWER)]
    assert room.left == []


async def test_a_refused_text_can_be_had_back_after_the_kill(room: Room) -> None:
    room.hub.conversations.closes("v-1")
    async with room.desk() as desk:
        desk.press(do.SayText("v-1", ANSWER, "key-00000001"))
        await desk.until(lambda state: state.writing.sending[0].refused)
        desk.press(do.EditAnswer("v-1", "and more"))
    async with room.desk() as desk:
        stuck = desk.state.writing.stuck("v-1")
        assert stuck is not None
        assert stuck.refused
        desk.press(do.TakeTextBack(stuck.key))
        assert desk.state.writing.drafts == {"v-1": f"{ANSWER}\nand more"}


async def test_answers_that_cannot_be_kept_are_told_and_stop_nothing(room: Room) -> None:
    room.place.write_text("a file")
    async with room.desk() as desk:
        desk.press(do.EditAnswer("v-1", ANSWER))
        assert [notice.topic for notice in desk.state.notices if notice.topic == "drafts"] == ["drafts"]
        desk.press(do.SayText("v-1", ANSWER, "key-00000001"))
        await desk.until(lambda state: not state.writing.sending)
    assert room.hub.conversations.sent == [("v-1", ANSWER)]
