"""Written conversations in the session: bounded, in order, each message once, nobody else's kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from agent_tui.commands import model as do
from agent_tui.session.events import DeskEvent
from agent_tui.session.reduce import reduce
from agent_tui.session.reduce_writing import MOST_DRAFTS, TOPIC
from agent_tui.session.select import possible
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import Answer, answer, with_number
from agent_tui.session.writing_events import (
    AnswerTyped,
    ConversationsCame,
    TextNotSent,
    TextSending,
    TextSent,
    TextTakenBack,
    ThreadAsked,
    ThreadCame,
    ThreadFailed,
    ThreadLeft,
)
from hub.contract import MOST_SHOWN, ConversationEvent, ConversationGoneEvent, Thread, Ticked
from tests.stubs import desk, writing_desk
from tests.stubs.conversations import NOAH, a_conversation, a_message
from tests.stubs.messages import AT

IDLE = replace(desk.IDLE, me=writing_desk.ME)


def after(state: SessionState, *events: DeskEvent) -> SessionState:
    for event in events:
        state = reduce(state, event, desk.NOW)
    return state


def reading(*messages: str) -> SessionState:
    """The first conversation is read, with these messages."""
    thread = Thread(
        conversation=a_conversation(agent="dana"), messages=tuple(a_message(one) for one in messages)
    )
    return after(IDLE, ThreadAsked("v-1"), ThreadCame(thread))


def said(state: SessionState) -> list[str]:
    assert state.writing.thread is not None
    return [one.message for one in state.writing.thread.messages]


def notice(state: SessionState) -> str:
    return next((str(one.words) for one in state.notices if one.topic == TOPIC), "")


def test_the_last_to_change_comes_first_and_there_are_never_too_many() -> None:
    many = tuple(
        a_conversation(f"v-{number}", changed_at=AT - timedelta(minutes=number))
        for number in range(MOST_SHOWN)
    )
    state = after(IDLE, ConversationsCame(many))
    state = after(state, ConversationEvent(conversation=a_conversation("new", changed_at=AT)))
    names = [one.conversation for one in state.writing.conversations]
    assert (names[0], len(names), f"v-{MOST_SHOWN - 1}" in names) == ("new", MOST_SHOWN, False)
    moved = after(state, ConversationEvent(conversation=many[7].model_copy(update={"changed_at": AT})))
    assert len({one.conversation for one in moved.writing.conversations}) == MOST_SHOWN


def test_a_message_that_comes_in_is_told_and_goes_when_it_was_read() -> None:
    told = ConversationEvent(conversation=a_conversation(unread=1), message=a_message("m-1"))
    state = after(IDLE, told)
    assert (notice(state), state.writing.unread) == ("Noah Levi writes by WhatsApp. Ctrl+T reads it.", 1)
    state = after(state, ConversationEvent(conversation=a_conversation(agent="dana")))
    assert (notice(state), state.writing.unread) == ("", 0)


def test_ones_own_message_and_that_of_who_is_read_are_no_news() -> None:
    own = a_message("o-1", incoming=False, status="sent")
    assert not notice(after(IDLE, ConversationEvent(conversation=a_conversation(), message=own)))
    told = ConversationEvent(conversation=a_conversation(unread=1), message=a_message("m-2"))
    state = after(reading("m-1"), told)
    assert (said(state), notice(state)) == (["m-1", "m-2"], "")


def test_a_message_stands_once_as_far_as_it_came() -> None:
    state = reading("m-1")
    ticks: tuple[Ticked, ...] = ("waiting", "delivered", "sent", "read", "delivered")
    for status in ticks:
        message = a_message("o-1", incoming=False, status=status)
        state = after(state, ConversationEvent(conversation=a_conversation(agent="dana"), message=message))
    assert said(state) == ["m-1", "o-1"]
    assert state.writing.thread is not None
    assert state.writing.thread.messages[-1].status == "read"


def test_what_the_stream_told_while_the_hub_was_asked_is_not_lost() -> None:
    state = after(IDLE, ThreadAsked("v-1"))
    told = ConversationEvent(conversation=a_conversation(unread=1), message=a_message("m-2"))
    thread = Thread(conversation=a_conversation(), messages=(a_message("m-1"),))
    assert said(after(state, told, ThreadCame(thread))) == ["m-1", "m-2"]


def test_a_late_answer_about_another_conversation_is_not_shown() -> None:
    thread = Thread(conversation=a_conversation("v-1"), messages=(a_message("m-1"),))
    state = after(IDLE, ThreadAsked("v-1"), ThreadAsked("v-2"), ThreadCame(thread))
    assert said(state) == []
    state = after(state, ThreadFailed("v-1", "late"))
    assert state.writing.thread is not None
    assert not state.writing.thread.trouble


def test_what_a_colleague_took_is_read_here_no_longer() -> None:
    state = after(reading("m-1"), ConversationGoneEvent(conversation="v-1"))
    assert (said(state), state.writing.conversations) == ([], ())
    assert state.writing.thread is not None
    assert "colleague" in str(state.writing.thread.trouble)
    assert after(state, ThreadLeft()).writing.thread is None


def test_a_draft_belongs_to_its_conversation_and_the_oldest_goes() -> None:
    state = after(IDLE, AnswerTyped("v-1", "half"), AnswerTyped("v-2", "other"))
    assert dict(state.writing.drafts) == {"v-1": "half", "v-2": "other"}
    state = after(state, *(AnswerTyped(f"w-{number}", "x") for number in range(MOST_DRAFTS)))
    assert (len(state.writing.drafts), "v-1" in state.writing.drafts) == (MOST_DRAFTS, False)
    assert "w-3" not in after(state, AnswerTyped("w-3", "")).writing.drafts


def test_a_text_is_no_draft_from_the_press_on_until_it_is_had_back() -> None:
    state = after(IDLE, AnswerTyped("v-1", "one"), TextSending("key-1", "v-1", "one"))
    assert (dict(state.writing.drafts), state.writing.stuck("v-1")) == ({}, None)
    assert after(state, TextSent("key-1")).writing.sending == ()
    unknown = after(state, TextNotSent("key-1", "no answer", refused=False))
    assert after(unknown, TextTakenBack("key-1")) == unknown, "it may have been sent"
    again = after(unknown, TextSending("key-1", "v-1", "one"))
    assert [(one.key, one.words) for one in again.writing.sending] == [("key-1", "")]
    refused = after(state, TextNotSent("key-1", "closed", refused=True), AnswerTyped("v-1", "two"))
    back = after(refused, TextTakenBack("key-1"))
    assert (back.writing.sending, back.writing.drafts["v-1"]) == ((), "one\ntwo")


def test_what_may_be_done_changes_with_the_clock_and_with_whose_it_is() -> None:
    one = a_conversation(agent="dana")
    until = one.can.text_until
    assert until is not None
    assert answer(one, "dana", until - timedelta(seconds=1)) is Answer.TEXT
    assert answer(one, "dana", until) is Answer.TEMPLATE
    assert answer(one, "omer", until - timedelta(seconds=1)) is Answer.TAKE


def test_the_conversation_with_a_caller_is_found_by_their_number() -> None:
    state = after(IDLE, ConversationsCame((a_conversation(number=""), a_conversation("v-2"))))
    found = with_number(state.writing, NOAH)
    assert found is not None
    assert found.conversation == "v-2"
    assert with_number(state.writing, "") is None


def test_nothing_of_it_is_possible_where_nobody_writes_and_only_reading_without_the_hub() -> None:
    of_it = {do.WatchConversations, do.WriteToCaller, do.SayText, do.ReadConversation}
    assert not of_it & possible(desk.TALKING)
    talking = writing_desk.BESIDE_A_CALL
    assert of_it <= possible(talking)
    assert of_it & possible(replace(talking, hub=Link.DOWN)) == {do.WatchConversations}
    assert do.WriteToCaller not in possible(replace(desk.RINGING, me=writing_desk.ME))
