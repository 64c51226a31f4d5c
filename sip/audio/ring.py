"""The sound of a call that comes in, for the speaker of a phone that has one."""

from __future__ import annotations

from collections.abc import Callable

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence, tone

RING_RATE = 16_000
_BLOCK = RING_RATE // BLOCKS_PER_SECOND * SAMPLE_BYTES
_LOUDEST = -6.0
_DECIBELS_PER_CENT = 0.4


def usual_volume() -> int:
    """How loud it rings where nobody chose."""
    return 70


def ring_level(volume: int) -> float:
    """Loudness in dBFS of a ring at ``volume``, 1 to 100: even steps of it are even steps to the ear."""
    return _LOUDEST - (100 - volume) * _DECIBELS_PER_CENT


class Ring:
    """One ringing, from its first tone. ``volume``, 0 for silence to 100, is asked with each block."""

    def __init__(self, volume: Callable[[], int]) -> None:
        self._at = 0
        self._volume = volume
        self._made_for = volume()
        self._cycle = _cycle(self._made_for)

    def next_block(self) -> bytes:
        """The next 10 ms."""
        volume = self._volume()
        if volume != self._made_for:
            self._made_for, self._cycle = volume, _cycle(volume)
        block = self._cycle[self._at : self._at + _BLOCK]
        self._at = (self._at + _BLOCK) % len(self._cycle)
        return block


def _cycle(volume: int) -> bytes:
    """ITU-T E.180 supplement 2, Israel: 400 Hz, one second of tone, three of silence."""
    sound = tone(400, RING_RATE, RING_RATE, ring_level(volume)) if volume else silence(RING_RATE)
    return sound + silence(3 * RING_RATE)
