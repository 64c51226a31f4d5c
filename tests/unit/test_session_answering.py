"""What is asked for about the conversation that is read: by whom, and once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.session import answering
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import Sending, ThreadShown, Writing
from hub.contract import TemplateToSend, Written
from tests.stubs import desk, writing_desk
from tests.stubs.conversations import a_conversation, a_message

TEMPLATE = TemplateToSend(template="go_on.en_US", parameters=(), agreed=False)
THEIRS, NEWER = a_message("m-1"), a_message("m-2", "Still there?")
OWN = a_message("m-3", "Yes", agent="dana", incoming=False, status="sent")


def reading(*messages: Written, agent: str = "dana", unread: int = 1) -> SessionState:
    """A conversation of ``agent``'s is read."""
    shown = a_conversation(agent=agent, unread=unread)
    writing = Writing(conversations=(shown,), thread=ThreadShown("v-1", messages, asking=False))
    return replace(desk.IDLE, me=writing_desk.ME, hub=Link.UP, writing=writing)


def test_what_is_seen_is_the_last_that_the_customer_wrote() -> None:
    assert answering.seen(reading(THEIRS, NEWER, OWN)) == do.SeeConversation("v-1", "m-2")


@pytest.mark.parametrize(
    "state",
    [
        reading(THEIRS, agent=""),
        reading(THEIRS, agent="yael"),
        reading(THEIRS, unread=0),
        reading(OWN),
        replace(reading(THEIRS), writing=Writing()),
    ],
    ids=["nobody's", "a colleague's", "read already", "nothing of theirs", "none is read"],
)
def test_nothing_is_told_to_be_seen_of_others_or_twice(state: SessionState) -> None:
    assert answering.seen(state) is None


@pytest.mark.parametrize(
    ("stuck", "asked"),
    [
        (Sending("k", "v-1", "Hello", "away"), do.SayText("v-1", "Hello", "k")),
        (Sending("k", "v-1", "a.pdf", "away", file="/a.pdf"), do.SendFile("v-1", "/a.pdf", "a.pdf", "k")),
        (
            Sending("k", "v-1", "Go on", "away", template=TEMPLATE),
            do.SendTemplate("v-1", TEMPLATE, "Go on", "k"),
        ),
    ],
    ids=["text", "file", "template"],
)
def test_what_is_stuck_goes_once_more_under_its_key(stuck: Sending, asked: do.Command) -> None:
    assert answering.once_more(stuck) == asked


def test_nobodys_is_taken_and_ones_own_given_back() -> None:
    assert answering.taken_or_given_back(reading(agent="")) == do.TakeConversation("v-1")
    assert answering.taken_or_given_back(reading()) == do.LetConversationGo("v-1")
    assert answering.taken_or_given_back(reading(agent="yael")) is None
    assert answering.taken_or_given_back(replace(reading(), hub=Link.DOWN)) is None
