"""Who reads what was written before is left there: nothing that comes meanwhile moves it, and it is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.session.state import SessionState
from agent_tui.session.writing import SavedFile, Sending, ThreadShown
from agent_tui.session.writing_events import FileSaving, TextSending, ThreadAsked, ThreadCame
from agent_tui.text.bidi.display import visual_text
from agent_tui.text.catalogue import LANGUAGES
from agent_tui.widgets.sheet import Sheet
from hub import contract as c
from tests.desk.screen import Screen, showing
from tests.desk.test_plain_terminals import without_unicode
from tests.desk.test_screen_borders import spoken
from tests.stubs.writing_desk import NOTHING_STUCK, RUTH, ago, own

LEAST = (60, 20)
SIZES = [LEAST, (80, 24), (120, 40)]
NEWER = {"en": "▼ New message below", "he": "▼ הודעה חדשה למטה"}
MANY = tuple(ago(400 - number, f"m-{number}", f"Message {number:03} of the customer") for number in range(60))
FILE = ago(1, "m-file", "", kind="document", file_name="bill.pdf", media_type="application/pdf", file=True)


def reading(messages: tuple[c.Written, ...] = MANY, language: str = "en") -> SessionState:
    thread = ThreadShown("v-1", messages, asking=False)
    return spoken(replace(NOTHING_STUCK, writing=replace(NOTHING_STUCK.writing, thread=thread)), language)


def writes(message: c.Written, unread: int = 1) -> c.ConversationEvent:
    return c.ConversationEvent(conversation=RUTH.model_copy(update={"unread": unread}), message=message)


def thread(screen: Screen) -> Sheet:
    return screen.app.screen.query_one("#written-thread", Sheet)


def in_sight(screen: Screen) -> list[str]:
    """The lines of the conversation that are before the eyes, what may come and go beside them left out."""
    seen = thread(screen).content_region
    lines = screen.everything().splitlines()[seen.y : seen.bottom]
    return [line[seen.x : seen.right].rstrip(" ▁▂▃▄▅▆▇█") for line in lines]


def border(screen: Screen) -> str:
    """The line below the conversation."""
    return screen.everything().splitlines()[thread(screen).region.bottom - 1]


def tells_of_newer(screen: Screen, language: str = "en") -> bool:
    return visual_text(NEWER[language]) in border(screen)


def told_seen(screen: Screen) -> list[str]:
    return [one.message for one in screen.asked if isinstance(one, do.SeeConversation)]


async def scrolled_up(screen: Screen) -> list[str]:
    """Two pages up from the end; what is read there."""
    await screen.press("ctrl+t")
    assert "Message 059" in "\n".join(in_sight(screen)), "it opens at its end"
    await screen.press("pageup", "pageup")
    seen = in_sight(screen)
    assert "Message 059" not in "\n".join(seen)
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_new_message_moves_nobody_who_reads_older_ones_and_is_told(
    size: tuple[int, int], language: str
) -> None:
    async with showing(reading(language=language), size) as screen:
        seen = await scrolled_up(screen)
        assert not tells_of_newer(screen, language)
        await screen.hears(writes(ago(0, "m-new", "The newest")))
        assert in_sight(screen) == seen
        assert tells_of_newer(screen, language)
        await screen.press("pagedown", "pagedown", "pagedown")
        assert "The newest" in "\n".join(in_sight(screen))
        assert not tells_of_newer(screen, language)


async def test_who_is_at_the_end_again_follows_it() -> None:
    async with showing(reading(), (80, 24)) as screen:
        await scrolled_up(screen)
        await screen.press("pagedown", "pagedown", "pagedown")
        for number in range(5):
            await screen.hears(writes(ago(0, f"n-{number}", f"Another {number}")))
            assert f"Another {number}" in "\n".join(in_sight(screen))
            assert not tells_of_newer(screen)


async def test_ticks_files_the_hub_and_the_oldest_that_goes_move_nobody() -> None:
    sent = tuple(own(400 - n, f"o-{n}", f"Answer {n:03}", "sent") for n in range(40))
    messages = (FILE, *MANY[:10], *sent, *MANY[10:])
    async with showing(reading(messages), (80, 24)) as screen:
        seen = await scrolled_up(screen)
        await screen.hears(FileSaving("m-file", SavedFile("/home/dana/bill.pdf")))
        assert in_sight(screen) == seen
        await screen.hears(ThreadAsked("v-1"))
        assert in_sight(screen) == seen
        assert not tells_of_newer(screen), "nobody wrote anything"
        await screen.hears(ThreadCame(c.Thread(conversation=RUTH, messages=messages)))
        assert in_sight(screen) == seen
        newer = (*messages[4:], ago(0, "m-new", "The newest"))
        await screen.stands(reading(newer))
        assert in_sight(screen) == seen
        assert tells_of_newer(screen)


async def test_the_first_file_of_a_conversation_moves_nobody() -> None:
    async with showing(reading(), (80, 24)) as screen:
        seen = await scrolled_up(screen)
        thread(screen).focus()
        await screen.pilot.pause()
        await screen.hears(writes(FILE))
        assert in_sight(screen) == seen


async def test_a_window_that_gets_another_size_keeps_what_is_read_or_the_end() -> None:
    long = tuple(one.model_copy(update={"text": f"{one.text}, {'and more ' * 8}"}) for one in MANY)
    async with showing(reading(long), (80, 24)) as screen:
        await scrolled_up(screen)
        await screen.press("pageup", "pageup", "pageup")
        seen = in_sight(screen)
        first = next(line for line in seen if "Message" in line).split()[:5]
        for size in ((62, 22), (140, 24), (80, 24)):
            await screen.pilot.resize_terminal(*size)
            await screen.stands(screen.store.state)
            assert first in [line.split()[:5] for line in in_sight(screen)[:3]], size
        await screen.press(*["pagedown"] * 9)
        for size in (LEAST, (140, 24), (62, 30)):
            await screen.pilot.resize_terminal(*size)
            await screen.stands(screen.store.state)
            assert in_sight(screen)[-1].split() == thread(screen).text.splitlines()[-1].split(), size


async def test_what_is_below_is_not_told_to_be_read_before_it_is() -> None:
    async with showing(reading(), (80, 24)) as screen:
        await scrolled_up(screen)
        await screen.hears(writes(ago(0, "m-new", "The newest")))
        assert "m-new" not in told_seen(screen)
        await screen.press("pagedown", "pagedown", "pagedown")
        assert told_seen(screen)[-1] == "m-new"


async def test_an_answer_is_seen_by_who_sends_it() -> None:
    async with showing(reading(), (80, 24)) as screen:
        await scrolled_up(screen)
        screen.app.screen.query_one("#written-box").focus()
        await screen.press(*"Done", "enter")
        asked = screen.asked[-1]
        assert isinstance(asked, do.SayText)
        await screen.hears(TextSending(asked.key, "v-1", "Done"))
        assert "Done" in "\n".join(in_sight(screen))


async def test_what_is_sent_once_more_is_seen() -> None:
    state = reading()
    stuck = Sending("key-9", "v-1", "Anything else?", "It did not answer in time.")
    async with showing(replace(state, writing=replace(state.writing, sending=(stuck,)))) as screen:
        await screen.press("ctrl+t", "pageup", "pageup")
        assert "Anything else?" not in "\n".join(in_sight(screen))
        screen.app.screen.query_one("#written-box").focus()
        await screen.press("enter")
        assert isinstance(screen.asked[-1], do.SayText)
        await screen.hears(TextSending("key-9", "v-1", "Anything else?"))
        assert "on its way to the hub" in "\n".join(in_sight(screen))


async def test_a_file_that_is_sent_once_more_is_seen() -> None:
    state = reading()
    stuck = Sending("key-9", "v-1", "bill.pdf", "It did not answer in time.", file="/home/dana/bill.pdf")
    async with showing(replace(state, writing=replace(state.writing, sending=(stuck,)))) as screen:
        await screen.press("ctrl+t", "pageup", "pageup")
        assert "bill.pdf" not in "\n".join(in_sight(screen))
        await screen.press("f5")
        assert isinstance(screen.asked[-1], do.SendFile)
        assert "bill.pdf" in "\n".join(in_sight(screen))


async def test_another_conversation_opens_at_its_end() -> None:
    async with showing(reading(), (80, 24)) as screen:
        await scrolled_up(screen)
        await screen.hears(writes(ago(0, "m-new", "The newest")))
        other = screen.store.state.writing.conversations[1]
        messages = tuple(ago(90 - n, f"x-{n}", f"Other {n:02}") for n in range(40))
        await screen.hears(ThreadAsked("v-2"), ThreadCame(c.Thread(conversation=other, messages=messages)))
        assert "Other 39" in "\n".join(in_sight(screen))
        assert not tells_of_newer(screen)


async def test_it_is_told_without_unicode_too() -> None:
    async with without_unicode(reading(), (80, 24)) as screen:
        await scrolled_up(screen)
        await screen.hears(writes(ago(0, "m-new", "The newest")))
        assert "v New message below" in border(screen)
