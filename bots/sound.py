"""How loud what was heard is, all of it and one tone in it, window by window (Goertzel's algorithm). Pure."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from statistics import median

from bots.scenario import SoundExpected

_FULL_SCALE = 32_768.0
SILENCE = -96.0
_WINDOWS = 10
"""A second: a whole number of periods of every tone that is a multiple of 100 Hz."""
_TONE_THERE = -45.0
_TONE_GONE = -55.0
_QUIET = -50.0
_BESIDE = 12.0
"""dB that all else may be louder by: a tone among others is still heard."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Mono samples at ``rate`` a second."""

    rate: int
    samples: array[int]

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return len(self.samples) / self.rate if self.rate else 0.0

    def windows(self) -> list[array[int]]:
        """In tenths of a second; what is left over at the end is not judged."""
        size = self.rate // _WINDOWS
        if not size:
            return []
        return [self.samples[at : at + size] for at in range(0, len(self.samples) - size + 1, size)]


def level(samples: array[int]) -> float:
    """Loudness in dBFS of a full-scale sine: all of it together."""
    mean = math.fsum(sample * sample for sample in samples) / max(1, len(samples))
    return _decibels(math.sqrt(2 * mean))


def tone_level(samples: array[int], rate: int, hertz: int) -> float:
    """Loudness in dBFS of a full-scale sine: one tone alone (G. Goertzel, 1958)."""
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return _decibels(2 * math.sqrt(max(0.0, power)) / max(1, len(samples)))


def _decibels(amplitude: float) -> float:
    return max(SILENCE, 20 * math.log10(max(amplitude, 1e-3) / _FULL_SCALE))


def judged(heard: Heard, expected: SoundExpected) -> tuple[bool, str]:
    """Whether it is as ``expected``, and what it is, in words."""
    windows = heard.windows()
    if len(windows) < round(expected.seconds * _WINDOWS):
        return False, f"{heard.seconds:.1f} s of sound came"
    loud = [level(window) for window in windows]
    told = f"{median(loud):.0f} dBFS in all"
    if expected.silence:
        return max(loud) <= _QUIET, told
    if expected.louder_than is not None:
        return median(loud) > expected.louder_than, told
    wanted = expected.tone or expected.without_tone or 0
    tones = [tone_level(window, heard.rate, wanted) for window in windows]
    told = f"{median(tones):.0f} dBFS of {wanted} Hz, {told}"
    if expected.without_tone is not None:
        return max(tones) <= _TONE_GONE, told
    return median(tones) > max(_TONE_THERE, median(loud) - _BESIDE), told
