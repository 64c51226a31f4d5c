"""A call's sound and a headset in memory, for the audio thread: time passes as a test says."""

from __future__ import annotations

import queue
import threading

from sip.audio.port import SAMPLE_BYTES, AudioUnavailable, Unplugged
from sip.audio.samples import silence, tone

RATE = 8_000
BLOCK = RATE // 100
LOUD = tone(440, BLOCK, RATE)
QUIET = silence(BLOCK)


class MemoryPcm:
    """``sip.audio.playout.CallPcm``: ``come`` is what the far end says, ``gone`` what it is told."""

    def __init__(self, rate: int = RATE) -> None:
        self.running = rate
        self.gone: queue.Queue[bytes] = queue.Queue()
        self.backlog = BLOCK
        """Samples that the call still has to send."""
        self._come = bytearray()
        self._lock = threading.Lock()

    def come(self, pcm: bytes) -> None:
        with self._lock:
            self._come += pcm

    def rate(self) -> int:
        return self.running

    def buffered(self) -> int:
        with self._lock:
            return len(self._come) // SAMPLE_BYTES

    def read(self, frames: int) -> bytes:
        with self._lock:
            taken = bytes(self._come[: frames * SAMPLE_BYTES])
            del self._come[: frames * SAMPLE_BYTES]
        return taken

    def unsent(self) -> int:
        return self.backlog

    def write(self, pcm: bytes) -> None:
        self.gone.put(pcm)

    def sends(self, wanted: bytes) -> bool:
        """Whether ``wanted`` is among the next blocks that reach the far end."""
        return any(self.gone.get(timeout=5) == wanted for _ in range(40))


class StepPort:
    """An ``AudioPort`` whose time passes one block for each ``step``; ``opened`` gets each rate."""

    dead = False

    def __init__(self, spoken: bytes = LOUD) -> None:
        self.opened: queue.Queue[int] = queue.Queue()
        self.closed = threading.Event()
        self.broken = threading.Event()
        self.unplugged = threading.Event()
        self.changed = threading.Event()
        self.remark = ""
        self._spoken = spoken
        self._played: queue.Queue[bytes] = queue.Queue()
        self._turns = threading.Semaphore(0)

    def step(self, blocks: int = 1) -> list[bytes]:
        """Let blocks pass; what was played."""
        self._turns.release(blocks)
        return [self._played.get(timeout=5) for _ in range(blocks)]

    def open(self, rate: int) -> str:
        self.changed.clear()
        if self.broken.is_set():
            raise AudioUnavailable("no headset: plug one in")
        self.closed.clear()
        self.opened.put(rate)
        return self.remark

    def exchange(self, speaker: bytes) -> bytes:
        if self.broken.is_set():
            raise AudioUnavailable("the headset is gone: plug it in")
        if self.unplugged.is_set():
            self.unplugged.clear()
            raise Unplugged("Headset")
        if not self._turns.acquire(timeout=0.02):
            return QUIET
        self._played.put(speaker)
        return self._spoken

    def stale(self) -> bool:
        return self.changed.is_set()

    def close(self) -> None:
        self.closed.set()
