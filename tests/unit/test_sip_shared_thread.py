"""The sound of many bridges in one thread, which keeps the time of their ports."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest

from sip.audio.bridge import Bridge, Scene
from sip.audio.port import AudioUnavailable
from sip.audio.shared_thread import SharedThread
from tests.stubs.pcm import LOUD, QUIET, MemoryPcm


class TalkingPort:
    """An ``AudioPort`` that never waits and says the same all the time; ``threads`` tells who used it."""

    dead = False

    def __init__(self, fault: str = "") -> None:
        self.threads: queue.Queue[threading.Thread] = queue.Queue()
        self.closed = threading.Event()
        self._fault = fault

    def open(self, _rate: int) -> str:
        if self._fault:
            raise AudioUnavailable(self._fault)
        return ""

    def exchange(self, _speaker: bytes) -> bytes:
        self.threads.put(threading.current_thread())
        return LOUD

    def stale(self) -> bool:
        return False

    def close(self) -> None:
        self.closed.set()


class Bot:
    """A call with a port of its own in the thread that all share."""

    def __init__(self, shared: SharedThread, fault: str = "") -> None:
        self.call, self.port = MemoryPcm(), TalkingPort(fault)
        self.bridge = Bridge(lambda *_levels: None, lambda _fault: None, lambda: None, shared)
        self.bridge.show(Scene(self.port, self.call))


@pytest.fixture
def shared() -> SharedThread:
    return SharedThread()


@pytest.fixture
def bots(shared: SharedThread) -> Iterator[list[Bot]]:
    made = [Bot(shared) for _ in range(20)]
    yield made
    for bot in made:
        bot.bridge.close()


def test_all_are_heard_and_one_thread_plays_them(bots: list[Bot]) -> None:
    assert all(bot.call.sends(LOUD) for bot in bots)
    assert len({bot.port.threads.get(timeout=5) for bot in bots}) == 1


def test_one_that_ends_lets_its_port_go_and_the_others_go_on(bots: list[Bot]) -> None:
    assert bots[0].call.sends(LOUD)
    bots[0].bridge.close()
    assert bots[0].port.closed.is_set()
    while bots[1].call.gone.qsize():
        bots[1].call.gone.get()
    assert bots[1].call.sends(LOUD)


def test_one_that_has_nothing_to_play_holds_nobody_up(bots: list[Bot], shared: SharedThread) -> None:
    assert bots[0].call.sends(LOUD)
    bots[0].bridge.show(None)
    assert bots[0].port.closed.wait(5)
    broken = Bot(shared, "no headset")
    while bots[1].call.gone.qsize():
        bots[1].call.gone.get()
    assert bots[1].call.sends(LOUD)
    broken.bridge.close()


def test_the_thread_ends_with_the_last_and_begins_anew(shared: SharedThread) -> None:
    first = Bot(shared)
    thread = first.port.threads.get(timeout=5)
    first.bridge.close()
    thread.join(5)
    assert not thread.is_alive()
    second = Bot(shared)
    assert second.port.threads.get(timeout=5) is not thread
    assert second.call.sends(LOUD)
    second.bridge.close()


class ByHand(SharedThread):
    """Sound that goes on when the test says so."""

    def play(self, sound: Iterator[None]) -> None:
        self.sound = sound


def test_what_is_muted_while_a_block_is_heard_does_not_get_out() -> None:
    shared = ByHand()
    bot = Bot(shared)
    next(shared.sound)
    bot.bridge.show(Scene(bot.port, bot.call, muted=True))
    next(shared.sound)
    assert [bot.call.gone.get_nowait() for _ in range(bot.call.gone.qsize())] == [QUIET]
