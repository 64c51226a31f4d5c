"""What is typed while the hub is asked for a conversation stands in its box, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from textual.events import Key, Paste

from agent_tui.commands import model as do
from agent_tui.screens import early_text
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.early_text import EarlyText
from agent_tui.screens.palette import Palette
from agent_tui.session.events import CommandFailed
from agent_tui.session.state import Phase, Work
from agent_tui.session.writing_events import ConversationCame, ThreadAsked, ThreadCame, ThreadFailed
from agent_tui.text.catalogue import Phrase
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.bidi_line import BidiLine
from agent_tui.widgets.note_pane import LONGEST, NotePane
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk
from tests.stubs.writing_desk import BESIDE_A_CALL, CLOSED, CONVERSATIONS, NOBODYS, RUTH, UNREAD

ASKED, CAME = ThreadAsked("v-1"), ThreadCame(c.Thread(conversation=RUTH))


def conversations(screen: Screen) -> ConversationsScreen:
    return next(one for one in screen.app.screen_stack if isinstance(one, ConversationsScreen))


def box(screen: Screen) -> AnswerBox:
    return conversations(screen).query_one("#written-box", AnswerBox)


def told(screen: Screen) -> str:
    return conversations(screen).query_one("#written-can", Sheet).text


def drafts(screen: Screen) -> list[do.Command]:
    return [one for one in screen.asked if isinstance(one, do.EditAnswer)]


async def test_letters_behind_enter_stand_in_the_box_when_it_comes() -> None:
    async with showing(UNREAD) as screen:
        await screen.at_once("ctrl+t", "enter", *"Hello", "space", "y", "x", "backspace")
        reads = [one for one in screen.asked if isinstance(one, do.ReadConversation)]
        assert reads == [do.ReadConversation("v-1")], "a space chooses nothing"
        assert "Comes into the box: Hello y" in told(screen)
        await screen.hears(ASKED)
        await screen.press("o", "u")
        await screen.hears(CAME)
        await screen.press("?")
        assert (box(screen).text, box(screen).has_focus) == ("Hello you?", True)
        assert "Comes into the box" not in told(screen)


async def test_letters_behind_the_key_stand_in_the_callers_box_though_another_rings() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.hears(ev.CallIncoming("call-9", customers.RUTH))
        await screen.press("b")
        await screen.hears(ConversationCame(RUTH, read=True), ASKED)
        await screen.press("c")
        await screen.hears(CAME)
        assert box(screen).text == "abc"


async def test_what_lies_over_it_has_its_own_letters() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a", "ctrl+p", "b")
        palette = screen.app.screen
        assert isinstance(palette, Palette)
        await screen.hears(ConversationCame(RUTH, read=True), ASKED, CAME)
        await screen.press("c")
        assert palette.query_one("#palette-line", BidiLine).line == "bc"
        await screen.press("escape", "d")
        assert box(screen).text == "ad"


async def test_nothing_is_sent_before_it_is_seen() -> None:
    async with showing(UNREAD) as screen:
        await screen.at_once("ctrl+t", "enter", "a", "enter", "b")
        screen.app.post_message(Paste("c\nd\x1b]0;x\x07"))
        await screen.hears(ASKED, CAME)
        assert box(screen).text == "a\nbc\nd]0;x"
        assert not [one for one in screen.asked if isinstance(one, do.SayText)]


async def test_what_was_typed_for_one_never_stands_in_anothers_box() -> None:
    async with showing(UNREAD) as screen:
        await screen.at_once("ctrl+t", "enter", "a")
        conversations(screen).query_one("#written-list", Sheet).action_move(2)
        conversations(screen).query_one("#written-list", Sheet).action_choose()
        await screen.pilot.pause()
        assert drafts(screen) == [do.EditAnswer("v-1", "a")], "kept where it was meant"
        await screen.press("b")
        await screen.hears(ThreadAsked("v-3"), ThreadCame(c.Thread(conversation=CONVERSATIONS[2])))
        assert box(screen).text == "b"


def note(screen: Screen) -> NotePane:
    return screen.desk.query_one("#note", NotePane)


def noted(screen: Screen) -> list[tuple[str, str]]:
    """Each note as it was told last."""
    told = {one.contact: one.text for one in screen.asked if isinstance(one, do.EditNote)}
    return list(told.items())


BEGUN = BESIDE_A_CALL.work[0].note
"""What stands in the caller's note already."""
FAILED = CommandFailed(Phrase("No answer in time. See how things stand and try again."))


async def test_what_the_hub_finds_no_conversation_for_stands_in_the_callers_note() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.press("x")
        await screen.at_once("ctrl+t", *"Hello")
        await screen.hears(FAILED)
        await screen.press("escape")
        assert note(screen).text == f"{BEGUN}x\nHello", "the agent sees where it is"
        assert noted(screen) == [("k-1", note(screen).text)]
        assert "what you typed stands in the note (Ruth Ben-Ami)" in " ".join(screen.sheet("notices").split())
        await screen.press("y", "ctrl+z", "ctrl+z")
        assert note(screen).text == f"{BEGUN}x", "it is undone like what was typed there"


async def test_it_is_the_note_of_that_caller_though_another_ones_is_under_the_hands() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        second = replace(BESIDE_A_CALL.work[0], contact="k-9", note="of another")
        first = replace(screen.store.state.work[0], phase=Phase.WRAP_UP, note="begun")
        await screen.stands(replace(screen.store.state, calls=(), work=(first, second)))
        assert screen.store.state.written == second
        await screen.press("escape")
        assert noted(screen) == [(first.contact, "begun\na")]


async def test_it_stands_there_too_when_another_conversation_is_read() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.hears(FAILED)
        conversations(screen).query_one("#written-list", Sheet).action_choose()
        await screen.pilot.pause()
        assert noted(screen) == [("k-1", f"{BEGUN}\na")]


async def test_it_is_in_the_note_before_the_desk_ends() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.press("ctrl+q")
        assert noted(screen) == [("k-1", f"{BEGUN}\na")]


async def test_a_sentence_goes_on_after_the_time_for_a_box_is_over() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        conversations(screen).early._until = desk.CLOCK
        await screen.press("b", "escape")
        assert noted(screen) == [("k-1", f"{BEGUN}\nab")]


KEPT_NOWHERE = "Kept nowhere; press again to go on without: a"
FULL = (replace(BESIDE_A_CALL.work[0], note="x" * LONGEST),)


@pytest.mark.parametrize("work", [(), FULL], ids=["gone", "full"])
async def test_what_can_be_kept_nowhere_is_left_by_a_second_press_alone(work: tuple[Work, ...]) -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.stands(replace(screen.store.state, calls=(), work=work))
        await screen.press("escape")
        assert KEPT_NOWHERE in " ".join(told(screen).split())
        await screen.press("escape")
        assert screen.app.screen is screen.desk


@pytest.mark.parametrize("work", [(), FULL], ids=["gone", "full"])
async def test_for_what_can_be_kept_nowhere_another_one_is_read_by_a_second_press_alone(
    work: tuple[Work, ...],
) -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "a")
        await screen.stands(replace(screen.store.state, calls=(), work=work))
        written = conversations(screen).query_one("#written-list", Sheet)
        written.action_choose()
        await screen.pilot.pause()
        assert KEPT_NOWHERE in " ".join(told(screen).split())
        assert do.ReadConversation(written.cursor) not in screen.asked
        written.action_choose()
        await screen.pilot.pause()
        assert do.ReadConversation(written.cursor) in screen.asked
        await screen.hears(ThreadAsked(written.cursor))
        assert "Kept nowhere" not in told(screen)


async def test_what_was_typed_for_one_to_be_taken_is_its_draft_when_a_colleague_has_it() -> None:
    async with showing(NOBODYS) as screen:
        await screen.at_once("ctrl+t", "f6", "a")
        await screen.hears(FAILED)
        await screen.press("escape")
        assert drafts(screen) == [do.EditAnswer("v-2", "a")]


async def test_a_late_answer_for_another_one_takes_nothing() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await screen.at_once("ctrl+t", "down", "down", "enter", "a")
        await screen.hears(ConversationCame(RUTH, read=True), ASKED, CAME)
        assert box(screen).text == ""
        assert "a" in told(screen).splitlines()[0]


@pytest.mark.parametrize("state", [CLOSED, NOBODYS])
async def test_where_no_box_comes_it_is_said_and_kept(state: object) -> None:
    assert isinstance(state, type(UNREAD))
    thread = state.writing.thread
    assert thread is not None
    shown = next(one for one in CONVERSATIONS if one.conversation == thread.conversation)
    begun = replace(state, writing=replace(state.writing, thread=None))
    async with showing(begun) as screen:
        await screen.press("ctrl+t", *["down"] * CONVERSATIONS.index(shown), "enter", "a")
        await screen.hears(ThreadAsked(shown.conversation), ThreadCame(c.Thread(conversation=shown)))
        assert "There is no box yet for: a" in " ".join(told(screen).split())
        await screen.press("escape")
        assert drafts(screen) == [do.EditAnswer(shown.conversation, "a")]


async def test_what_was_typed_for_nobodys_stands_in_the_box_once_it_is_taken() -> None:
    async with showing(NOBODYS) as screen:
        await screen.at_once("ctrl+t", "f6", "a")
        mine = CONVERSATIONS[1].model_copy(update={"agent": "dana"})
        await screen.hears(c.ConversationEvent(conversation=mine))
        assert box(screen).text == "a"


async def test_a_letter_that_was_on_its_way_to_the_list_reaches_the_box() -> None:
    async with showing(UNREAD) as screen:
        await screen.at_once("ctrl+t", "enter")
        await screen.hears(ASKED, CAME)
        conversations(screen).query_one("#written-list").post_message(Key("a", "a"))
        await screen.pilot.pause()
        await screen.pilot.pause()
        assert box(screen).text == "a"


async def test_a_thread_that_cannot_be_read_still_has_its_box() -> None:
    async with showing(UNREAD) as screen:
        await screen.at_once("ctrl+t", "enter", "a")
        await screen.hears(ASKED, ThreadFailed("v-1", "The hub did not answer in time."))
        assert box(screen).text == "a"


def test_only_so_long_and_so_much_is_waited_for() -> None:
    now = [desk.CLOCK]
    early = EarlyText(lambda: now[0])
    early.begin("v-1")
    early.add("x" * (c.LONGEST_TEXT + 50))
    assert len(early.text) == c.LONGEST_TEXT
    waits: list[bool] = []
    for seconds in (early_text.LONGEST.total_seconds() - 1, 1):
        now[0] += timedelta(seconds=seconds)
        waits.append(early.expected)
    assert waits == [True, False]
    assert early.given("v-1"), "a box that comes late has it all the same"
