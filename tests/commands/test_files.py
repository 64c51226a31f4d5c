"""Files by command: looked at, sent once, saved where the agent finds them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.commands import model as do
from agent_tui.commands.files import FileCommands
from agent_tui.ports import HubUnreachable, LocalFiles
from agent_tui.session.select import possible
from agent_tui.session.state import Link
from agent_tui.session.writing import SavedFile
from hub.contract import FileLimits
from hub.file_paths import FILE_WITHIN
from sip.events import RegistrationChanged, RegistrationState
from tests.commands.desk import Desk, commanded_desk
from tests.stubs.clock import settle
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub
from tests.stubs.some_files import JPEG, PDF

_KEY = "file-key-0001"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "photo.jpg").write_bytes(JPEG)
    return tmp_path


@asynccontextmanager
async def desk_with(files: LocalFiles | None) -> AsyncIterator[Desk]:
    """Noah's conversation is the agent's and is read; he sent an invoice."""
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known["v-1"] = a_conversation(agent="dana")
    invoice = a_message(
        "m-1", "", kind="document", file_name="a.pdf", media_type="application/pdf", file=True
    )
    hub.conversations.messages["v-1"] = [invoice]
    hub.conversations.files["m-1"] = PDF
    async with commanded_desk(hub, files) as desk:
        desk.press(do.ReadConversation("v-1"))
        await desk.until(lambda state: bool(state.writing.thread and state.writing.thread.messages))
        yield desk


@pytest.fixture
async def desk(place: Path) -> AsyncIterator[Desk]:
    async with desk_with(DiskFiles(lambda: place / "Downloads")) as made:
        yield made


async def test_a_file_is_looked_at_before_it_is_sent(desk: Desk, place: Path) -> None:
    desk.press(do.LookAtFile(str(place / "photo.jpg")))
    state = await desk.until(lambda state: state.writing.chosen is not None)
    assert state.writing.chosen is not None
    found = state.writing.chosen.found
    assert found is not None
    assert (found.name, found.size, found.media_type) == ("photo.jpg", len(JPEG), "image/jpeg")
    desk.press(do.LookAtFile(str(place / "nothing.jpg")))
    await desk.until(lambda state: bool(state.writing.chosen and state.writing.chosen.words))
    desk.press(do.LeaveFile())
    assert desk.state.writing.chosen is None


async def test_a_file_is_sent_once_though_the_hub_was_away(desk: Desk, place: Path) -> None:
    send = do.SendFile("v-1", str(place / "photo.jpg"), "photo.jpg", _KEY)
    desk.press(do.EditAnswer("v-1", "half a word"))
    desk.hub.goes_down()
    desk.press(send)
    await desk.until(lambda state: bool(state.writing.sending and state.writing.sending[0].words))
    stuck = desk.state.writing.stuck("v-1")
    assert stuck is not None
    assert (stuck.file, stuck.text, stuck.refused) == (send.path, "photo.jpg", False)
    desk.hub.comes_back()
    while desk.state.hub is not Link.UP:
        await desk.clock.advance(5.0)
    desk.press(send)
    await desk.until(lambda state: not state.writing.sending)
    desk.press(send)
    await desk.until(lambda state: not state.writing.sending)
    assert [one.file_name for one in desk.hub.conversations.messages["v-1"]] == ["a.pdf", "photo.jpg"]
    assert desk.state.writing.drafts == {"v-1": "half a word"}, "what is being typed stays"


async def test_a_file_that_is_gone_by_then_is_refused_with_words(desk: Desk, place: Path) -> None:
    (place / "photo.jpg").unlink()
    desk.press(do.SendFile("v-1", str(place / "photo.jpg"), "photo.jpg", _KEY))
    state = await desk.until(lambda state: bool(state.writing.sending and state.writing.sending[0].words))
    assert state.writing.sending[0].refused
    desk.press(do.TakeTextBack(_KEY))
    assert (desk.state.writing.sending, desk.state.writing.drafts) == ((), {})


async def test_of_two_paths_the_last_that_was_typed_is_looked_at(desk: Desk, place: Path) -> None:
    (place / "other.jpg").write_bytes(JPEG)
    desk.press(do.LookAtFile(str(place / "photo.jpg")))
    desk.press(do.LookAtFile(str(place / "other.jpg")))
    await desk.until(
        lambda state: bool(state.writing.chosen and state.writing.chosen.path.endswith("other.jpg"))
    )


async def test_a_document_may_be_larger_than_an_image(desk: Desk, place: Path) -> None:
    (place / "long.pdf").write_bytes(PDF)
    os.truncate(place / "long.pdf", desk.state.writing.files.image + 1)
    desk.press(do.SendFile("v-1", str(place / "long.pdf"), "long.pdf", _KEY))
    await desk.until(lambda state: not state.writing.sending)
    assert [one.file_name for one in desk.hub.conversations.messages["v-1"]] == ["a.pdf", "long.pdf"]


async def test_a_file_is_saved_and_it_is_said_where(desk: Desk, place: Path) -> None:
    for number in ("", " (2)"):
        desk.press(do.SaveFile("v-1", "m-1"))
        path = place / "Downloads" / f"a{number}.pdf"
        await desk.until(_saved("m-1", SavedFile(str(path))))
        assert path.read_bytes() == PDF
    desk.press(do.LeaveConversations())
    assert desk.state.writing.saved == {}


def _saved(message: str, saved: SavedFile) -> Callable[..., bool]:
    return lambda state: state.writing.saved.get(message) == saved


class Gate:
    """Takes the place of the hub's answer: the file comes once it is opened."""

    def __init__(self) -> None:
        self.asked = 0
        self.open = asyncio.Event()

    async def file(self, _conversation: str, _message: str) -> bytes:
        self.asked += 1
        await self.open.wait()
        return PDF


async def test_pressed_twice_while_it_comes_it_is_saved_once(
    desk: Desk, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    monkeypatch.setattr(desk.hub.conversations, "file", gate.file)
    desk.press(do.SaveFile("v-1", "m-1"))
    await desk.until(_saved("m-1", SavedFile()))
    desk.press(do.SaveFile("v-1", "m-1"))
    gate.open.set()
    await desk.until(_saved("m-1", SavedFile(str(place / "Downloads" / "a.pdf"))))
    await settle()
    assert (gate.asked, len(list((place / "Downloads").iterdir()))) == (1, 1)


async def test_two_files_are_fetched_beside_each_other_and_one_without_a_name_has_its_kinds(
    desk: Desk, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = a_message("m-2", "", kind="image", media_type="application/pdf", file=True)
    desk.hub.conversations.writes("v-1", picture)
    await desk.until(lambda state: len(state.writing.thread.messages) == 2 if state.writing.thread else False)
    gate = Gate()
    monkeypatch.setattr(desk.hub.conversations, "file", gate.file)
    for message in ("m-1", "m-2"):
        desk.press(do.SaveFile("v-1", message))
        await desk.until(_saved(message, SavedFile()))
    gate.open.set()
    await desk.until(_saved("m-1", SavedFile(str(place / "Downloads" / "a.pdf"))))
    await desk.until(_saved("m-2", SavedFile(str(place / "Downloads" / "image.pdf"))))


async def test_what_is_cut_off_does_not_look_as_if_it_came(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_with(DiskFiles(lambda: place / "Downloads")) as desk:
        monkeypatch.setattr(desk.hub.conversations, "file", Gate().file)
        desk.press(do.SaveFile("v-1", "m-1"))
        await desk.until(_saved("m-1", SavedFile()))
    assert desk.state.writing.saved["m-1"].words


async def test_only_a_file_is_saved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()
    gate.open.set()
    monkeypatch.setattr(desk.hub.conversations, "file", gate.file)
    desk.hub.conversations.writes("v-1", a_message("m-2", "Shalom"))
    await desk.until(lambda state: len(state.writing.thread.messages) == 2 if state.writing.thread else False)
    for message in ("m-2", "nosuch"):
        desk.press(do.SaveFile("v-1", message))
    await settle()
    assert (gate.asked, desk.state.writing.saved) == (0, {})


async def test_a_file_that_grew_since_it_was_looked_at_is_not_sent(desk: Desk, place: Path) -> None:
    os.truncate(place / "photo.jpg", desk.state.writing.files.document + 1)
    desk.press(do.SendFile("v-1", str(place / "photo.jpg"), "photo.jpg", _KEY))
    state = await desk.until(lambda state: bool(state.writing.sending and state.writing.sending[0].words))
    assert "larger" in str(state.writing.sending[0].words)
    assert len(desk.hub.conversations.messages["v-1"]) == 1


async def test_a_file_has_longer_than_the_hub_takes_for_it(desk: Desk) -> None:
    commands = FileCommands(desk.store, desk.hub.conversations, DiskFiles())
    send, save = do.SendFile("v-1", "/photo.jpg", "photo.jpg", _KEY), do.SaveFile("v-1", "m-1")
    assert min(commands.send(send).within, commands.save(save).within) > FILE_WITHIN


async def test_a_file_that_does_not_come_says_why(desk: Desk, place: Path) -> None:
    del desk.hub.conversations.files["m-1"]
    desk.press(do.SaveFile("v-1", "m-1"))
    await desk.until(_saved("m-1", SavedFile(words="This message has no file.")))
    assert not (place / "Downloads").exists()


async def test_a_hub_that_breaks_off_without_a_word_has_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(_conversation: str, _message: str) -> bytes:
        raise HubUnreachable

    monkeypatch.setattr(desk.hub.conversations, "file", breaks)
    desk.press(do.SaveFile("v-1", "m-1"))
    state = await desk.until(lambda state: bool(state.writing.saved.get("m-1", SavedFile()).words))
    assert "Try again" in str(state.writing.saved["m-1"].words)


async def test_a_desk_in_a_browser_reads_and_writes_no_file_of_its_machine(place: Path) -> None:
    async with desk_with(None) as desk:
        desk.press(do.LookAtFile(str(place / "photo.jpg")))
        state = await desk.until(lambda state: state.writing.chosen is not None)
        assert state.writing.chosen is not None
        assert "browser" in str(state.writing.chosen.words)
        desk.press(do.SendFile("v-1", str(place / "photo.jpg"), "photo.jpg", _KEY))
        await desk.until(lambda state: bool(state.writing.sending and state.writing.sending[0].refused))
        desk.press(do.SaveFile("v-1", "m-1"))
        await desk.until(lambda state: bool(state.writing.saved.get("m-1", SavedFile()).words))
        assert len(desk.hub.conversations.messages["v-1"]) == 1
        desk.phone.report(RegistrationChanged(RegistrationState.ELSEWHERE))
        await desk.until(lambda state: state.talks_elsewhere)
        assert not {do.LookAtFile, do.SendFile, do.SaveFile} & possible(desk.state)


async def test_where_the_hub_sends_none_none_is_offered(desk: Desk) -> None:
    assert {do.SendFile, do.SaveFile} <= possible(desk.state)
    assert desk.state.writing.files != FileLimits()
    desk.hub.goes_down()
    await desk.until(lambda state: do.SendFile not in possible(state))
