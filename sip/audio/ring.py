"""The sound of a call that comes in, for the speaker of a phone that has one."""

from __future__ import annotations

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence, tone

RING_RATE = 16_000
_BLOCK = RING_RATE // BLOCKS_PER_SECOND * SAMPLE_BYTES
# ITU-T E.180 supplement 2, Israel: 400 Hz, one second of tone, three of silence
_CYCLE = tone(400, RING_RATE, RING_RATE, dbfs=-18.0) + silence(3 * RING_RATE)


class Ring:
    """One ringing, from its first tone."""

    def __init__(self) -> None:
        self._at = 0

    def next_block(self) -> bytes:
        """The next 10 ms."""
        block = _CYCLE[self._at : self._at + _BLOCK]
        self._at = (self._at + _BLOCK) % len(_CYCLE)
        return block
