"""A bot's ears and mouth: a tone that can be changed in the talk, and the last half minute that was heard."""

from __future__ import annotations

import math
import threading
from array import array
from collections import deque

from bots.sound import Heard
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import silence

_LOUDNESS = 0.3 * 32767
_KEPT = 30 * BLOCKS_PER_SECOND


class TonePort:
    """An ``AudioPort``, the same for all calls of one bot, for a ``SharedThread``, which keeps its time.

    ``tone`` is in Hz, 0 for silence.
    """

    dead = False

    def __init__(self, tone: int) -> None:
        self._tone = tone
        self._rate = 0
        self._block = b""
        self._blocks: deque[bytes] = deque(maxlen=_KEPT)
        self._count = 0
        self._guard = threading.Lock()

    def say(self, tone: int) -> None:
        """Say another tone from the next block on."""
        self._tone = tone
        self._block = one_block(tone, self._rate) if self._rate else b""

    def open(self, rate: int) -> str:
        """Begin; what was heard at another rate is forgotten."""
        with self._guard:
            if rate != self._rate:
                self._blocks.clear()
        self._rate = rate
        self._block = one_block(self._tone, rate)
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Keep 10 ms and say 10 ms."""
        with self._guard:
            self._blocks.append(speaker)
            self._count += 1
        return self._block

    def stale(self) -> bool:
        """It never changes."""
        return False

    def close(self) -> None:
        """What was heard stays."""

    # What a scenario asks

    def mark(self) -> int:
        """A moment in what is heard: now."""
        return self._count

    def since(self, mark: int, seconds: float) -> Heard:
        """The last ``seconds`` of what was heard after ``mark``, or as much as there is."""
        with self._guard:
            new = min(self._count - mark, len(self._blocks), round(seconds * BLOCKS_PER_SECOND))
            blocks = list(self._blocks)[len(self._blocks) - new :] if new > 0 else []
        return Heard(self._rate, array("h", b"".join(blocks)))


def one_block(tone: int, rate: int) -> bytes:
    """10 ms of ``tone``, which goes on in the next block without a click: it is a multiple of 100 Hz."""
    frames = rate // BLOCKS_PER_SECOND
    if not tone:
        return silence(frames)
    turn = 2 * math.pi * tone / rate
    return array("h", (round(_LOUDNESS * math.sin(turn * at)) for at in range(frames))).tobytes()
