"""Which of a process's threads are made real-time ones, and how often each of them is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip.audio import realtime


class Process:
    """Threads with names, as the kernel tells them, and a clock."""

    def __init__(self, tasks: Path) -> None:
        self.now = 100.0
        self.granted: list[int] = []
        self._tasks = tasks

    def thread(self, number: int, name: str) -> None:
        (self._tasks / str(number)).mkdir(exist_ok=True)
        (self._tasks / str(number) / "comm").write_text(f"{name}\n", "utf-8")

    def ends(self, number: int) -> None:
        (self._tasks / str(number) / "comm").unlink()
        (self._tasks / str(number)).rmdir()

    def hurried(self, threads: realtime.Threads) -> list[int]:
        self.granted.clear()
        threads.hurry()
        return sorted(self.granted)


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Process:
    made = Process(tmp_path)

    def grant(thread: int) -> bool:
        made.granted.append(thread)
        return True

    monkeypatch.setattr(realtime, "_TASKS", tmp_path)
    monkeypatch.setattr(realtime, "POSSIBLE", True)
    monkeypatch.setattr(realtime, "_grant", grant)
    return made


def test_threads_of_these_names_and_no_others(process: Process) -> None:
    threads = realtime.Threads("voice", "ear", clock=lambda: process.now)
    for number, name in enumerate(("python", "voice", "ear", "voices"), 1):
        process.thread(number, name)
    assert process.hurried(threads) == [2, 3]


def test_each_once_however_many_come_later(process: Process) -> None:
    threads = realtime.Threads("voice", clock=lambda: process.now)
    for number in range(1, 6):
        process.thread(number, "voice")
        assert process.hurried(threads) == [number]


def test_one_that_has_no_name_yet_is_looked_at_until_it_must_have_one(process: Process) -> None:
    threads = realtime.Threads("voice", clock=lambda: process.now)
    process.thread(1, "python")
    process.thread(2, "python")
    assert process.hurried(threads) == process.hurried(threads) == []
    process.thread(1, "voice")
    assert process.hurried(threads) == [1]
    process.now += 2
    assert process.hurried(threads) == []
    process.thread(2, "voice")
    assert process.hurried(threads) == []


def test_another_with_the_number_of_one_that_ended_is_a_new_one(process: Process) -> None:
    threads = realtime.Threads("voice", clock=lambda: process.now)
    process.thread(1, "voice")
    assert process.hurried(threads) == [1]
    process.ends(1)
    assert process.hurried(threads) == []
    process.thread(1, "voice")
    assert process.hurried(threads) == [1]


def test_looking_takes_a_small_part_of_the_time_however_often_it_is_asked(
    process: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads = realtime.Threads("voice", clock=lambda: process.now)
    grant = realtime._grant

    def slowly(thread: int) -> bool:
        process.now += 0.01
        return grant(thread)

    monkeypatch.setattr(realtime, "_grant", slowly)
    process.thread(1, "voice")
    assert process.hurried(threads) == [1]
    process.thread(2, "voice")
    process.now += 0.1
    assert process.hurried(threads) == []
    process.now += 0.2
    assert process.hurried(threads) == [2]
