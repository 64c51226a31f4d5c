"""What a call is to send: a bounded store between the microphone and the packets' own clock."""

from __future__ import annotations

import threading
from typing import Final

from sip.audio.port import SAMPLE_BYTES
from sip.audio.samples import silence

FRAMES: Final = 160
"""Samples of a packet: 20 ms, 50 packets a second (RFC 3551 §4.2)."""
_MOST: Final = 10 * FRAMES
_WATCHED: Final = 25
"""Packets, half a second, whose least fill is pure delay."""
_STEP: Final = FRAMES // 2


class Outgoing:
    """16-bit samples in order. One thread writes, another takes a packet every 20 ms.

    The two clocks differ. Where nothing is there a packet is silent; what no packet of the last half second
    needed is dropped, 10 ms at a time, so that delay does not gather.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples = bytearray()
        self._least = _MOST
        self._watched = 0

    def write(self, pcm: bytes) -> None:
        """Append samples; the oldest give way when nobody takes them."""
        with self._lock:
            self._samples += pcm
            del self._samples[: max(0, len(self._samples) - _MOST * SAMPLE_BYTES)]

    def waiting(self) -> int:
        """Samples not yet taken."""
        return len(self._samples) // SAMPLE_BYTES

    def take(self) -> bytes:
        """The next packet's samples. Less than a packet stays for the next one."""
        with self._lock:
            if self.waiting() < FRAMES:
                self._least, self._watched = _MOST, 0
                return silence(FRAMES)
            taken = bytes(self._samples[: FRAMES * SAMPLE_BYTES])
            del self._samples[: FRAMES * SAMPLE_BYTES]
            self._trim()
        return taken

    def _trim(self) -> None:
        self._least = min(self._least, self.waiting())
        self._watched += 1
        if self._watched >= _WATCHED:
            if self._least >= FRAMES:
                del self._samples[: _STEP * SAMPLE_BYTES]
            self._least, self._watched = _MOST, 0
