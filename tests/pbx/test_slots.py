"""A caller who waits presses keys and is called at a time of their choice: told, stored, confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.pbx.called_back import HOME, MOBILE, CalledBack, called_back, carrier
from tests.pbx.centre import free_port
from tests.pbx.console import Console, Customer
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk
from tests.pbx.test_kept_places import order, press, until, waits

pytestmark = pytest.mark.pbx

KEY = 'callback_digit = "*"'
QUARTER = timedelta(minutes=15)


@pytest.fixture
def calling(asterisk: Asterisk, surroundings: Path) -> Iterator[CalledBack]:
    with called_back(asterisk, surroundings, sales=KEY, callbacks="slot_capacity = 1") as made:
        yield made


@pytest.fixture
async def outside(calling: CalledBack) -> AsyncIterator[Phone]:
    async with carrier(calling.asterisk) as made:
        yield made


def begins(at: datetime) -> bool:
    """Whether a quarter of an hour begins."""
    return at.timestamp() % QUARTER.total_seconds() == 0


class Heard:
    """What one caller is played, prompt by prompt; they press their next key when they are asked for it."""

    def __init__(self, console: Console, caller: Customer) -> None:
        self.prompts: list[list[str]] = []
        self._console = console
        self._caller = caller

    def after(
        self, *keys: str, asked_at: str = "slot-turn", until: tuple[str, ...] = ("Queue", "Hangup")
    ) -> Heard:
        """Press the first key now, each next one at ``asked_at`` (a prompt, or an application), until the
        caller comes to one of the applications ``until``.
        """
        with self._console.steps() as steps:
            press(self._console, self._caller, keys[0])
            left = list(keys[1:])
            for step in steps:
                if step.unique != self._caller.contact:
                    continue
                words = [prompt.rpartition("/")[2] for prompt in step.played]
                if step.application in {"Playback", "BackGround"}:
                    self.prompts.append(words)
                if left and asked_at in {*words, step.application}:
                    press(self._console, self._caller, left.pop(0))
                if self.prompts and step.application in until:
                    return self
        return self

    @property
    def first_words(self) -> list[str]:
        return [words[0] for words in self.prompts]


async def hears(console: Console, caller: Customer, *keys: str) -> Heard:
    return await asyncio.to_thread(Heard(console, caller).after, *keys)


async def test_a_caller_chooses_a_time_and_is_called_then(
    calling: CalledBack, console: Console, outside: Phone, dana: Phone
) -> None:
    caller = await waits(console)

    def chooses() -> tuple[list[str], Heard]:
        Heard(console, caller).after("*", until=("BackGround",))
        second = console.variable(caller.contact, "MOKED_FREE").split(":")[2]
        return second.split("_"), Heard(console, caller).after("3")

    (seconds, *words), heard = await asyncio.to_thread(chooses)
    await until(lambda: not caller.present, "the caller is gone")
    (booked,) = calling.standing()
    assert begins(booked.promised)
    assert booked.promised == booked.at == datetime.fromtimestamp(int(seconds), UTC), "the time of that key"
    assert (booked.numbers[0], booked.made_by, booked.state) == (MOBILE, "", "open")
    confirmed = heard.prompts[-1]
    assert confirmed == ["slot-booked", *words, "slot-goodbye"]
    assert words[1] == "time-at"
    await asyncio.to_thread(calling.ready, "1101")
    await asyncio.to_thread(calling.promise, "1101", numbers=[HOME])
    call = await outside.ringing()
    assert call.invite is not None
    assert call.invite.start.startswith(f"INVITE sip:{HOME}@")
    assert len(outside.calls) == 1
    assert calling.standing()[-1] == booked


async def test_every_time_is_told_with_its_key_and_in_the_callers_language(
    calling: CalledBack, console: Console
) -> None:
    caller = await waits(console)
    channel = console.channel(caller.contact)
    console.act("Setvar", Channel=channel, Variable="CHANNEL(language)", Value="he")

    def menu() -> list[str]:
        played: list[str] = []
        with console.steps() as steps:
            press(console, caller, "*")
            for step in steps:
                if step.unique == caller.contact and step.application == "BackGround":
                    played.append(step.data)
                if step.unique == caller.contact and step.application == "WaitExten":
                    return played
        return played

    turn, *times = await asyncio.to_thread(menu)
    assert turn.endswith("/he/slot-turn")
    assert len(times) == 3
    for key, told in enumerate(times, 2):
        words = told.split("&")
        assert all("/sounds/moked/he/" in word for word in words)
        names = [word.rpartition("/")[2] for word in words]
        assert (names[0], names[-2:]) == ("slot-call", ["slot-press", f"number-{key}"])
        assert names[1] in {"day-today", "day-tomorrow"}
    assert not [
        line for line in calling.asterisk.log().splitlines() if "does not exist in any format" in line
    ]
    caller.hang_up()


async def test_a_time_that_is_taken_meanwhile_is_told_and_others_are_offered(
    calling: CalledBack, console: Console
) -> None:
    caller = await waits(console)

    def scenario() -> tuple[list[str], datetime]:
        Heard(console, caller).after("*", until=("BackGround",))
        first = console.variable(caller.contact, "MOKED_FREE").split(":")[1].partition("_")[0]
        at = datetime.fromtimestamp(int(first), UTC)
        calling.promise("1101", numbers=[HOME], at=at.isoformat())
        return Heard(console, caller).after("2", "2").first_words, at

    words, taken = await asyncio.to_thread(scenario)
    assert [word for word in words if word != "slot-call"] == ["slot-full", "slot-turn", "slot-booked"]
    (booked,) = [one for one in calling.standing() if one.numbers[0] == MOBILE]
    assert booked.promised == taken + QUARTER
    await until(lambda: not caller.present, "the caller is gone")


async def test_the_place_is_kept_by_a_key_of_its_own(calling: CalledBack, console: Console) -> None:
    caller = await waits(console)
    heard = await hears(console, caller, "*", "1")
    assert heard.prompts == [["slot-turn"], ["callback-kept"]]
    (kept,) = calling.standing()
    assert kept.promised <= datetime.now(UTC)


async def test_keys_that_mean_nothing_keep_the_place(
    asterisk: Asterisk, surroundings: Path, console: Console
) -> None:
    with called_back(asterisk, surroundings, sales=KEY, callbacks="slots_told = 1") as calling:
        caller = await waits(console)
        heard = await asyncio.to_thread(Heard(console, caller).after, "*", "9", "0", asked_at="WaitExten")
        assert heard.first_words == ["slot-turn", "slot-call", "slot-turn", "slot-call", "callback-kept"]
        assert len(calling.standing()) == 1


async def test_who_hangs_up_while_times_are_told_keeps_the_place(
    calling: CalledBack, console: Console
) -> None:
    caller = await waits(console)
    await asyncio.to_thread(Heard(console, caller).after, "*", until=("BackGround",))
    caller.hang_up()
    await until(lambda: bool(calling.standing()), "the place is kept")
    (kept,) = calling.standing()
    assert (kept.numbers[0], kept.state) == (MOBILE, "open")
    assert kept.promised <= datetime.now(UTC)


async def test_who_hangs_up_after_the_choice_is_called_at_the_time(
    calling: CalledBack, console: Console
) -> None:
    caller = await waits(console)

    def chooses() -> None:
        Heard(console, caller).after("*", "2", until=("Playback",))
        caller.hang_up()

    await asyncio.to_thread(chooses)
    await until(lambda: not caller.present, "the caller is gone")
    (booked,) = calling.standing()
    assert booked.promised > datetime.now(UTC)
    assert begins(booked.promised)


async def test_whose_call_is_booked_is_told_so_and_waits_on(calling: CalledBack, console: Console) -> None:
    first = await waits(console)
    await hears(console, first, "*", "2")
    await until(lambda: not first.present, "the caller is gone")
    (booked,) = calling.standing()
    again = await waits(console)
    heard = await hears(console, again, "*")
    assert heard.first_words == ["slot-stands"]
    assert heard.prompts[0][-1] == "slot-wait"
    await until(lambda: order(console) == [again.contact], "they wait")
    assert calling.standing() == [booked]


async def test_without_a_hub_they_wait_where_they_were(calling: CalledBack, console: Console) -> None:
    first = await waits(console)
    second = await waits(console, "0525550102")
    calling.ask(port=free_port())
    heard = await hears(console, first, "*")
    assert heard.prompts == [["callback-not-kept"]]
    await until(lambda: len(order(console)) == 2, "both wait")
    assert order(console) == [first.contact, second.contact]


async def test_a_withheld_number_is_offered_no_time(calling: CalledBack, console: Console) -> None:
    caller = await waits(console, "anonymous")
    heard = await hears(console, caller, "*")
    assert heard.prompts == [["callback-not-kept"]]
    await until(lambda: caller.contact in order(console), "they wait")


async def test_where_no_time_is_free_none_is_offered(
    asterisk: Asterisk, surroundings: Path, console: Console
) -> None:
    """Ever quiet but for a second."""
    with called_back(asterisk, surroundings, sales=KEY, callbacks="", quiet_until="23:59:59") as calling:
        caller = await waits(console)
        heard = await hears(console, caller, "*")
        assert heard.prompts == [["callback-kept"]]
        await until(lambda: len(calling.standing()) == 1, "the place is kept")


async def test_an_announcement_ends_when_the_caller_asks_to_be_called(
    asterisk: Asterisk, surroundings: Path, console: Console
) -> None:
    """It would be said over what they are asked."""
    sales = f"{KEY}\nannounce_seconds = 15"
    with called_back(asterisk, surroundings, sales=sales, callbacks="slot_capacity = 1"):
        caller = await waits(console)

        def announced() -> bool:
            return any("@announcements-" in row["Channel"] for row in console.channels())

        await until(announced, "the announcer is there")
        await asyncio.to_thread(Heard(console, caller).after, "*", until=("BackGround",))
        await until(lambda: not announced(), "the announcer goes")
        assert caller.where.startswith("callback-slots.")
        caller.hang_up()
