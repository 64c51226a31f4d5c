"""Files by typed words alone: told before they are sent, sent once, and where none goes it is said why."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.ports import HubUnreachable
from hub.contract import Written
from tests.desk.test_linear import OPEN, talking
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.hub import StubHub
from tests.stubs.some_files import JPEG

_SENT = "Type file and its path"


@pytest.fixture
def hub() -> StubHub:
    """Noah's conversation is the agent's."""
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {"v-1": a_conversation(can=OPEN, agent="dana")}
    return hub


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo (1).jpg"
    path.write_bytes(JPEG)
    return path


async def test_what_does_not_pass_is_said_and_not_sent(hub: StubHub, tmp_path: Path) -> None:
    (tmp_path / "tool.pdf").write_bytes(b"MZ\x90\x00 a program")
    async with talking(hub=hub, files=DiskFiles()) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        await talk.says(f"file {tmp_path}/tool.pdf", "Files of this kind do not go through")
        await talk.says("sendfile", _SENT)
        await talk.says(f"file {tmp_path}", "This is a directory or a device")
        await talk.says("sendfile", _SENT)
    assert hub.conversations.files == {}


async def test_it_is_sent_once_however_often_it_is_said(hub: StubHub, photo: Path) -> None:
    async with talking(hub=hub, files=DiskFiles()) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        await talk.says(f"file {photo}", "Type sendfile to send it.")
        talk.type("sendfile\r")
        await talk.until(lambda _state: bool(hub.conversations.files))
        await talk.says("sendfile", _SENT)
    assert list(hub.conversations.files.values()) == [JPEG]


async def test_what_got_no_answer_goes_again_under_its_key(
    hub: StubHub, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = hub.conversations.send_file

    async def stored_without_an_answer(conversation: str, name: str, data: bytes, key: str) -> Written:
        await stored(conversation, name, data, key)
        raise HubUnreachable

    monkeypatch.setattr(hub.conversations, "send_file", stored_without_an_answer)
    async with talking(hub=hub, files=DiskFiles()) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        await talk.says(f"file {photo}", "Type sendfile to send it.")
        talk.type("sendfile\r")
        await talk.until(lambda state: bool(state.writing.sending and state.writing.sending[0].words))
        monkeypatch.undo()
        talk.type("sendfile\r")
        await talk.until(lambda state: not state.writing.sending)
    assert list(hub.conversations.files.values()) == [JPEG]


async def test_where_none_goes_it_is_said_why(hub: StubHub, photo: Path) -> None:
    hub.conversations.known["v-1"] = a_conversation(can=OPEN)
    async with talking(hub=hub, files=DiskFiles()) as talk:
        await talk.says("sendfile", "Type whatsapp and a number first.")
        await talk.says("whatsapp 1", "The conversation is there.")
        for words in (f"file {photo}", "sendfile"):
            await talk.says(words, "Nobody's yet")
        assert talk.desk.state.writing.chosen is None
        talk.type("take\r")
        await talk.until(lambda state: state.writing.conversations[0].agent == "dana")
        await talk.says(f"file {photo}", "Type sendfile to send it.")
        hub.conversations.closes("v-1")
        hub.conversations.writes("v-1", a_message("m-9"))
        await talk.until(lambda state: state.writing.conversations[0].can.template_needed)
        await talk.says("sendfile", "24 hours")
    assert hub.conversations.files == {}
