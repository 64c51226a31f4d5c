"""Files in written conversations on the desk: told before they are sent, and saved by one key."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent_tui.commands import model as do
from agent_tui.screens.conversations import ConversationsScreen
from agent_tui.screens.file_form import FileForm
from agent_tui.session.state import Link, SessionState
from agent_tui.session.writing import ChosenFile, LocalFile, SavedFile, Sending, ThreadShown
from agent_tui.text.catalogue import Phrase, use
from agent_tui.widgets.answer_box import AnswerBox
from agent_tui.widgets.bidi_input import BidiInput
from agent_tui.widgets.sheet import Sheet
from hub.contract import FileLimits
from sip.events import RegistrationChanged, RegistrationState
from tests.desk.screen import Screen, showing
from tests.stubs.writing_desk import CLOSED, NOBODYS
from tests.stubs.writing_desk import NOTHING_STUCK as READS

SIZES = [(80, 24), (120, 40), (160, 45)]
PATH = "/home/dana/photo.jpg"


def part(screen: Screen, name: str) -> str:
    return " ".join(screen.app.screen.query_one(f"#{name}", Sheet).text.split())


async def opened(screen: Screen) -> None:
    await screen.press("ctrl+t")
    assert isinstance(screen.app.screen, ConversationsScreen)


async def form(screen: Screen) -> FileForm:
    if not isinstance(screen.app.screen, ConversationsScreen):
        await opened(screen)
    await screen.press("f5")
    assert isinstance(screen.app.screen, FileForm)
    return screen.app.screen


def found(path: str = PATH, size: int = 1_300_000, media_type: str = "image/jpeg") -> SessionState:
    chosen = ChosenFile(path, LocalFile("photo.jpg", size, media_type))
    return replace(READS, writing=replace(READS.writing, chosen=chosen))


def sent(screen: Screen) -> list[do.SendFile]:
    return [one for one in screen.asked if isinstance(one, do.SendFile)]


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_is_as_high_as_its_words(size: tuple[int, int]) -> None:
    async with showing(found(), size) as screen:
        await form(screen)
        await screen.press(*PATH)
        box = screen.app.screen.query_one("#overlay-box")
        assert box.size.height <= 14
        assert "Enter goes on" in screen.everything()
        assert "Enter sends it" in screen.everything()


@pytest.mark.parametrize("size", SIZES)
async def test_a_file_is_told_before_it_is_sent_and_sent_by_the_second_enter(size: tuple[int, int]) -> None:
    async with showing(READS, size) as screen:
        await opened(screen)
        assert "F5 sends a file" in part(screen, "written-keys")
        await form(screen)
        await screen.press(*PATH, "enter")
        assert [one for one in screen.asked if isinstance(one, do.LookAtFile)] == [do.LookAtFile(PATH)]
        assert sent(screen) == []
        await screen.stands(found())
        assert "Image · photo.jpg · 1.2 MB" in part(screen, "file-told")
        await screen.press("enter")
        (one,) = sent(screen)
        assert (one.conversation, one.path, one.name) == ("v-1", PATH, "photo.jpg")
        assert do.LeaveFile() in screen.asked, "the next file is chosen anew"
        assert isinstance(screen.app.screen, ConversationsScreen)


async def test_what_was_not_looked_at_is_not_sent() -> None:
    async with showing(found("/home/dana/other.jpg")) as screen:
        await form(screen)
        await screen.press(*PATH)
        assert "Enter looks at the file" in part(screen, "file-told")
        await screen.press("enter")
        assert sent(screen) == []
        await screen.stands(found())
        await screen.press("x")
        await screen.press("enter")
        assert sent(screen) == [], "another path stands there now"


@pytest.mark.parametrize(
    ("size", "media_type", "told"),
    [
        (6 * 2**20, "image/jpeg", "An image may have at most 5 MB."),
        (17 * 2**20, "application/pdf", "A document may have at most 16 MB."),
        (17 * 2**20, "", "A document may have at most 16 MB."),
        (10, "", "Files of this kind do not go through"),
        (0, "", "photo.jpg · 0 kB · The file is empty."),
    ],
)
async def test_what_does_not_pass_is_said_and_not_sent(size: int, media_type: str, told: str) -> None:
    async with showing(found(size=size, media_type=media_type)) as screen:
        await form(screen)
        await screen.press(*PATH)
        assert told in part(screen, "file-told")
        await screen.press("enter")
        assert sent(screen) == []


async def test_a_ring_and_the_hub_take_nothing_of_what_is_typed() -> None:
    async with showing(READS) as screen:
        await form(screen)
        await screen.press(*PATH)
        nowhere = replace(READS.writing, files=FileLimits())
        await screen.stands(replace(READS, writing=nowhere))
        assert isinstance(screen.app.screen, FileForm)
        assert screen.app.screen.query_one("#file-path", BidiInput).value == PATH
        away = replace(found(), hub=Link.DOWN)
        await screen.stands(away)
        assert "photo.jpg" in part(screen, "file-told")
        assert "Enter sends" not in part(screen, "file-told"), "it does not now"
        await screen.press("enter")
        assert sent(screen) == []


@pytest.mark.parametrize("state", [CLOSED, NOBODYS])
async def test_where_no_text_goes_no_file_does(state: SessionState) -> None:
    async with showing(state) as screen:
        await opened(screen)
        assert "sends a file" not in part(screen, "written-keys")
        await screen.press("f5")
        assert not isinstance(screen.app.screen, FileForm)


async def test_a_file_of_the_thread_is_saved_and_it_is_said_where() -> None:
    async with showing(READS) as screen:
        await opened(screen)
        await screen.press("shift+tab")
        while not screen.app.screen.query_one("#written-thread", Sheet).has_focus:
            await screen.pilot.pause()
        assert "Enter saves the file" in part(screen, "written-keys")
        await screen.press("enter")
        await screen.press("up", "enter")
        saves = [one for one in screen.asked if isinstance(one, do.SaveFile)]
        assert saves == [do.SaveFile("v-1", "m-3"), do.SaveFile("v-1", "m-2")], "the newest first"
        saved = {
            "m-3": SavedFile("/home/dana/Downloads/a.pdf"),
            "m-2": SavedFile(words=Phrase("The disk is full.")),
        }
        await screen.stands(replace(READS, writing=replace(READS.writing, saved=saved)))
        for words in ("Saved: /home/dana/Downloads/a.pdf", "Not saved: The disk is full."):
            assert words in part(screen, "written-thread")


async def test_in_a_browser_the_right_words_stand_by_a_file() -> None:
    elsewhere = replace(READS, registration=RegistrationChanged(RegistrationState.ELSEWHERE))
    async with showing(elsewhere) as screen:
        await opened(screen)
        assert "In a browser it cannot be saved" in part(screen, "written-thread")
        assert "sends a file" not in part(screen, "written-keys")


@pytest.mark.parametrize("refused", [False, True])
async def test_a_file_that_did_not_reach_the_hub_is_sent_again_or_put_away(refused: bool) -> None:
    stuck = Sending("key-7", "v-1", "photo.jpg", "It did not answer in time.", refused, file=PATH)
    state = replace(READS, writing=replace(READS.writing, sending=(stuck,)))
    async with showing(state) as screen:
        await opened(screen)
        assert "photo.jpg" in part(screen, "written-thread")
        keys = "F5 puts the refused file away" if refused else "F5 sends the file again"
        assert keys in part(screen, "written-keys")
        screen.app.screen.query_one("#written-box", AnswerBox).focus()
        await screen.press("enter", "f5")
        expected = do.TakeTextBack("key-7") if refused else do.SendFile("v-1", PATH, "photo.jpg", "key-7")
        assert screen.asked[-1] == expected
        assert not [one for one in screen.asked if isinstance(one, do.SayText)]


async def test_the_thread_of_another_conversation_keeps_nothing_of_it() -> None:
    thread = ThreadShown("v-3", READS.writing.thread.messages if READS.writing.thread else (), asking=False)
    use("he")
    async with showing(replace(READS, writing=replace(READS.writing, thread=thread))) as screen:
        await opened(screen)
        await screen.press("f5")
        assert isinstance(screen.app.screen, FileForm)
