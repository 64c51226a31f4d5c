"""A bot on the telephone, with a scripted phone and a real exchange."""

from __future__ import annotations

import asyncio
import contextlib
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bots.bot import Bot, Phase
from bots.people import MOST_CUSTOMERS, Person, Stories, Visit, callers, sample_customers
from bots.voices import ALL, CUSTOMERS, Recording
from hub.ports.pbx import CallerAbandoned, CallerJoined
from pbx.lab.control import ControlServer
from pbx.lab.exchange import Dial, Exchange, Stop
from pbx.lab.queue import QueueSettings
from sip import events as ev
from sip.account import Account
from sip.errors import NoSuchCall
from sip.stream import EventStream

DANA = Person("Dana", "+97250", "en")
ACCOUNT = Account(DANA.number, "lab", "secret")
NOBODY = ev.Party("", "1002", "sip:1002@lab")
LONG = 1000.0
SOON = Visit(after=0.0, queue="support", patience=LONG, talk=LONG, recording=CUSTOMERS[0])


class ScriptedPhone:
    """A ``SipEngine`` whose other side is the test."""

    def __init__(self) -> None:
        self.did: asyncio.Queue[str] = asyncio.Queue()
        self.says: EventStream[ev.PhoneEvent] = EventStream()
        self.gone = False

    async def register(self, account: Account) -> None:
        self.says.put(ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200))

    def events(self) -> AsyncIterator[ev.PhoneEvent]:
        return aiter(self.says)

    async def dial(self, target: str) -> ev.CallId:
        self.did.put_nowait(f"dial {target}")
        call = f"c{self.did.qsize()}"
        self.says.put(ev.CallDialling(call, NOBODY))
        return call

    async def answer(self, call: ev.CallId) -> None:
        if self.gone:
            raise NoSuchCall(call)
        self.did.put_nowait(f"answer {call}")

    async def reject(self, call: ev.CallId) -> None:
        self.did.put_nowait(f"reject {call}")

    async def hangup(self, call: ev.CallId) -> None:
        self.did.put_nowait(f"hangup {call}")

    async def next(self) -> str:
        return await asyncio.wait_for(self.did.get(), 10)


class Given(Stories):
    """The visits a test wants, then none for long."""

    def __init__(self, *visits: Visit) -> None:
        self._visits = list(visits)

    def next(self) -> Visit:
        return self._visits.pop(0) if self._visits else replace(SOON, after=LONG)


class Stage:
    """A real exchange behind a real control socket, and the orders a test gives."""

    def __init__(self, control: Path) -> None:
        self.control = control
        self.server = ControlServer(control)
        self.told: asyncio.Queue[object] = asyncio.Queue()
        self.phone = ScriptedPhone()
        self.spoke: list[Recording] = []
        self.exchange = Exchange(
            ("127.0.0.1", 5060),
            [QueueSettings("support")],
            asyncio.get_running_loop().time,
            self.told.put_nowait,
            self.server.order,
        )

    def bot(self, stories: Stories | None) -> Bot:
        engine = self.phone
        return Bot(DANA, engine, self.spoke.append, ("lab", self.control), stories)  # type: ignore[arg-type]

    async def joined(self) -> CallerJoined:
        told = await asyncio.wait_for(self.told.get(), 10)
        assert isinstance(told, CallerJoined)
        return told


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "control")
    async with stage.server.serving(stage.exchange):
        yield stage


@contextlib.asynccontextmanager
async def alive(bot: Bot) -> AsyncIterator[Bot]:
    task = asyncio.create_task(bot.live(ACCOUNT))
    try:
        yield bot
    finally:
        task.cancel()
        await asyncio.wait([task])


async def dialled(stage: Stage) -> CallerJoined:
    """The bot waits, is told to dial, and has."""
    joined = await stage.joined()
    stage.server.order(Dial(joined.contact, "1001"))
    assert await stage.phone.next() == "dial sip:1001@lab"
    return joined


async def test_a_customer_waits_and_calls_whom_the_queue_names(stage: Stage) -> None:
    async with alive(stage.bot(Given(SOON))):
        joined = await dialled(stage)
        assert (joined.queue, joined.number, joined.name) == ("support", "+97250", "Dana")
        assert stage.spoke == [CUSTOMERS[0]]


async def test_a_customer_whose_call_failed_waits_on(stage: Stage) -> None:
    async with alive(stage.bot(Given(SOON))):
        joined = await dialled(stage)
        stage.phone.says.put(ev.CallClosed("c1", ev.CloseReason.BUSY, 486))
        stage.server.order(Dial(joined.contact, "1001"))
        assert await stage.phone.next() == "dial sip:1001@lab"
        stage.server.order(Stop(joined.contact))
        assert await stage.phone.next() == "hangup c1"


async def test_a_tired_customer_hangs_up(stage: Stage) -> None:
    async with alive(stage.bot(Given(replace(SOON, patience=0.01)))):
        await stage.joined()
        assert isinstance(await asyncio.wait_for(stage.told.get(), 10), CallerAbandoned)


async def test_a_customer_hangs_up_when_the_story_ends_and_comes_again(stage: Stage) -> None:
    async with alive(stage.bot(Given(replace(SOON, talk=0.01), SOON))):
        first = await dialled(stage)
        stage.phone.says.put(ev.CallEstablished("c1"))
        assert await stage.phone.next() == "hangup c1"
        stage.phone.says.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
        assert isinstance(await asyncio.wait_for(stage.told.get(), 10), CallerAbandoned)
        while not isinstance(again := await asyncio.wait_for(stage.told.get(), 10), CallerJoined):
            continue
        assert again.contact != first.contact


async def test_a_transferred_customer_goes_on_talking_elsewhere(stage: Stage) -> None:
    async with alive(stage.bot(Given(SOON))) as bot:
        await dialled(stage)
        says = stage.phone.says.put
        says(ev.CallEstablished("c1"))
        says(ev.CallDialling("c9", NOBODY))
        says(ev.CallEstablished("c9"))
        says(ev.CallClosed("c1", ev.CloseReason.NORMAL))
        says(ev.CallIncoming("c10", NOBODY))
        assert await stage.phone.next() == "reject c10"
        assert bot.phase is Phase.TALKING
        says(ev.CallClosed("c9", ev.CloseReason.NORMAL))
        says(ev.CallIncoming("c11", NOBODY))
        assert await stage.phone.next() == "answer c11"


async def test_a_colleague_answers_one_call_at_a_time(stage: Stage) -> None:
    async with alive(stage.bot(None)):
        stage.phone.says.put(ev.CallIncoming("c1", NOBODY))
        assert await stage.phone.next() == "answer c1"
        stage.phone.says.put(ev.CallIncoming("c2", NOBODY))
        assert await stage.phone.next() == "reject c2"
        stage.phone.says.put(ev.CallClosed("c2", ev.CloseReason.REJECTED))
        stage.phone.says.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
        stage.phone.says.put(ev.CallIncoming("c3", NOBODY))
        assert await stage.phone.next() == "answer c3"


async def test_a_call_that_ends_before_it_is_answered_disturbs_nobody(stage: Stage) -> None:
    async with alive(stage.bot(None)):
        stage.phone.gone = True
        stage.phone.says.put(ev.CallIncoming("c1", NOBODY))
        stage.phone.says.put(ev.CallClosed("c1", ev.CloseReason.CANCELLED))
        stage.phone.says.put(ev.CallIncoming("c2", NOBODY))
        stage.phone.says.put(ev.CallIncoming("c3", NOBODY))
        assert await stage.phone.next() == "reject c3"


def test_the_same_seed_tells_the_same_stories() -> None:
    people = callers(sample_customers(), 4, seed=7)
    assert people == callers(sample_customers(), 4, seed=7)
    assert [person.language for person in people] == ["en", "he", "en", "he"]
    assert len(set(people)) == 4
    first, second = (Stories(people[1], 7, 0.0) for _ in range(2))
    visits = [first.next() for _ in range(20)]
    assert visits == [second.next() for _ in range(20)]
    assert {visit.recording.language for visit in visits} == {"he"}
    assert {visit.queue for visit in visits} == {"support", "sales"}
    assert visits[0].after == 0.0


@pytest.mark.parametrize("count", [0, -1, MOST_CUSTOMERS + 1])
def test_the_crowd_is_bounded(count: int) -> None:
    with pytest.raises(ValueError, match="customers"):
        callers(sample_customers(), count, seed=1)


def test_recordings_are_short_speech_in_both_languages() -> None:
    assert {(voice.language, voice.queue) for voice in CUSTOMERS} == {
        (language, queue) for language in ("en", "he") for queue in ("support", "sales")
    }
    assert sum(voice.path.stat().st_size for voice in ALL) < 1_500_000
    for voice in ALL:
        with wave.open(str(voice.path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
            assert 2 <= file.getnframes() / 16_000 <= 8
            samples = memoryview(file.readframes(file.getnframes())).cast("h")
        assert max(samples) > 10_000
