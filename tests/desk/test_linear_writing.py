"""WhatsApp line by line: what became of each message is said, and none goes to whom it was not meant for."""

from __future__ import annotations

from dataclasses import replace

from agent_tui.commands import model as do
from agent_tui.linear import pages
from agent_tui.screens.views.conversations import list_page
from agent_tui.screens.views.status import status_bar
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Link
from agent_tui.session.writing_events import (
    ConversationCame,
    TextNotSent,
    TextSending,
    ThreadAsked,
    ThreadFailed,
)
from agent_tui.text.catalogue import use
from hub import contract as c
from tests.desk.test_linear import OPEN, talking
from tests.desk.test_linear_acts import asked
from tests.desk.test_linear_once import heard
from tests.stubs import desk
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub
from tests.stubs.writing_desk import BESIDE_A_CALL, NEVER_ASKED, NOBODYS, NOTHING_STUCK, RUTH, UNREAD

MINE = a_message("m-9", "Which light?", desk.CLOCK, incoming=False, agent="dana")


def tells(*statuses: str, words: str = "") -> list[str]:
    """What is heard of the agent's own message as it goes."""
    events = (
        c.ConversationEvent(
            conversation=RUTH, message=MINE.model_copy(update={"status": one, "words": words})
        )
        for one in statuses
    )
    return heard(NOTHING_STUCK, *events)


def test_that_a_message_went_is_said_once() -> None:
    assert tells("waiting", "sent", "delivered", "read") == ["sent: Which light?"]
    assert tells("waiting", "read") == ["read: Which light?"]


def test_that_a_message_did_not_go_is_said_with_why() -> None:
    (line,) = tells("waiting", "failed", words="The number is not on WhatsApp.")
    assert line == "NOT SENT: Which light? – The number is not on WhatsApp."


def test_what_does_not_reach_the_hub_is_said_with_the_next_step() -> None:
    sending = TextSending("key-9", RUTH.conversation, "Which light?")
    unknown, refused = (TextNotSent("key-9", "No answer.", refused=one) for one in (False, True))
    assert heard(NOTHING_STUCK, sending, unknown) == [
        "Not in the hub: No answer. Type reply alone to send it again; it is sent once."
    ]
    assert heard(NOTHING_STUCK, sending, refused)[-1].endswith("Type reply alone to have it back.")


def test_that_a_conversation_is_taken_given_back_or_lost_is_said() -> None:
    mine = NOBODYS.writing.shown
    assert mine is not None
    own, nobodys = (ConversationCame(mine.model_copy(update={"agent": one})) for one in ("dana", ""))
    assert heard(NOBODYS, own, nobodys) == ["The conversation is yours.", "The conversation is nobody's."]
    gone = c.ConversationGoneEvent(conversation=RUTH.conversation)
    assert heard(NOTHING_STUCK, gone) == ["A colleague has taken this conversation."]


def test_a_conversation_that_cannot_be_read_is_not_said_to_be_there() -> None:
    assert heard(UNREAD, ThreadAsked("v-1"), ThreadFailed("v-1", "The hub did not answer in time.")) == [
        "The hub did not answer in time."
    ]


def test_a_picture_is_told_in_the_language_of_the_desk() -> None:
    use("he")
    picture = a_message("m-9", "", desk.CLOCK, kind="image", media_type="image/jpeg")
    (line,) = heard(NOTHING_STUCK, c.ConversationEvent(conversation=RUTH, message=picture))
    assert "תמונה" in line
    assert "▣" not in line


def test_what_is_not_read_is_a_number_with_its_word() -> None:
    status = "\n".join(pages.read(status_bar(UNREAD, desk.CLOCK)))
    assert f"WhatsApp · {UNREAD.writing.unread} unread" in status
    first = list(pages.read(list_page(UNREAD, desk.CLOCK), numbered=True))[1]
    assert "unread" in first


def test_the_next_step_is_a_word_and_no_key_of_the_screen() -> None:
    for state, word in ((NOBODYS, "take"), (NEVER_ASKED, "template")):
        _sent, said, _kept = asked(state, ("reply hello",))
        assert f"ype {word}" in " ".join(said)
    assert not [line for line in asked(NOBODYS, ("thread",))[1] if "F6" in line]


def test_the_key_for_whatsapp_reads_the_conversations_where_nobody_is_talked_with() -> None:
    _sent, said, _kept = asked(UNREAD, ("ctrl+t",))
    assert [line for line in said if line.startswith("1: ")]


def test_until_the_callers_conversation_is_there_nothing_goes_to_who_was_read_before() -> None:
    read = replace(BESIDE_A_CALL, writing=NOTHING_STUCK.writing)
    sent, _said, _kept = asked(read, ("write",))
    assert [type(one) for one in sent] == [do.LeaveConversations, do.WriteToCaller]


async def test_an_answer_goes_to_the_conversation_it_was_begun_for_or_nowhere() -> None:
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {name: a_conversation(name, can=OPEN, agent="dana") for name in ("v-1", "v-2")}
    async with talking(hub=hub) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        first = talk.desk.state.writing.shown
        assert first is not None
        other = "v-2" if first.conversation == "v-1" else "v-1"
        talk.type("reply for the first")
        await talk.hears("> reply for the first")
        talk.desk.store.dispatch(ConversationCame(hub.conversations.known[other], read=True))
        await talk.says("", "Another conversation is read now: nothing was sent")
        assert hub.conversations.messages == {}
        assert talk.desk.state.writing.drafts == {first.conversation: "for the first"}


async def test_what_is_answered_while_the_hub_is_away_is_kept_and_sent_by_one_word() -> None:
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {"v-1": a_conversation(can=OPEN, agent="dana")}
    async with talking(hub=hub) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        talk.desk.store.dispatch(HubLinkChanged(Link.DOWN))
        await talk.says("reply first line", "Kept, and not sent.")
        await talk.says("reply second", "Kept, and not sent.")
        await talk.says("thread", "Not sent yet: first line")
        talk.desk.store.dispatch(HubLinkChanged(Link.UP))
        talk.type("reply\r")
        await talk.until(lambda _state: bool(hub.conversations.messages))
        assert [one.text for one in hub.conversations.messages["v-1"]] == ["first line\nsecond"]
        assert talk.desk.state.writing.drafts == {}


async def test_a_conversation_is_heard_answered_and_heard_of_by_words() -> None:
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {
        "v-1": a_conversation(can=OPEN),
        "v-2": a_conversation("v-2", name="Gal Stern", number="+972525550199", can=OPEN, agent="omer"),
    }
    hub.conversations.messages = {"v-1": [a_message("m-1", "The light is red.")]}
    async with talking(hub=hub) as talk:
        await talk.says("whatsapp", "1: Noah Levi", "2: Gal Stern")
        await talk.says("reply Hello", "Type whatsapp and a number first.")
        await talk.says("whatsapp 1", "The conversation is there.")
        await talk.says("thread", "The light is red.", "type take")
        await talk.says("reply Hello", "type take")
        talk.type("take\r")
        await talk.hears("The conversation is yours.")
        talk.type("reply Which light, Noah?\r")
        await talk.until(lambda _state: bool(hub.conversations.sent))
        before = len(talk.heard)
        hub.conversations.writes("v-1", a_message("m-2", "The left one."))
        await talk.hears("Message: The left one.", after=before)
        await talk.says("thread", "Which light, Noah?")
        await talk.until(lambda state: not state.writing.unread)
    assert hub.conversations.sent == [("v-1", "Which light, Noah?")]
    assert hub.conversations.seen_up_to[-1] == ("v-1", "m-2")


async def test_a_centre_that_does_not_write_says_so_in_words() -> None:
    async with talking() as talk:
        await talk.says("whatsapp", "This centre does not write by WhatsApp.")
        await talk.says("write", "whose number messages reach")
