"""Written conversations by command: begun from a call, read, taken, answered once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from agent_tui.commands import model as do
from agent_tui.session.select import possible
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import Sending
from hub.contract import Conversation
from tests.commands.desk import Desk, commanded_desk
from tests.stubs.conversations import StubConversations, a_conversation, a_message
from tests.stubs.hub import StubHub


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A centre that writes; Noah wrote once, and nobody has taken it."""
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known["v-1"] = a_conversation()
    hub.conversations.messages["v-1"] = [a_message("m-1")]
    async with commanded_desk(hub) as made:
        yield made


async def comes_back(desk: Desk) -> None:
    """The hub answers again, and the desk has found it."""
    desk.hub.comes_back()
    while desk.state.hub is not Link.UP:
        await desk.clock.advance(5.0)


def of(desk: Desk) -> StubConversations:
    return desk.hub.conversations


async def taken(desk: Desk) -> Conversation:
    desk.press(do.TakeConversation("v-1"))
    state = await desk.until(lambda state: state.writing.conversations[0].agent == "dana")
    return state.writing.conversations[0]


def stuck(state: SessionState) -> Sending | None:
    return state.writing.stuck("v-1")


async def test_one_is_read_with_what_was_said(desk: Desk) -> None:
    desk.press(do.ReadConversation("v-1"))
    state = await desk.until(lambda state: bool(state.writing.thread and state.writing.thread.messages))
    assert state.writing.shown is not None
    assert state.writing.shown.conversation == "v-1"


async def test_a_call_goes_over_to_a_conversation_that_is_read_at_once(desk: Desk) -> None:
    of(desk).of_callers["k-1"] = "v-9"
    desk.hub.offers()
    desk.hub.connects()
    await desk.until(lambda state: do.WriteToCaller in possible(state))
    desk.press(do.WriteToCaller("k-1"))
    state = await desk.until(lambda state: bool(state.writing.thread and not state.writing.thread.asking))
    assert state.writing.shown is not None
    assert (state.writing.shown.conversation, state.writing.shown.agent) == ("v-9", "dana")
    desk.hub.ends()
    state = await desk.until(lambda state: state.work[0].phase.value == "wrap_up")
    assert state.writing.find("v-9") is not None, "it outlives the call"


async def test_a_text_is_sent_once_however_often_the_answer_was_lost(desk: Desk) -> None:
    await taken(desk)
    desk.hub.goes_down()
    desk.press(do.SayText("v-1", "Shalom", "key-1"))
    state = await desk.until(lambda state: stuck(state) is not None)
    failed = stuck(state)
    assert failed is not None
    assert not failed.refused
    await comes_back(desk)
    desk.press(do.SayText("v-1", failed.text, failed.key))
    desk.press(do.SayText("v-1", failed.text, failed.key))
    await desk.until(lambda state: not state.writing.sending)
    assert of(desk).sent == [("v-1", "Shalom")]


async def test_texts_go_in_the_order_in_which_they_were_said(desk: Desk) -> None:
    await taken(desk)
    desk.hub.stalls()
    for number in range(5):
        desk.press(do.SayText("v-1", f"text {number}", f"key-{number}"))
    assert [one.text for one in desk.state.writing.sending] == [f"text {number}" for number in range(5)]
    desk.hub.flows()
    await desk.until(lambda state: not state.writing.sending)
    assert [text for _name, text in of(desk).sent] == [f"text {number}" for number in range(5)]


async def test_a_refused_text_says_why_and_can_be_had_back(desk: Desk) -> None:
    await taken(desk)
    of(desk).closes("v-1")
    desk.press(do.SayText("v-1", "too late", "key-1"))
    state = await desk.until(lambda state: stuck(state) is not None)
    failed = stuck(state)
    assert failed is not None
    assert (failed.refused, "24 hours" in str(failed.words)) == (True, True)
    desk.press(do.TakeTextBack("key-1"))
    assert desk.state.writing.drafts["v-1"] == "too late"
    assert of(desk).sent == []


@pytest.mark.parametrize(("text", "words"), [(" \n", "nothing to send"), ("x" * 4097, "in parts")])
async def test_what_is_no_message_is_not_sent_and_says_so(desk: Desk, text: str, words: str) -> None:
    await taken(desk)
    desk.press(do.SayText("v-1", text, "key-1"))
    assert (words in desk.notice(), desk.state.writing.sending) == (True, ())


async def test_it_is_told_up_to_which_message_it_was_read(desk: Desk) -> None:
    await taken(desk)
    of(desk).writes("v-1", a_message("m-2"))
    await desk.until(lambda state: state.writing.unread == 1)
    desk.press(do.SeeConversation("v-1", "m-2"))
    await desk.until(lambda state: state.writing.unread == 0)
    assert of(desk).seen_up_to == [("v-1", "m-2")]


async def test_one_is_given_back_and_a_colleague_may_take_it(desk: Desk) -> None:
    await taken(desk)
    desk.press(do.LetConversationGo("v-1"))
    await desk.until(lambda state: state.writing.conversations[0].agent == "")
    of(desk).goes_to_colleague("v-1")
    await desk.until(lambda state: not state.writing.conversations)
    desk.press(do.TakeConversation("v-1"))
    await desk.until(lambda _state: bool(desk.notice()))
    assert "colleague" in desk.notice()


async def test_a_hub_that_cannot_list_them_is_followed_all_the_same(desk: Desk) -> None:
    """Calls are not held up by conversations; the list comes when it is asked for."""
    desk.hub.refuse["conversations"] = "The hub's database does not answer; try again."
    desk.hub.goes_down()
    await desk.until(lambda state: state.hub is Link.DOWN)
    await comes_back(desk)
    desk.hub.offers()
    await desk.until(lambda state: bool(state.work))
