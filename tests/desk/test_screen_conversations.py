"""Written conversations on the desk: said beforehand what will work, typed undisturbed, sent once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent_tui.app import MokedApp
from agent_tui.commands import model as do
from agent_tui.commands.handlers import Commander
from agent_tui.pumps.hub import HubPump
from agent_tui.pumps.phone import PhonePump
from agent_tui.pumps.reconnect import Reconnect
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.session.events import HubLinkChanged
from agent_tui.session.state import Link, SessionState
from agent_tui.session.store import Store
from agent_tui.session.writing import ThreadShown
from agent_tui.session.writing_events import ThreadAsked, ThreadCame
from agent_tui.text.catalogue import use
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from sip import events as ev
from tests.desk.screen import Screen, showing
from tests.stubs import customers, desk, writing_desk
from tests.stubs.clock import ManualClock
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub
from tests.stubs.phone import StubPhone
from tests.stubs.writing_desk import BESIDE_A_CALL, CLOSED, NOBODYS, READING, UNREAD

SIZES = [(80, 24), (120, 40), (160, 45)]


def part(screen: Screen, name: str) -> str:
    return screen.app.screen.query_one(f"#written-{name}", Sheet).text


def box(screen: Screen) -> AnswerBox:
    return screen.app.screen.query_one("#written-box", AnswerBox)


def sent(screen: Screen) -> list[tuple[str, str]]:
    return [(one.conversation, one.text) for one in screen.asked if isinstance(one, do.SayText)]


async def opened(screen: Screen) -> None:
    await screen.press("ctrl+t")
    assert isinstance(screen.app.screen, ConversationsScreen)


async def answering(screen: Screen) -> None:
    """The box of the conversation that is read has the focus."""
    await opened(screen)
    box(screen).focus()
    await screen.pilot.pause()


async def test_a_centre_that_does_not_write_shows_nothing_of_it() -> None:
    for state in (desk.IDLE, desk.TALKING):
        async with showing(state) as screen:
            await screen.press("ctrl+t")
            assert screen.app.screen is screen.desk
            assert "WhatsApp" not in screen.everything()
            await screen.press("ctrl+p", *"whatsapp")
            assert "Go on with the caller" not in screen.everything()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("language", "name"), [("en", "WhatsApp"), ("he", "וואטסאפ"[::-1])])
async def test_the_desk_shows_how_many_are_unread(size: tuple[int, int], language: str, name: str) -> None:
    use(language)
    me = writing_desk.ME.model_copy(update={"language": language})
    async with showing(replace(UNREAD, me=me), size) as screen:
        assert name in screen.sheet("queues")
        assert "3" in screen.sheet("queues").splitlines()[0]
        assert "✉ 3" in screen.sheet("status")


@pytest.mark.parametrize(
    ("number", "writable", "told"),
    [
        (customers.RUTH.number, writing_desk.can(3), "3 h left"),
        (customers.RUTH.number, writing_desk.can(0.5), "30 min left"),
        (customers.RUTH.number, writing_desk.can(-1), "once they write"),
        ("+972500000000", writing_desk.can(3), "once they write"),
    ],
)
async def test_the_card_says_beforehand_what_will_work(number: str, writable: c.Writable, told: str) -> None:
    known = (a_conversation(number=number, can=writable, agent="dana"),)
    state = replace(BESIDE_A_CALL, writing=replace(BESIDE_A_CALL.writing, conversations=known))
    async with showing(state) as screen:
        assert f"WhatsApp: {told}" in screen.sheet("card")


@pytest.mark.parametrize(
    ("number", "agreed", "told"),
    [
        (customers.RUTH.number, True, "a template first"),
        (customers.RUTH.number, False, "a template, once they agree"),
        ("+972500000000", True, "a template, once they agree"),
    ],
)
async def test_the_card_says_beforehand_whether_a_template_may_go(
    number: str, agreed: bool, told: str
) -> None:
    known = (a_conversation(number=number, can=writing_desk.can(None, opted_in=agreed), agent="dana"),)
    writing = replace(BESIDE_A_CALL.writing, conversations=known, templates=(writing_desk.a_template(),))
    async with showing(replace(BESIDE_A_CALL, writing=writing)) as screen:
        assert f"WhatsApp: {told}" in " ".join(screen.sheet("card").replace("Ctrl+T", "").split())


async def test_a_caller_whom_messages_do_not_reach_is_not_offered_any() -> None:
    work = BESIDE_A_CALL.written
    assert work is not None
    assert work.offer is not None
    landline = replace(work, offer=work.offer.model_copy(update={"writable": False}))
    state = replace(BESIDE_A_CALL, work=(landline,))
    async with showing(state) as screen:
        assert "WhatsApp" not in screen.sheet("card")
        await screen.press("ctrl+t")
        assert not [one for one in screen.asked if isinstance(one, do.WriteToCaller)]


async def test_one_key_goes_over_from_a_call() -> None:
    async with showing(BESIDE_A_CALL) as screen:
        await opened(screen)
        assert do.WriteToCaller("k-1") in screen.asked


async def test_without_a_call_the_same_key_only_reads() -> None:
    async with showing(UNREAD) as screen:
        await opened(screen)
        assert screen.asked == []
        await screen.press("enter")
        assert screen.asked == [do.ReadConversation("v-1")]


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_list_thread_ticks_and_why(size: tuple[int, int]) -> None:
    async with showing(READING, size) as screen:
        await opened(screen)
        for words in ("Ruth Ben-Ami", "נועה כהן"[::-1], "yours", "nobody's", "3 h left", "draft"):
            assert words in part(screen, "list")
        for words in ("✓✓ read", "✓✓ delivered", "✓ sent", "✖ NOT SENT", "no WhatsApp there", "IMG_2041.jpg"):
            assert words in part(screen, "thread")
        assert "Not in the hub" in part(screen, "thread")
        assert "Text goes until" in part(screen, "can")
        assert "Enter sends it again; it is sent once." in " ".join(part(screen, "thread").split())


async def test_the_box_is_there_only_while_text_goes() -> None:
    for state, told in ((CLOSED, "more than 24 hours ago"), (NOBODYS, "F6 takes it")):
        async with showing(state) as screen:
            await opened(screen)
            assert not box(screen).display
            assert told in " ".join(part(screen, "can").split())
            await screen.press(*"hello", "enter")
            assert sent(screen) == []


async def test_the_box_goes_when_the_window_closes_while_it_is_written_in() -> None:
    """What was typed is kept: it can be sent when the customer writes again."""
    async with showing(READING) as screen:
        await answering(screen)
        await screen.press(*"half")
        assert box(screen).display
        closed = writing_desk.RUTH.model_copy(update={"can": writing_desk.can(-0.01)})
        await screen.hears(c.ConversationEvent(conversation=closed))
        assert not box(screen).display
        await screen.press("enter")
        assert sent(screen) == []
        assert do.EditAnswer("v-1", "half") in screen.asked


async def test_enter_sends_to_whom_is_read_and_a_second_enter_sends_nothing() -> None:
    state = replace(READING, writing=replace(READING.writing, sending=()))
    async with showing(state) as screen:
        await answering(screen)
        await screen.press(*"Done", "enter", "enter")
        assert sent(screen) == [("v-1", "Done")]
        assert box(screen).text == ""


async def test_what_is_typed_right_behind_enter_is_of_the_next_message() -> None:
    state = replace(READING, writing=replace(READING.writing, sending=()))
    async with showing(state) as screen:
        await answering(screen)
        await screen.at_once("H", "i", "enter", "x")
        assert box(screen).text == "x"
        assert sent(screen) == [("v-1", "Hi")]


async def test_the_box_has_the_focus_once_the_agent_turned_to_it_and_not_before() -> None:
    """A window that opens while the agent is elsewhere takes no key from them."""
    async with showing(NOBODYS) as screen:
        await opened(screen)
        assert not box(screen).has_focus
        await screen.press("f6")
        taken = writing_desk.CONVERSATIONS[1].model_copy(update={"agent": "dana"})
        await screen.hears(c.ConversationEvent(conversation=taken))
        assert box(screen).has_focus
        await screen.press("shift+tab")
        await screen.hears(c.ConversationEvent(conversation=taken, message=a_message("m-9")))
        assert not box(screen).has_focus


async def test_enter_in_an_empty_box_sends_what_is_stuck_under_the_same_key() -> None:
    async with showing(READING) as screen:
        await answering(screen)
        await screen.press("enter")
        assert do.SayText("v-1", "Anything else?", "key-9") in screen.asked


async def test_what_is_too_long_stays_and_says_by_how_much() -> None:
    async with showing(READING) as screen:
        await answering(screen)
        box(screen).insert("x" * 4100)
        await screen.pilot.pause()
        assert "Too long by 4" in part(screen, "can")
        await screen.press("enter")
        assert (sent(screen), len(box(screen).text)) == ([], 4100)


async def test_a_ring_takes_neither_what_is_typed_nor_the_focus_and_the_phone_is_at_hand() -> None:
    async with showing(READING) as screen:
        await answering(screen)
        await screen.press(*"one")
        party = ev.Party("Noa", "0521", "sip:0521@x")
        await screen.hears(ev.CallIncoming("call-7", party, "k-7"))
        await screen.press(*"two")
        assert (box(screen).text, box(screen).has_focus) == ("onetwo", True)
        assert "RINGING" in screen.everything()
        await screen.press("f2")
        assert do.Answer() in screen.asked
        assert isinstance(screen.app.screen, ConversationsScreen)


async def test_another_conversation_has_its_own_draft_and_what_comes_steals_nothing() -> None:
    async with showing(READING) as screen:
        await answering(screen)
        await screen.press(*"for Ruth")
        other = a_conversation("v-3", number="+97235550112", agent="dana", can=writing_desk.can())
        await screen.hears(c.ConversationEvent(conversation=other, message=a_message("m-9")))
        assert (box(screen).text, box(screen).has_focus) == ("for Ruth", True)
        thread = c.Thread(conversation=other, messages=(a_message("m-9"),))
        await screen.hears(ThreadAsked("v-3"), ThreadCame(thread))
        assert box(screen).text == "half an ans"
        await screen.press("enter")
        assert sent(screen) == [("v-3", "half an ans")]


async def test_what_is_before_the_eyes_is_told_as_read_by_its_last_message() -> None:
    async with showing(READING) as screen:
        await opened(screen)
        seen = [one for one in screen.asked if isinstance(one, do.SeeConversation)]
        assert seen == [do.SeeConversation("v-1", "m-4")]


async def test_nobodys_conversation_is_taken_before_it_counts_as_read() -> None:
    async with showing(NOBODYS) as screen:
        await opened(screen)
        await screen.press("f6")
        assert screen.asked == [do.TakeConversation("v-2")]


async def test_what_a_colleague_took_is_off_the_screen() -> None:
    async with showing(READING) as screen:
        await opened(screen)
        await screen.hears(c.ConversationGoneEvent(conversation="v-1"))
        assert "It is here" not in screen.everything()
        assert "A colleague has taken this conversation." in part(screen, "thread")
        assert not box(screen).display


async def test_back_to_voice_by_one_key() -> None:
    async with showing(READING) as screen:
        await opened(screen)
        await screen.press("f7")
        assert screen.app.screen is screen.desk
        assert screen.asked[-2:] == [do.LeaveConversations(), do.Dial(customers.RUTH.number)]


async def test_who_shows_no_number_is_written_to_and_not_called() -> None:
    known = (writing_desk.RUTH.model_copy(update={"number": ""}), *writing_desk.CONVERSATIONS[1:])
    state = replace(READING, writing=replace(READING.writing, conversations=known, sending=()))
    async with showing(state) as screen:
        await answering(screen)
        assert "F7" not in part(screen, "keys")
        await screen.press("f7", *"Hi", "enter")
        assert sent(screen) == [("v-1", "Hi")]
        assert not [one for one in screen.asked if isinstance(one, do.Dial)]


async def test_while_the_hub_is_away_it_says_so_and_asks_again_when_it_is_back() -> None:
    async with showing(READING) as screen:
        await opened(screen)
        await screen.hears(HubLinkChanged(Link.DOWN, "no answer"))
        assert "The hub is away" in part(screen, "can")
        before = len(screen.asked)
        await screen.hears(HubLinkChanged(Link.UP))
        assert screen.asked[before:] == [do.ReadConversation("v-1")]


async def test_escape_and_the_key_itself_leave() -> None:
    for key in ("escape", "ctrl+t"):
        async with showing(UNREAD) as screen:
            await opened(screen)
            await screen.press(key)
            assert screen.app.screen is screen.desk


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["en", "he"])
async def test_nothing_is_cut_in_what_will_work_and_the_keys(size: tuple[int, int], language: str) -> None:
    me = writing_desk.ME.model_copy(update={"language": language})
    for state in (READING, CLOSED, NOBODYS):
        async with showing(replace(state, me=me), size) as screen:
            await opened(screen)
            for name in ("can", "keys"):
                sheet = screen.app.screen.query_one(f"#written-{name}", Sheet)
                assert sheet.virtual_size.height <= sheet.size.height, (name, sheet.text)
                assert "…" not in sheet.text.replace("hub…", "")


@asynccontextmanager
async def whole(hub: StubHub) -> AsyncIterator[tuple[MokedApp, Screen]]:
    """A desk whose commands are carried out, over a hub in memory."""
    clock, phone = ManualClock(), StubPhone()
    store = Store(clock.now)
    commander = Commander(store, phone, hub)
    services = [
        PhonePump(store, phone, Reconnect(clock)).run,
        HubPump(store, hub, Reconnect(clock)).run,
        commander.run,
    ]
    app = MokedApp(store, commander, services, clock=c_now)
    async with app.run_test(size=(120, 40)) as pilot:
        await store.until(lambda state: state.hub is Link.UP and state.phone is Link.UP, 10.0)
        await pilot.pause()
        yield app, Screen(app, pilot, store, [])


def c_now() -> datetime:
    return desk.CLOCK


async def test_what_was_begun_outlives_the_desk_that_began_it() -> None:
    """Another desk of the same agent finds the conversation, and answers in it."""
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True, "agent": "dana"})
    open_now = c.Writable(opted_in=True, text_until=desk.CLOCK + timedelta(hours=5), template_needed=False)
    hub.conversations.known["v-1"] = a_conversation(can=open_now, agent="dana")
    for text in ("one", "two"):
        async with whole(hub) as (app, screen):
            await screen.press("ctrl+t", "enter")
            await app._store.until(_is_read, 10.0)
            await screen.pilot.pause()
            box(screen).focus()
            await screen.press(*text, "enter")
            await app._store.until(lambda state: not state.writing.sending and _is_read(state), 10.0)
    assert [text for _name, text in hub.conversations.sent] == ["one", "two"]


def _is_read(state: SessionState) -> bool:
    thread = state.writing.thread
    return isinstance(thread, ThreadShown) and not thread.asking
