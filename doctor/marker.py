"""A pattern of tone and silence that is found again in what comes back: how late, and how much weaker. Pure.

The pattern is a maximal-length sequence of 31 chips, unlike itself at every shift, so that one best place
is left even where an echo of the last chip meets the next.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import SILENCE_DBFS, silence, tone

HERTZ: Final = 1000.0
"""Every codec carries it, and a 10 ms block holds ten whole turns of it at any rate."""
PLAYED_DBFS: Final = -20.0
LONGEST_DELAY: Final = 100
"""Blocks; a way of more than a second is not looked for."""

_CHIP_BLOCKS = 5
_LEAST_CONTRAST = 6.0
_FULL_SCALE = 32_768.0


def _sequence() -> tuple[bool, ...]:
    """One period of the shift register x⁵ + x² + 1."""
    register, chips = 0b00001, []
    for _ in range(31):
        chips.append(bool(register & 1))
        feedback = (register ^ (register >> 2)) & 1
        register = (register >> 1) | (feedback << 4)
    return tuple(chips)


PATTERN: Final = tuple(chip for chip in _sequence() for _ in range(_CHIP_BLOCKS))
"""Whether each 10 ms block sounds."""

BLOCKS: Final = len(PATTERN) + LONGEST_DELAY
"""How long to listen from the pattern's first block on."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The pattern came back: so many milliseconds later (± 10), and so many dB weaker."""

    delay_ms: float
    weaker_db: float


def block(number: int, rate: int) -> bytes:
    """The pattern's block ``number``; silence before and after it."""
    frames = rate // BLOCKS_PER_SECOND
    sounds = 0 <= number < len(PATTERN) and PATTERN[number]
    return tone(HERTZ, frames, rate, PLAYED_DBFS) if sounds else silence(frames)


def strength(pcm: bytes, rate: int) -> float:
    """How loud ``HERTZ`` alone is in ``pcm``, as dBFS (RMS): one bin of the discrete Fourier transform."""
    samples = array("h", pcm)
    turn = 2 * math.pi * HERTZ / rate
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    amplitude = 2 * math.hypot(real, imaginary) / max(1, len(samples))
    return max(SILENCE_DBFS, 20 * math.log10(max(amplitude, 1e-9) / math.sqrt(2) / _FULL_SCALE))


def find(strengths: Sequence[float]) -> Returned | None:
    """Where the pattern is in the ``strengths`` of ``BLOCKS`` blocks, heard while it was played."""
    delay = max(range(LONGEST_DELAY), key=lambda late: _contrast(strengths, late))
    if _contrast(strengths, delay) < _LEAST_CONTRAST:
        return None
    sounding = [strengths[number + delay] for number in _steady() if PATTERN[number]]
    return Returned(1000.0 * delay / BLOCKS_PER_SECOND, PLAYED_DBFS - _mean(sounding))


def _contrast(strengths: Sequence[float], delay: int) -> float:
    """How many dB the blocks that should sound stand above those that should not."""
    at = strengths[delay : delay + len(PATTERN)]
    sounding = [level for level, sounds in zip(at, PATTERN, strict=False) if sounds]
    silent = [level for level, sounds in zip(at, PATTERN, strict=False) if not sounds]
    return _mean(sounding) - _mean(silent)


def _steady() -> list[int]:
    """Blocks that are like the one before, so that a delay of part of a block does not weaken them."""
    return [number for number, (before, now) in enumerate(pairwise(PATTERN), start=1) if before is now]


def _mean(levels: Sequence[float]) -> float:
    return sum(levels) / len(levels) if levels else SILENCE_DBFS
