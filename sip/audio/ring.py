"""The sound of a call that comes in, for the speaker of a phone that has one."""

from __future__ import annotations

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence, tone

RING_RATE = 16_000
_BLOCK = RING_RATE // BLOCKS_PER_SECOND * SAMPLE_BYTES
_LOUDEST = -6.0
_DECIBELS_PER_CENT = 0.4


def ring_level(volume: int) -> float:
    """Loudness in dBFS of a ring at ``volume``, 1 to 100: even steps of it are even steps to the ear."""
    return _LOUDEST - (100 - volume) * _DECIBELS_PER_CENT


class Ring:
    """One ringing, from its first tone, at ``volume`` from 0, which is silent, to 100."""

    def __init__(self, volume: int) -> None:
        self._at = 0
        # ITU-T E.180 supplement 2, Israel: 400 Hz, one second of tone, three of silence
        sound = tone(400, RING_RATE, RING_RATE, ring_level(volume)) if volume else silence(RING_RATE)
        self._cycle = sound + silence(3 * RING_RATE)

    def next_block(self) -> bytes:
        """The next 10 ms."""
        block = self._cycle[self._at : self._at + _BLOCK]
        self._at = (self._at + _BLOCK) % len(self._cycle)
        return block
