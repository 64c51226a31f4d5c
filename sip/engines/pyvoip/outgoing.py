"""What a call is to send: a bounded store between the microphone and the packets' own clock."""

from __future__ import annotations

import threading
from typing import Final

from sip.audio.port import SAMPLE_BYTES
from sip.audio.samples import silence

FRAMES: Final = 160
"""Samples of a packet: 20 ms, 50 packets a second (RFC 3551 §4.2)."""
_MOST: Final = 10 * FRAMES


class Outgoing:
    """16-bit samples in order. One thread writes, another takes a packet every 20 ms.

    Where nothing is there a packet is silent. How far the writer is ahead is its own choice (``Sending``).
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples = bytearray()

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
                return silence(FRAMES)
            taken = bytes(self._samples[: FRAMES * SAMPLE_BYTES])
            del self._samples[: FRAMES * SAMPLE_BYTES]
        return taken
