"""What waiting callers hear of their place, by calls: what is said, to whom, and that nobody waits for it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from centre.entries import Entry
from pbx.prompts import shipped
from pbx.render import render
from tests.e2e.eventually import eventually, eventually_async
from tests.e2e.wav import tone_level, write_tone
from tests.pbx.centre import SALES, SALES_NUMBER, SUPPORT
from tests.pbx.console import Console, Customer
from tests.pbx.ear import RATE, ear_at
from tests.pbx.parties import from_outside
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

ENTRY = "810"
HERTZ = 1004
LOUD = -20.0
"""dBFS; the music alone has far less of the tone."""

Told = Iterator[dict[str, str]]


@pytest.fixture(scope="module")
def announced(asterisk: Asterisk) -> Iterator[Asterisk]:
    """Sales tells callers their place every second, support never."""
    queues = tuple(
        queue.model_copy(update={"announce_seconds": int(queue.name == SALES)})
        for queue in asterisk.centre.queues
    )
    entry = Entry(number=ENTRY, queue=SALES, languages=("he",))
    for module in ("app_chanspy", "app_originate", "app_softhangup"):
        asterisk.cli(f"module load {module}.so")
    _put(asterisk, render(dataclasses.replace(asterisk.centre, queues=queues, entries=(entry,))))
    yield asterisk
    _put(asterisk, render(asterisk.centre))
    assert "does not exist in any format" not in asterisk.log()


def _put(asterisk: Asterisk, files: dict[str, str]) -> None:
    for name in ("announcements.conf", "entries.conf", "extensions.conf", "queues.conf"):
        (asterisk.directory / "etc" / name).write_text(files[name])
    asterisk.cli("dialplan reload")


@pytest.fixture
def recorded(announced: Asterisk) -> Iterator[Asterisk]:
    """A recording of the centre's own in place of a prompt: a tone of half a minute."""
    prompt = announced.directory / "etc/sounds/moked/en/position-next.wav"
    write_tone(prompt, HERTZ, rate=RATE, seconds=30)
    yield announced
    prompt.write_bytes(shipped()["en/position-next.wav"])


def steps(told: Told, contact: str) -> Iterator[tuple[str, str]]:
    """What the announcer of this caller does from now on: applications and what they are given."""
    for event in told:
        if event.get("Context") == "announcements" and event.get("Extension") == contact:
            yield event["Application"], event["AppData"]


def said(told: Told, contact: str) -> list[str]:
    """The prompts that the caller is played next, by their names."""
    return next(_names(data) for application, data in steps(told, contact) if application == "Playback")


def _names(prompts: str) -> list[str]:
    return [Path(prompt).name for prompt in prompts.split("&")]


def call(console: Console, queue: str = SALES) -> Customer:
    """A customer who waits."""
    customer = console.customer(queue)
    eventually(lambda: customer.where.endswith(" Queue"), "the caller waits")
    return customer


def announcers(console: Console) -> list[str]:
    """Who talks to callers. Its other end goes with the first sound between caller and agent."""
    names = [row["Channel"] for row in console.channels()]
    return [name for name in names if "@announcements-" in name and name.endswith(";2")]


async def test_whoever_becomes_free_rings_while_a_caller_is_told_their_place(
    recorded: Asterisk, console: Console, dana: Phone, noa: Phone
) -> None:
    """As soon as for the queue that announces nothing: both ring before the announcement goes on."""

    def scenario() -> list[str]:
        with console.told("Newexten", "AgentCalled") as told:
            waits, _ = call(console), call(console, SUPPORT)
            assert said(told, waits.contact) == ["position-next"]
            console.member(SALES, "1101")
            console.member(SUPPORT, "1102")
            ours = (event for event in told if event.get("Extension", waits.contact) == waits.contact)
            return [next(ours).get("Queue", "the announcement is over") for _ in range(2)]

    assert sorted(await asyncio.to_thread(scenario)) == [SALES, SUPPORT]


async def test_a_caller_hears_it_in_their_music_until_an_agent_answers(
    recorded: Asterisk, console: Console, dana: Phone
) -> None:
    async with from_outside(recorded, "0525550101") as caller, ear_at(caller.sound_port) as ear:

        async def hears() -> bool:
            return tone_level(ear.samples, RATE, HERTZ) > LOUD

        dialled, final = await caller.dial(SALES_NUMBER)
        assert final.status == 200
        await eventually_async(hears, "the caller hears the tone")
        await asyncio.to_thread(console.member, SALES, "1101")
        call = await dana.ringing()
        assert await hears()
        dana.answer(call)
        await asyncio.to_thread(console.wait_bridged, "1101")
        await asyncio.to_thread(eventually, lambda: not announcers(console), "the announcer goes")
        assert not call.ended.is_set()
        await caller.hang_up(dialled)


def test_places_are_told_as_they_become_better_and_never_as_they_become_worse(
    announced: Asterisk, console: Console
) -> None:
    with console.told("Newexten") as told:
        first = call(console)
        assert said(told, first.contact) == ["position-next"]
        second = call(console)
        assert said(told, second.contact) == ["position", "number-2"]
        channel = console.channel(second.contact)
        console.act("QueueChangePriorityCaller", Queue=SALES, Caller=channel, Priority=10, Immediate="true")
        said(told, second.contact)  # may have begun before
        assert said(told, second.contact) == ["position-next"]
        rounds = [application for application, _ in _rounds(told, first.contact, 2)]
        assert "Playback" not in rounds
        second.hang_up()
        assert said(told, first.contact) == ["position-next"]


def _rounds(told: Told, contact: str, count: int) -> Iterator[tuple[str, str]]:
    """The steps of so many rounds from the next one that begins."""
    ours = steps(told, contact)
    for step in ours:
        if step[0] == "Goto":
            break
    for step in ours:
        yield step
        count -= step[0] == "Goto"
        if not count:
            return


def test_who_hangs_up_is_told_nothing_more(announced: Asterisk, console: Console) -> None:
    with console.told("Newexten") as told:
        customer = call(console)
        said(told, customer.contact)
        assert announcers(console)
        customer.hang_up()
        eventually(lambda: not announcers(console), "the announcer goes")


def test_a_caller_is_told_in_the_language_they_chose(announced: Asterisk, console: Console) -> None:
    with console.told("Newexten") as told:
        customer = console.dialled("test-from-outside", ENTRY, "0525550101", 0)
        spoken = [data for application, data in _until_said(told, customer.contact) if application == "Set"]
    assert "CHANNEL(language)=he" in spoken


def _until_said(told: Told, contact: str) -> Iterator[tuple[str, str]]:
    for step in steps(told, contact):
        if step[0] == "Playback":
            return
        yield step


def test_a_queue_that_announces_nothing_has_no_announcer(announced: Asterisk, console: Console) -> None:
    with console.told("Newexten") as told:
        call(console, SUPPORT)
        said(told, call(console).contact)
        assert len(announcers(console)) == 1


@pytest.mark.parametrize(
    ("place", "talk", "working", "told"),
    [
        (1, 1, 1, ["wait", "minutes-1"]),
        (1, 120, 1, ["wait", "minutes-2"]),
        (1, 121, 1, ["wait", "number-3", "minutes"]),
        (4, 300, 2, ["wait", "number-10", "minutes"]),
        (4, 301, 2, ["wait", "number-15", "minutes"]),
        (6, 290, 1, ["wait", "number-30", "minutes"]),
        (6, 301, 1, ["wait-far"]),
        (20, 3600, 3, ["wait-far"]),
        (3, 0, 1, []),
        (3, 60, 0, []),
    ],
)
def test_the_expected_wait_is_talk_after_talk_shared_by_who_works(
    announced: Asterisk, console: Console, place: int, talk: int, working: int, told: list[str]
) -> None:
    values = {"AT": place, "QUEUETALKTIME": talk, "WORKING": working, "SAID": "x"}
    with console.steps() as steps:
        console.act(
            "Originate",
            Channel="Local/0@test-customers/n",
            ChannelId=(contact := f"asks-{place}-{talk}-{working}"),
            Context="expected",
            Exten="s",
            Priority="counted",
            Variable=",".join(f"{name}={value}" for name, value in values.items()),
            Async="true",
        )
        heard = "x"
        for step in steps:
            if step.unique == contact and step.application == "Return":
                break
            if step.unique == contact and step.data.startswith("SAID="):
                heard = step.data.removeprefix("SAID=")
    assert _names(heard)[1:] == told


async def test_an_agent_who_is_away_is_not_counted_as_working(
    announced: Asterisk, console: Console, dana: Phone, noa: Phone
) -> None:
    def scenario() -> tuple[str, str]:
        for extension in ("1101", "1102"):
            device = f"PJSIP/{extension}"
            console.act("QueueAdd", Queue=SALES, Interface=device, StateInterface=device, Paused="true")
        with console.told("Newexten") as told:
            call(console)
            nobody = _working(told)
            console.act("QueuePause", Queue=SALES, Interface="PJSIP/1102", Paused="false")
            _working(told)  # may have been counted before
            return nobody, _working(told)

    assert await asyncio.to_thread(scenario) == ("WORKING=0", "WORKING=1")


def _working(told: Told) -> str:
    """How many agents are counted next."""
    counted = ""
    for event in told:
        if event.get("Context") == "expected":
            if event["AppData"].startswith("WORKING="):
                counted = event["AppData"]
            if event["AppData"].endswith("?done"):
                break
    return counted
