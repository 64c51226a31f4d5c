"""The linear desk in a real pty, over a phone and a hub in memory: what is written there, byte by byte."""

from __future__ import annotations

import asyncio
import os
import pty
import re
import termios
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from agent_tui.adapters.disk_files import DiskFiles
from agent_tui.faults import Faults
from agent_tui.linear import pages, pasted
from agent_tui.linear.console import Console
from agent_tui.linear.desk import LinearDesk
from agent_tui.linear.hand import Hand
from agent_tui.linear.telling import told
from agent_tui.linear.vocabulary import BY_SPELLING, WORDS, obey
from agent_tui.linear.words import floor, past
from agent_tui.ports import LocalFiles
from agent_tui.preferences import Change
from agent_tui.pumps.guidance import Guidance, ScriptLanguage
from agent_tui.session.events import FaultSurvived
from agent_tui.session.state import Phase, SessionState
from hub import contract as c
from hub.contract import Presence
from sip.events import TakenAway
from tests.commands.desk import Desk, commanded_desk
from tests.desk.test_hostile_screens import CORPUS, nothing
from tests.desk.worst_state import worst
from tests.stubs.clock import ManualClock
from tests.stubs.conversations import a_conversation, a_message
from tests.stubs.desk import CLOCK, IDLE
from tests.stubs.hub import StubHub
from tests.stubs.messages import CARD, an_offer
from tests.stubs.some_files import JPEG, PDF

XTERM: Mapping[str, str] = {"TERM": "xterm"}
OPEN = c.Writable(opted_in=True, text_until=datetime(2200, 1, 1, tzinfo=UTC), template_needed=False)
LINE_ENDS = re.compile(r"\r\n")


class Talk:
    """One who sits before the terminal: types, and hears what it says."""

    def __init__(self, master: int, desk: Desk, serving: asyncio.Task[None]) -> None:
        self.desk = desk
        self._serving = serving
        self.bytes = b""
        self._master = master
        self._more = asyncio.Event()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        with suppress(OSError):
            self.bytes += os.read(self._master, 65_536)
        self._more.set()

    @property
    def heard(self) -> str:
        return LINE_ENDS.sub("\n", self.bytes.decode())

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    async def hears(self, *texts: str, after: int = 0) -> None:
        """Wait until all of it was said."""
        async with asyncio.timeout(10):
            while not all(text in self.heard[after:] for text in texts):
                self._more.clear()
                await self._more.wait()

    async def says(self, line: str, *texts: str) -> str:
        """Type a line and wait for what is answered."""
        before = len(self.heard)
        self.type(f"{line}\r")
        await self.hears(*texts, after=before)
        return self.heard[before:]

    def begins_with(self, sequence: bytes) -> None:
        """The terminal was told that before all else; nothing of the kind is heard from then on."""
        assert self.bytes.startswith(sequence)
        self.bytes = self.bytes.removeprefix(sequence)

    async def ends_with(self, sequence: bytes) -> None:
        """It was told that after all else."""
        await self.hears(sequence.decode())
        assert self.bytes.endswith(sequence)

    async def left(self) -> None:
        """Wait until the desk has ended by itself."""
        async with asyncio.timeout(10):
            await self._serving

    async def until(self, wanted: Callable[[SessionState], bool]) -> SessionState:
        return await self.desk.until(wanted)


@asynccontextmanager
async def talking(
    faults: Faults | None = None,
    hub: StubHub | None = None,
    files: LocalFiles | None = None,
    keep: Callable[[Change], None] | None = None,
    environ: Mapping[str, str] = XTERM,
    *,
    bell: bool = True,
) -> AsyncIterator[Talk]:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    async with commanded_desk(hub, files) as desk:
        guidance = Guidance(desk.store, desk.hub, ManualClock(), ScriptLanguage.CUSTOMER)
        linear = LinearDesk(desk.store, desk.press, guidance.run, language="en", bell=bell, faults=faults)
        linear.keep = keep
        with os.fdopen(os.dup(slave), "w", encoding="utf-8") as out:
            serving = asyncio.create_task(linear.serve(slave, out, environ))
            talk = Talk(master, desk, serving)
            await talk.hears("Type help")
            talk.begins_with(pasted.MARK.encode() if environ is XTERM else b"")
            yield talk
            if not serving.done():
                talk.type("\x15\x04")
            await talk.left()
            await talk.ends_with(pasted.MARK_NO_MORE.encode() if environ is XTERM else b"")
    asyncio.get_running_loop().remove_reader(master)
    assert termios.tcgetattr(slave) == before
    os.close(master)
    os.close(slave)


def _said(heard: str) -> list[str]:
    """The lines without the prompts before them."""
    return [line.removeprefix("> ") for line in heard.split("\n")]


async def test_a_whole_contact_by_typed_words_alone() -> None:
    async with talking() as talk:
        talk.desk.hub.offers()
        await talk.hears("Card: Noa Cohen.")
        call = talk.desk.phone.rings(contact="k-1")
        await talk.hears("RINGING: Noa Cohen, +972 52-123-4567, queue Support. Type answer.", "\a")
        await talk.says("answer", "TALKING: Noa Cohen.")
        talk.desk.hub.connects()
        await talk.until(lambda state: state.work[0].phase is Phase.TALKING)
        card = await talk.says("card", "Plan, Fibre 500", "Line drops in the evening")
        assert "Noa Cohen, gold" in _said(card)
        script = await talk.says("script", "Script: Support:")
        assert [line for line in _said(script) if line.startswith("1: ")]
        await talk.says("done", "\n")
        await talk.until(lambda state: bool(state.work[0].progress and state.work[0].progress.done))
        await talk.says("mute", "Your microphone is muted.")
        await talk.says("hold", "ON HOLD: Noa Cohen.")
        await talk.says("hold", "TALKING: Noa Cohen.")
        await talk.says("note promised a refund")
        await talk.says("note by Friday")
        await talk.says("note", "promised a refund\n", "by Friday")
        await talk.says("hangup", "Call over: Noa Cohen,", "Wrap-up of Noa Cohen")
        assert talk.desk.asked("hangup") == [("hangup", call)]
        await talk.says("outcome", "1: Solved", "2: Call back")
        await talk.says("outcome 1")
        await talk.says("finish")
        state = await talk.until(lambda state: state.work[0].finishing)
        assert (state.work[0].note, state.work[0].disposition) == ("promised a refund\nby Friday", "solved")


async def test_nothing_is_sent_that_moves_a_cursor_or_draws_a_box() -> None:
    async with talking() as talk:
        talk.desk.hub.offers()
        talk.desk.phone.rings(contact="k-1")
        await talk.hears("RINGING")
        for word in ("answer", "help", "status", "card", "script", "queues", "calls", "agenda", "notices"):
            await talk.says(word, "> ")
        await talk.hears("leave; a call goes on in the phone")
        assert b"\x1b" not in talk.bytes
        assert not re.search("[\u2500-\u25ff\u200e\u200f\u202a-\u202e\u2066-\u2069]", talk.heard)


async def test_a_ring_in_the_middle_of_a_word_leaves_what_is_typed_whole() -> None:
    async with talking() as talk:
        await talk.desk.talk("k-1")
        await talk.hears("TALKING")
        talk.type("note wants a ref")
        await talk.hears("> note wants a ref")
        talk.desk.phone.rings("+972541112233", contact="k-2")
        await talk.hears("RINGING: +972 54-111-2233", "\a")
        # told again behind what was told, where it is typed on
        await talk.hears("Type answer.\n> note wants a ref")
        talk.type("und\r")
        state = await talk.until(lambda state: any(work.note for work in state.work))
        assert {work.contact: work.note for work in state.work} == {"k-1": "wants a refund", "k-2": ""}


async def test_a_note_goes_to_the_contact_it_was_begun_for() -> None:
    async with talking() as talk:
        first = await talk.desk.talk("k-1")
        talk.desk.phone.rings("+972541112233", contact="k-2")
        await talk.hears("RINGING")
        talk.type("note for the first")
        await talk.hears("> note for the first")
        talk.desk.phone.closes(first)
        await talk.desk.phone.calls.answer("call-2")
        await talk.until(lambda state: state.written is not None and state.written.contact == "k-2")
        talk.type("\r")
        state = await talk.until(lambda state: any(work.note for work in state.work))
        assert {work.contact: work.note for work in state.work} == {"k-1": "for the first", "k-2": ""}


async def test_what_is_typed_is_echoed_and_can_be_taken_back() -> None:
    async with talking() as talk:
        before = len(talk.bytes)
        talk.type("statsu\x7f\x7f")
        await talk.hears("> statsu\b \b\b \b")
        talk.type("us\r")
        await talk.hears("us\n", "Ready", after=before)
        talk.type("nonsense\x15dial\r")
        await talk.hears("Type dial and the number.")


async def test_arrows_and_other_keys_are_no_text() -> None:
    async with talking() as talk:
        talk.type("\x1b[A\x1bOQ\x1b[1;5Bdi\x1b[Dal\x01\r")
        await talk.hears("Type dial and the number.")
        assert b"\x1b" not in talk.bytes


async def test_hebrew_words_do_the_same() -> None:
    async with talking() as talk:
        talk.desk.phone.rings(contact="k-1")
        await talk.hears("RINGING")
        await talk.says("מענה", "TALKING")
        await talk.says("הערה הלקוחה מבקשת החזר")
        state = await talk.until(lambda state: bool(state.work[0].note))
        assert state.work[0].note == "הלקוחה מבקשת החזר"


async def test_who_is_free_is_heard_with_the_number_to_dial() -> None:
    async with talking() as talk:
        await talk.until(lambda state: bool(state.directory.colleagues))
        everybody = await talk.says("who", "1002, talking")
        assert everybody.index("Sales, 701, queue") < everybody.index("עומר בר, 1002, talking")
        assert "Dana Levi" not in everybody
        talk.desk.hub.stands("omer", line="free")
        await talk.until(lambda state: state.directory.colleagues[1].line == "free")
        await talk.says("מי omer", "עומר בר, 1002, free")
        await talk.says("who nobody", "Nobody is called that.")


async def test_an_unknown_word_is_named_and_hostile_text_acts_on_nothing() -> None:
    async with talking() as talk:
        await talk.says("foo", "There is no word foo. Type help for all of them.")
        talk.desk.phone.rings(name="\x1b]0;owned\x07[red]\u202eEvil", contact="k-1")
        await talk.hears("RINGING: ")
        assert b"\x1b" not in talk.bytes
        assert "\u202e" not in talk.heard


async def test_away_asks_for_its_reason_and_ready_comes_back() -> None:
    async with talking() as talk:
        await talk.says("away", "0: without a reason", "1: break", "2: lunch")
        await talk.says("away 2", "You are: Away.")
        state = await talk.until(lambda state: state.wanted is None)
        assert state.me is not None
        assert (state.me.presence, state.me.reason) == (Presence.AWAY, "lunch")
        await talk.says("f9", "You are: Ready.")


async def test_a_callback_is_promised_and_taken_back() -> None:
    async with talking() as talk:
        await talk.says("callback 20; refund; 052-1234567", "will be called back.")
        state = await talk.until(lambda state: bool(state.callbacks))
        assert (state.callbacks[0].words, state.callbacks[0].numbers) == ("refund", ("052-1234567",))
        await talk.says("agenda", "1: ")
        await talk.says("cancel 1")
        await talk.until(lambda state: not state.callbacks)


async def test_what_is_not_possible_is_told_as_a_notice_and_stays_until_it_is_read() -> None:
    async with talking() as talk:
        await talk.says("hold", "There is no call to hold.")
        await talk.says("notices", "There is no call to hold.")
        await talk.says("dismiss")
        await talk.until(lambda state: not state.notices)


async def test_leaving_with_an_open_call_is_asked_twice() -> None:
    async with talking() as talk:
        await talk.desk.talk("k-1")
        await talk.says("quit", "A call is open.", "Type quit once more")
        await talk.says("status", "Ready")
        await talk.says("quit", "Type quit once more")
        talk.type("quit\r")
        await talk.left()


@pytest.mark.parametrize("typed", ["quit\r", "\x04"])
async def test_leaving_gives_the_terminal_back(typed: str) -> None:
    async with talking() as talk:
        talk.type(typed)
        await talk.left()


async def test_another_desk_of_the_agent_ends_this_one() -> None:
    async with talking() as talk:
        talk.desk.store.dispatch(TakenAway())
        await talk.hears("Another desk of yours was opened")
        await talk.left()


def test_every_act_of_the_desk_has_a_word_and_no_word_stands_for_two() -> None:
    spellings = [spelling for word in WORDS for spelling in word.spellings]
    assert len(spellings) == len(set(spellings)) == len(BY_SPELLING)
    keys = {f"f{number}" for number in range(2, 13)}
    assert keys <= set(spellings)
    hebrew = [word for word in WORDS if any("א" <= char <= "ת" for char in "".join(word.spellings))]
    assert len(hebrew) >= len(WORDS) - 1  # F9's is two words of its own


async def test_a_word_that_fails_is_told_by_its_reference_and_the_desk_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log: list[str] = []
    faults = Faults(log.append)
    with monkeypatch.context() as broken:
        broken.setattr(pages, "said", lambda _row: 1 / 0)
        async with talking(faults) as talk:
            faults.tell_to(lambda reference: talk.desk.store.dispatch(FaultSurvived(reference)))
            await talk.says("status", "Something in moked failed. Calls go on.")
            broken.undo()
            await talk.says("status", "exchange")
    assert "ZeroDivisionError" in log[0]
    assert "in a typed line" in log[0]


READ_OUT = (
    *("status", "card", "script", "queues", "calls", "agenda", "notices", "customer", "outcome", "note"),
    *("past 1", "past", "redial", "doctor", "tell 1", "listen 1"),
    *("thread", "whatsapp"),
)
"""The words that read a part of the desk out, and so what others wrote."""


@pytest.mark.parametrize("text", CORPUS.values(), ids=CORPUS)
async def test_hostile_text_acts_on_nothing_where_it_is_told_and_read_out(text: str) -> None:
    out = StringIO()
    console = Console(-1, out, nothing, nothing)
    hand = Hand(lambda: worst(text), nothing, console.say, lambda: CLOCK, nothing)
    console.say(*told(IDLE, worst(text)))
    for word in (*READ_OUT, f"away {text}", text):
        obey(hand, word)
    past.tell(hand)
    floor.tell(hand)
    console.flush()
    assert len(out.getvalue().splitlines()) > len(READ_OUT)
    assert [char for char in out.getvalue() if not char.isprintable() and char != "\n"] == []


async def test_an_unknown_caller_is_found_and_linked_by_words() -> None:
    async with talking() as talk:
        talk.desk.hub.customers.known = {
            name: CARD.model_copy(update={"customer": name, "name": f"Noa {name}"}) for name in ("C-1", "C-2")
        }
        await talk.says("find noa", "no talk or wrap-up")
        nobody = c.CardAnswer(contact="k-1", number="+972505559999", status=c.CardStatus.UNKNOWN)
        talk.desk.hub.offers(an_offer(number=nobody.number), nobody)
        await talk.hears("Not known to the CRM.")
        await talk.desk.talk("k-1")
        talk.desk.hub.connects()
        await talk.says("find noa", "2 customers", "1: Noa C-1", "2: Noa C-2")
        await talk.says("link 3", "1: Noa C-1")
        await talk.says("link 2", "Card: Noa C-2. Type card to hear it.")
        assert talk.desk.state.finding is None


async def test_an_unknown_caller_is_put_into_the_crm_by_words_once() -> None:
    async with talking() as talk:
        hub = talk.desk.hub
        hub.me = hub.me.model_copy(update={"creates_customers": True})
        hub.tell(c.MeEvent(me=hub.me))
        nobody = c.CardAnswer(contact="k-1", number="+972505559999", status=c.CardStatus.UNKNOWN)
        hub.offers(an_offer(number=nobody.number), nobody)
        await talk.hears("Not known to the CRM.")
        await talk.says("new Dana Cohen", "no talk or wrap-up")
        await talk.desk.talk("k-1")
        hub.connects()
        await talk.says("new", "Type the customer's name.")
        hub.refuse["create Dana Cohen"] = "The CRM broke off"
        await talk.says("new Dana Cohen", "The CRM broke off")
        hub.refuse.clear()
        await talk.says("new Dana Cohen", "Card: Dana Cohen. Type card to hear it.")
        assert [one.numbers for one in hub.customers.known.values()] == [("+972505559999",)]


async def test_a_file_is_told_sent_and_saved_by_words(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(JPEG)
    hub = StubHub()
    hub.me = hub.me.model_copy(update={"writes": True})
    hub.conversations.known = {"v-1": a_conversation(can=OPEN, agent="dana")}
    came = a_message("m-1", "", kind="document", file_name="a.pdf", media_type="application/pdf", file=True)
    hub.conversations.messages = {"v-1": [came]}
    hub.conversations.files = {"m-1": PDF}
    async with talking(hub=hub, files=DiskFiles(lambda: tmp_path / "Downloads")) as talk:
        await talk.says("whatsapp 1", "The conversation is there.")
        await talk.says("sendfile", "Type file and its path")
        await talk.says(f"file {tmp_path}/nothing", "There is no file of this name.")
        await talk.says("sendfile", "Type file and its path")
        await talk.says(f"file {photo}", "Image · photo.jpg · 1 kB. Type sendfile to send it.")
        talk.type("sendfile\r")
        await talk.until(lambda _state: len(hub.conversations.files) == 2)
        await talk.says("save", "1: ")
        await talk.says("save 1", f"Saved: {tmp_path}/Downloads/a.pdf")
    assert [one.file_name for one in hub.conversations.messages["v-1"]] == ["a.pdf", "photo.jpg"]
    assert (tmp_path / "Downloads" / "a.pdf").read_bytes() == PDF
