"""What a call received, in the order in which it was said: a bounded store between packets and the ear.

pyVoIP's ``RTPPacketManager`` keeps every packet of a call, and two packets with wild timestamps made it
fill 382 MB. Here a timestamp only says where in a short store the sound belongs.
"""

from __future__ import annotations

import audioop
import threading
from typing import Final

from sip.audio.port import SAMPLE_BYTES

RATE: Final = 8_000
_MOST: Final = RATE * 4 // 10
"""Samples kept: a reader that is away for longer finds the newest."""
_LONGEST_GAP: Final = RATE * 2 // 10
"""Samples that lost packets may leave open; what comes later is another talk spurt and follows at once."""
_LATEST: Final = RATE
"""Samples that a packet may be late and still be known as late."""
_FADED: Final = 0.5
_WRAP: Final = 1 << 32


class Timeline:
    """16-bit samples by their RTP timestamps. One thread puts, another reads.

    It holds nothing back: how far behind the call is heard is the reader's choice (``Playout``). Lost
    packets are filled by what was heard last, at half its loudness; a late one still takes its place.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._samples = bytearray()
        self._first = 0
        """The timestamp of the first sample."""
        self._source: int | None = None

    def put(self, source: int, timestamp: int, pcm: bytes) -> None:
        """The samples of one packet of the stream ``source`` (SSRC)."""
        with self._lock:
            end = len(self._samples) // SAMPLE_BYTES
            at = (timestamp - self._first + _WRAP // 2) % _WRAP - _WRAP // 2
            if source != self._source or not -_LATEST <= at <= end + _LONGEST_GAP:
                # another stream, or another talk spurt: it follows what there is
                self._source, at = source, end
                self._first = (timestamp - end) % _WRAP
            if at < 0:
                return
            if at > end:
                self._fill(at - end)
            self._samples[at * SAMPLE_BYTES : at * SAMPLE_BYTES + len(pcm)] = pcm
            self._drop(len(self._samples) // SAMPLE_BYTES - _MOST)

    def buffered(self) -> int:
        """Samples that wait."""
        return len(self._samples) // SAMPLE_BYTES

    def take(self, frames: int) -> bytes:
        """At most ``frames`` samples."""
        with self._lock:
            taken = bytes(self._samples[: frames * SAMPLE_BYTES])
            self._drop(len(taken) // SAMPLE_BYTES)
        return taken

    def _drop(self, frames: int) -> None:
        if frames > 0:
            del self._samples[: frames * SAMPLE_BYTES]
            self._first = (self._first + frames) % _WRAP

    def _fill(self, frames: int) -> None:
        missing = frames * SAMPLE_BYTES
        heard = bytes(self._samples[-missing:])
        self._samples += audioop.mul(heard, SAMPLE_BYTES, _FADED).ljust(missing, b"\0")
