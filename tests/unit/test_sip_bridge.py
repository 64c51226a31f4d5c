"""The audio thread between a call's PCM and a port, over PCM in memory."""

from __future__ import annotations

import queue
import threading
from array import array
from collections.abc import Iterator

import pytest

from sip.audio.bridge import Bridge, PcmFormat, PcmInactive
from sip.audio.port import AudioUnavailable
from sip.audio.samples import SILENCE_DBFS, from_mono, level, resample, silence, to_mono, tone

RATE = 8_000
BLOCK = RATE // 100
LOUD = tone(440, BLOCK, RATE)


class MemoryPcm:
    """A call's PCM in memory: ``come`` is what the far end says, ``gone`` what it is told."""

    def __init__(self, channels: int = 1) -> None:
        self.form = PcmFormat(RATE, channels, RATE, channels)
        self.active = True
        self.gone: queue.Queue[bytes] = queue.Queue()
        self._come = bytearray()
        self._lock = threading.Lock()

    def come(self, pcm: bytes) -> None:
        with self._lock:
            self._come += pcm

    def format(self) -> PcmFormat:
        if not self.active:
            raise PcmInactive
        return self.form

    def waiting(self) -> int:
        if not self.active:
            raise PcmInactive
        with self._lock:
            return len(self._come)

    def read(self, most: int) -> bytes:
        with self._lock:
            taken = bytes(self._come[:most])
            del self._come[:most]
        return taken

    def write(self, pcm: bytes) -> None:
        if not self.active:
            raise PcmInactive
        self.gone.put(pcm)


class StepPort:
    """A port whose time passes when the test says so: one block for each ``step``."""

    def __init__(self, spoken: bytes = LOUD, *, fails: bool = False) -> None:
        self.heard: queue.Queue[bytes] = queue.Queue()
        self.opened: queue.Queue[int] = queue.Queue()
        self.is_open = threading.Event()
        self._spoken = spoken
        self._fails = fails
        self._turns = threading.Semaphore(0)

    def step(self, blocks: int = 1) -> list[bytes]:
        """Let blocks pass; what was played."""
        self._turns.release(blocks)
        return [self.heard.get(timeout=5) for _ in range(blocks)]

    def open(self, rate: int) -> None:
        if self._fails:
            raise AudioUnavailable("no headset: plug one in")
        self.opened.put(rate)
        self.is_open.set()

    def exchange(self, speaker: bytes) -> bytes:
        if not self._turns.acquire(timeout=0.05):
            return silence(BLOCK)
        self.heard.put(speaker)
        return self._spoken

    def close(self) -> None:
        self.is_open.clear()


class Case:
    def __init__(self, channels: int = 1, *, fails: bool = False) -> None:
        self.pcm = MemoryPcm(channels)
        self.port = StepPort(fails=fails)
        self.levels: queue.Queue[tuple[float, float]] = queue.Queue()
        self.faults: queue.Queue[str] = queue.Queue()
        self.bridge = Bridge(
            self.pcm,
            self.port,
            tell_levels=lambda microphone, speaker: self.levels.put((microphone, speaker)),
            tell_fault=self.faults.put,
        )

    def sent(self, wanted: bytes) -> bool:
        """Whether ``wanted`` is among the next blocks that reach the far end."""
        return any(self.pcm.gone.get(timeout=5) == wanted for _ in range(40))


@pytest.fixture
def case() -> Iterator[Case]:
    made = Case()
    made.bridge.start()
    made.port.opened.get(timeout=5)
    yield made
    made.bridge.close()
    assert not made.port.is_open.is_set()


def test_the_microphone_reaches_the_far_end(case: Case) -> None:
    case.port.step(3)
    assert case.sent(LOUD)


def test_a_muted_microphone_is_silence_on_the_line(case: Case) -> None:
    case.bridge.muted = True
    case.port.step(2)
    while case.pcm.gone.qsize():
        case.pcm.gone.get()
    case.port.step(5)
    blocks = [case.pcm.gone.get(timeout=5) for _ in range(5)]
    assert set(blocks) == {silence(BLOCK)}


def test_what_comes_is_played_in_order_once_a_little_has_come(case: Case) -> None:
    case.pcm.come(LOUD)
    assert case.port.step(2) == [silence(BLOCK)] * 2
    second = tone(600, BLOCK, RATE)
    case.pcm.come(second + LOUD)
    played = case.port.step(4)
    assert [block for block in played if block != silence(BLOCK)] == [LOUD, second, LOUD]


def test_a_backlog_is_dropped(case: Case) -> None:
    last = tone(900, BLOCK, RATE)
    case.pcm.come(LOUD * 50 + last * 3)
    played = [block for block in case.port.step(6) if block != silence(BLOCK)]
    assert played == [last] * 3


def test_levels_are_told(case: Case) -> None:
    case.port.step(30)
    microphones = [case.levels.get(timeout=5)[0] for _ in range(2)]
    assert max(microphones) == pytest.approx(-20, abs=4)


def test_a_call_that_is_renegotiated_goes_on(case: Case) -> None:
    case.pcm.active = False
    case.pcm.active = True
    case.port.step(3)
    assert case.sent(LOUD)


def test_both_channels_carry_the_voice() -> None:
    case = Case(channels=2)
    case.bridge.start()
    case.port.step(3)
    assert case.sent(from_mono(LOUD, 2))
    case.bridge.close()


def test_a_machine_without_sound_is_told_and_the_call_goes_on() -> None:
    case = Case(fails=True)
    case.bridge.start()
    assert "headset" in case.faults.get(timeout=5)
    assert case.pcm.gone.get(timeout=5) == silence(BLOCK)
    case.bridge.close()


def test_sums_over_samples() -> None:
    assert level(silence(80)) == SILENCE_DBFS
    assert level(b"") == SILENCE_DBFS
    assert level(tone(440, 8000, 8000, -20)) == pytest.approx(-20, abs=0.1)
    stereo = from_mono(LOUD, 2)
    assert to_mono(stereo, 2) == LOUD
    assert len(resample(LOUD, 160)) == 320
    assert level(resample(LOUD, 160)) == pytest.approx(level(LOUD), abs=0.5)
    assert array("h", resample(b"", 3)).tolist() == [0, 0, 0]
