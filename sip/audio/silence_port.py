"""Ears and mouth of nobody: for machines without sound, and for tests that need none."""

from __future__ import annotations

import time

from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import silence

_BLOCK = 1 / BLOCKS_PER_SECOND
_BEHIND = 0.2


class Pacer:
    """Lets one block through every 10 ms of the monotonic clock, without drift; or ``blocks`` of them
    together, every so many times 10 ms, where each waking counts.

    After a stall of more than 0.2 s (a suspended machine) it begins anew rather than rush.
    """

    def __init__(self, blocks: int = 1) -> None:
        self._every = blocks * _BLOCK
        self._next = time.monotonic()

    def wait(self) -> None:
        """Return when what comes next is due."""
        self._next += self._every
        ahead = self._next - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        elif ahead < -_BEHIND:
            self._next = time.monotonic()


class SilencePort:
    """An ``AudioPort`` that hears nothing and throws away what it plays; ``keeps_time`` unless others do."""

    dead = False

    def __init__(self, *, keeps_time: bool = True) -> None:
        self._keeps_time = keeps_time
        self._pacer = Pacer()
        self._block = b""

    def open(self, rate: int) -> str:
        """Begin to count time."""
        self._pacer = Pacer()
        self._block = silence(rate // BLOCKS_PER_SECOND)
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Ten milliseconds of silence."""
        del speaker
        if self._keeps_time:
            self._pacer.wait()
        return self._block

    def stale(self) -> bool:
        """It never changes."""
        return False

    def close(self) -> None:
        """Nothing to let go."""
