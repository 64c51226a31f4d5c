"""What is pasted into the linear desk: text, whatever it says, until Enter is pressed."""

from __future__ import annotations

import os
from collections.abc import Mapping

import pytest

from agent_tui.commands import model as do
from agent_tui.linear import pasted
from tests.desk.test_linear import OPEN, XTERM, talking
from tests.desk.test_linear_acts import asked
from tests.stubs import desk
from tests.stubs.conversations import a_conversation
from tests.stubs.hub import StubHub

LINES = "hold\rmute\rhangup\r"
"""Lines as terminals paste them, each a word."""
TOLD = "Pasted: 3 lines. Enter takes them, Ctrl+U takes them away.\n> "
DUMB: Mapping[str, str] = {"TERM": "dumb"}


def marked(text: str) -> str:
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize(
    ("environ", "sent"), [(XTERM, marked(LINES)), (DUMB, LINES)], ids=["marked", "at once"]
)
async def test_lines_that_are_pasted_are_no_words(environ: Mapping[str, str], sent: str) -> None:
    async with talking(environ=environ) as talk:
        call = await talk.desk.talk("k-1")
        await talk.hears("TALKING")
        before = len(talk.heard)
        talk.type(sent)
        await talk.hears(f"{TOLD}hold mute hangup", after=before)
        await talk.says("", "There is no word hold mute hangup.")
        assert talk.desk.asked("hold", "mute", "hangup") == []
        assert talk.desk.state_of(call) is not None


@pytest.mark.parametrize("environ", [XTERM, DUMB], ids=["marked", "at once"])
async def test_a_note_keeps_the_lines_that_are_pasted_into_it(environ: Mapping[str, str]) -> None:
    address = "Herzl 4\r\rHaifa\t31000\r"
    async with talking(environ=environ) as talk:
        await talk.desk.talk("k-1")
        await talk.hears("TALKING")
        talk.type("note moves to ")
        await talk.hears("> note moves to ")
        talk.type(address if environ is DUMB else marked(address))
        await talk.hears("> note moves to Herzl 4  Haifa 31000")
        talk.type("\r")
        state = await talk.until(lambda state: bool(state.work[0].note))
        assert state.work[0].note == "moves to Herzl 4\n\nHaifa 31000"


async def test_an_answer_keeps_its_lines_and_a_search_is_one_line() -> None:
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {"v-1": a_conversation(can=OPEN, agent="dana")}
    async with talking(hub=hub) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        for word, text in (("reply ", "first\nsecond"), ("history ", "noa\ncohen")):
            talk.type(f"{word}{marked(text)}")
            await talk.hears(f"> {word}{text}".replace("\n", " "))
            talk.type("\r")
        state = await talk.until(lambda state: state.history is not None)
        assert state.history is not None
        assert state.history.words == "noa cohen"
        assert [one.text for one in hub.conversations.messages["v-1"]] == ["first\nsecond"]


async def test_one_line_that_is_pasted_waits_for_enter_and_is_typed_on() -> None:
    async with talking() as talk:
        talk.type(f"st{marked('atu' + chr(4) + chr(21) + chr(27) + '[31m')}")
        await talk.hears("> statu")
        talk.type("s")
        await talk.hears("> status")
        await talk.says("", "Ready")
        talk.type(f"{marked('quit' + chr(27))}\x15dial\r")
        await talk.hears("Type dial and the number.")


async def test_what_finds_no_room_is_said_not_to_be_there() -> None:
    async with talking() as talk:
        talk.type(marked("x" * 4_000 + "end"))
        await talk.hears("The line is full: what was typed last is not in it.\n> xxx")
        await talk.says("", "There is no word xxx")
        assert "end" not in talk.heard.rpartition("The line is full")[2]


async def test_words_typed_one_after_the_other_are_words_though_they_come_together() -> None:
    async with talking() as talk:
        talk.type("dial\rkeys\r")
        await talk.hears("Type dial and the number.", "Type keys and the digits")


def test_only_a_text_has_lines() -> None:
    sent, _said, _kept = asked(desk.TALKING, ("note a\nb", "find noa\nlevi", "dial 10\n02"))
    edited = sent[0]
    assert isinstance(edited, do.EditNote)
    assert edited.text.endswith("a\nb")
    assert [one.number for one in sent if isinstance(one, do.Dial)] == ["10 02"]
    assert [one.words for one in sent if isinstance(one, do.FindCustomer)] == ["noa levi"]


def test_lines_of_a_program_are_words() -> None:
    reading, writing = os.pipe()
    assert pasted.told(reading, XTERM) is pasted.Told.NOT
    os.close(reading)
    os.close(writing)
