"""Plays: side by side as many as asked for, the same for the same seed, ended by the word, told to CI."""

from __future__ import annotations

import asyncio
import random
from asyncio import sleep
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bots import report
from bots import scenario as sc
from bots.errors import NotReady, StepFailed
from bots.history import History, Watch
from bots.player import Played
from bots.runner import Pace, Runner
from bots.scenario_file import ScenarioFile, read
from tests.stubs.junit import suite_of

CUSTOMER = """\
title = "Called \\u001b[31m"
[[actors]]
name = "ruth"
kind = "customer"
numbers = ["1", "2", "3", "4", "5", "6", "7", "8"]
[[steps]]
actor = "ruth"
do = "call"
number = "700"
[[steps]]
actor = "ruth"
do = "hang_up"
within = 60
"""
AGENT = CUSTOMER.replace(
    'kind = "customer"\nnumbers = ["1", "2", "3", "4", "5", "6", "7", "8"]', 'kind = "agent"'
)


WRITER = """\
title = "Written"
[[actors]]
name = "{name}"
kind = "whatsapp_customer"
numbers = ["{number}"]
[[steps]]
actor = "{name}"
do = "read"
"""
LEAVING = 20
"""Turns of the loop that it takes to leave: more than a run needs to end."""


class Stage:
    """Actors whose acts the test decides on, and how many were on it at once."""

    def __init__(self, act: Callable[[sc.Step, Watch], Any]) -> None:
        self.act = act
        self.here = self.most = self.left = 0
        self.drawn: list[float] = []
        self.refuses = False
        self.leave: Callable[[], None] = lambda: None
        self.leaving = asyncio.Event()

    def make(self, cast: sc.Actor, chance: random.Random) -> Stand:
        self.drawn.append(chance.random())
        return Stand(cast.name, self)


class Stand:
    def __init__(self, name: str, stage: Stage) -> None:
        self.name = name
        self.history = History()
        self._stage = stage

    async def open(self) -> None:
        self._stage.here += 1
        self._stage.most = max(self._stage.most, self._stage.here)
        if self._stage.refuses:
            raise NotReady("no registration")

    async def close(self) -> None:
        self._stage.leaving.set()
        for _ in range(LEAVING):
            await sleep(0)
        self._stage.here -= 1
        self._stage.left += 1
        self._stage.leave()

    async def perform(self, step: sc.Step, watch: Watch) -> None:
        self.history.add({"event": "step"})
        done = self._stage.act(step, watch)
        if done is not None:
            await done

    def state(self) -> dict[str, Any]:
        return {"calls": 1}


def file(directory: Path, text: str = CUSTOMER) -> ScenarioFile:
    path = directory / "one.toml"
    path.write_text(text, encoding="utf-8")
    return read(path)


async def run(
    stage: Stage, found: ScenarioFile, pace: Pace, stop: asyncio.Event | None = None
) -> list[Played]:
    over: list[Played] = []
    runner = Runner(stage.make, pace, lambda _told: None, over.append)
    played = await runner.run([found], stop or asyncio.Event())
    assert sorted(over, key=lambda one: one.number) == played, "each is told of once, when it is over"
    return played


async def test_as_many_at_once_as_asked_for_and_no_more(tmp_path: Path) -> None:
    stage = Stage(lambda _step, _watch: asyncio.sleep(0.001))
    played = await run(stage, file(tmp_path), Pace(times=20, at_once=5))
    assert [one.passed for one in played] == [True] * 20
    assert (stage.most, stage.left) == (5, 20)


async def test_one_agent_is_at_one_desk_at_a_time(tmp_path: Path) -> None:
    stage = Stage(lambda _step, _watch: asyncio.sleep(0.001))
    await run(stage, file(tmp_path, AGENT), Pace(times=5, at_once=5))
    assert stage.most == 1


@pytest.mark.parametrize(("second", "most"), [("noah", 1), ("ruth", 2)])
async def test_who_writes_is_one_of_that_name_at_a_time(tmp_path: Path, second: str, most: int) -> None:
    """By the name agents say to whom they write, whatever the number is."""
    stage = Stage(lambda _step, _watch: asyncio.sleep(0.001))
    runner = Runner(stage.make, Pace(at_once=2), lambda _told: None, lambda _played: None)
    found = [
        file(tmp_path, WRITER.format(name=name, number=number))
        for name, number in (("noah", "+972505550101"), (second, "+972505550102"))
    ]
    assert [one.passed for one in await runner.run(found, asyncio.Event())] == [True, True]
    assert stage.most == most


async def test_the_same_seed_makes_the_same_choices_and_any_play_can_be_had_again(tmp_path: Path) -> None:
    stages = [Stage(lambda _step, _watch: None) for _ in range(3)]
    found = file(tmp_path)
    first = await run(stages[0], found, Pace(times=4, seed=7))
    await run(stages[1], found, Pace(times=4, seed=7))
    assert stages[0].drawn == stages[1].drawn
    assert len(set(stages[0].drawn)) == 4
    await run(stages[2], found, Pace(seed=first[2].seed))
    assert stages[2].drawn == [stages[0].drawn[2]]


async def test_what_takes_too_long_fails_with_line_sight_and_evidence(tmp_path: Path) -> None:
    def act(step: sc.Step, watch: Watch) -> Any:
        watch.saw = "the call is ringing"
        return asyncio.Event().wait() if getattr(step, "do", "") == "hang_up" else None

    stage = Stage(act)
    (played,) = await run(stage, file(tmp_path, CUSTOMER.replace("60", "0.05")), Pace())
    assert played.failure is not None
    assert (played.failure.line, played.steps) == (10, 1)
    assert played.failure.words == "not within 0.05 s; the call is ringing"
    assert played.failure.evidence["ruth"]["state"] == {"calls": 1}
    assert len(played.failure.evidence["ruth"]["last"]) == 2
    assert stage.left == 1


async def test_who_does_not_come_on_fails_the_play_and_is_let_go(tmp_path: Path) -> None:
    stage = Stage(lambda _step, _watch: None)
    stage.refuses = True
    (played,) = await run(stage, file(tmp_path), Pace())
    assert played.failure is not None
    assert (played.failure.line, played.failure.words) == (0, "no registration")
    assert (stage.here, stage.left) == (0, 1)


@pytest.mark.parametrize("leaving", [False, True], ids=["acting", "leaving"])
async def test_what_fails_unexpectedly_ends_its_own_play_alone(
    tmp_path: Path, leaving: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk in one play of many: the others go on, and all are told to CI."""

    def full(*_given: Any) -> None:
        stage.act, stage.leave = nothing, nothing
        raise OSError(28, "No space left on device")

    def nothing(*_given: Any) -> None:
        pass

    stage = Stage(nothing if leaving else full)
    stage.leave = full if leaving else nothing
    first, second = await run(stage, file(tmp_path), Pace(times=2))
    assert first.failure is not None
    assert first.failure.words == "OSError: [Errno 28] No space left on device"
    assert first.failure.line == (10 if leaving else 6)
    assert first.failure.evidence["ruth"]["state"] == {"calls": 1}
    assert second.passed
    assert stage.here == 0
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert suite_of(report.junit([first, second])).get("failures") == "1"


async def test_a_stop_ends_what_goes_on_and_begins_nothing_more(tmp_path: Path) -> None:
    stop = asyncio.Event()

    def act(_step: sc.Step, _watch: Watch) -> Any:
        stop.set()
        return asyncio.Event().wait()

    stage = Stage(act)
    played = await run(stage, file(tmp_path, CUSTOMER.replace("60", "5")), Pace(times=9, at_once=2), stop)
    assert [one.interrupted for one in played] == [True, True]
    assert (stage.here, stage.left) == (0, 2)


@pytest.mark.parametrize("stopped", [False, True], ids=["over", "stopped"])
async def test_a_run_goes_on_until_all_have_left(tmp_path: Path, stopped: bool) -> None:
    """Who is stopped while they leave leaves all the same: what they opened is theirs to end."""
    stop = asyncio.Event()
    stage = Stage(lambda _step, _watch: None)
    running = asyncio.create_task(run(stage, file(tmp_path), Pace(times=2, at_once=2), stop))
    await stage.leaving.wait()
    if stopped:
        stop.set()
    await running
    assert (stage.here, stage.left) == (0, 2)


@pytest.mark.parametrize("right", [False, True], ids=["failed", "passed"])
async def test_what_is_over_before_the_stop_is_told_as_it_was(tmp_path: Path, right: bool) -> None:
    """Who sees a failure and presses Ctrl-C while agents still leave is told what they saw."""
    stop = asyncio.Event()

    def act(_step: sc.Step, _watch: Watch) -> None:
        if not right:
            raise StepFailed("busy")

    stage = Stage(act)
    running = asyncio.create_task(run(stage, file(tmp_path), Pace(), stop))
    await stage.leaving.wait()
    stop.set()
    (played,) = await running
    assert (played.passed, played.interrupted, stage.left) == (right, False, 1)
    assert (played.failure.words if played.failure else "") == ("" if right else "busy")


async def test_plays_begin_no_faster_than_asked_for(tmp_path: Path) -> None:
    stop = asyncio.Event()

    def act(step: sc.Step, _watch: Watch) -> Any:
        if getattr(step, "do", "") == "hang_up":
            stop.set()

    played = await run(Stage(act), file(tmp_path), Pace(times=3, at_once=3, rate=0.001), stop)
    assert [one.number for one in played] == [1]


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were to be waited; no time passes."""
    asked: list[float] = []

    async def sleep(seconds: float) -> None:
        asked.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return asked


async def test_the_rate_is_of_plays_a_second_and_the_first_begins_at_once(
    tmp_path: Path, waited: list[float]
) -> None:
    played = await run(Stage(lambda _step, _watch: None), file(tmp_path), Pace(times=3, at_once=3, rate=0.5))
    assert (len(played), waited) == (3, [0.0, 2.0, 4.0])


async def test_a_wait_between_two_times_is_drawn_by_the_seed(tmp_path: Path, waited: list[float]) -> None:
    wait = '[[steps]]\nactor = "ruth"\ndo = "wait"\nseconds = [2, 60]\n'
    found = file(tmp_path, CUSTOMER + wait)
    for seed in (7, 7, 8):
        await run(Stage(lambda _step, _watch: None), found, Pace(seed=seed))
    first, again, other = waited
    assert first == again != other
    assert all(2 < seconds < 60 for seconds in waited)


async def failed_and_passed(directory: Path) -> list[Played]:
    turns = iter((True, True, False))

    def act(_step: sc.Step, _watch: Watch) -> None:
        if not next(turns):
            raise StepFailed("busy \x1b[31m <&>")

    return await run(Stage(act), file(directory), Pace(times=2))


async def test_ci_reads_what_failed(tmp_path: Path) -> None:
    suite = suite_of(report.junit(await failed_and_passed(tmp_path)))
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("2", "1", "0")
    first, second = suite.findall("testcase")
    assert first.find("failure") is None
    failure = second.find("failure")
    assert failure is not None
    assert failure.get("message") == "line 6: ruth: call number=700: busy [31m <&>"
    assert '"calls": 1' in (failure.text or "")


async def test_the_table_tells_people_and_nothing_acts_on_their_terminal(tmp_path: Path) -> None:
    played = await failed_and_passed(tmp_path)
    lines = [*(line for one in played for line in report.rows(one)), report.total(played)]
    assert lines[0].startswith("passed")
    assert lines[1].startswith("FAILED")
    assert "one.toml:6: ruth: call number=700" in lines[2]
    assert '    ruth: {"calls": 1}' in lines
    assert lines[-2].endswith("step")
    assert lines[-1] == "2 played, 1 passed, 1 not"
    assert "\x1b" not in "".join(lines)
    assert [report.line_of(one)["result"] for one in await failed_and_passed(tmp_path)] == [
        "passed",
        "failed",
    ]
