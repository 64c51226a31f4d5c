"""Sums over 16-bit PCM in native byte order. Pure."""

from __future__ import annotations

import math
from array import array
from operator import mul

from sip.audio.port import SAMPLE_BYTES

SILENCE_DBFS = -96.0
_FULL_SCALE = 32768.0


def silence(frames: int) -> bytes:
    """So many mono samples of nothing."""
    return bytes(frames * SAMPLE_BYTES)


def to_mono(pcm: bytes, channels: int) -> bytes:
    """The first channel of interleaved ``pcm``: voice is the same in all."""
    if channels == 1:
        return pcm
    return array("h", pcm)[::channels].tobytes()


def from_mono(pcm: bytes, channels: int) -> bytes:
    """``pcm`` on every one of ``channels`` interleaved channels."""
    if channels == 1:
        return pcm
    mono = array("h", pcm)
    spread = array("h", bytes(len(pcm) * channels))
    for channel in range(channels):
        spread[channel::channels] = mono
    return spread.tobytes()


def resample(pcm: bytes, frames: int, before: bytes = b"") -> bytes:
    """``pcm`` stretched or shrunk to ``frames`` mono samples by linear interpolation.

    For files and for the rare call whose two directions differ in rate; no filter, so what lies above
    half the lower rate folds back. ``before`` is the sample before these, where there is one.
    """
    source = array("h", pcm)
    if len(source) == frames:
        return pcm
    if not source or frames <= 0:
        return silence(max(frames, 0))
    step = len(source) / frames
    first = step if before else 0.0
    source = array("h", before) + source
    source.append(source[-1])
    made = array("h")
    for number in range(frames):
        at = first + number * step
        left = int(at)
        made.append(round(source[left] + (source[left + 1] - source[left]) * (at - left)))
    return made.tobytes()


def level(pcm: bytes, every: int = 1) -> float:
    """Loudness in dBFS: RMS against a full-scale square wave, ``SILENCE_DBFS`` for silence and nothing.

    ``every``: how many samples one stands for, where it must be cheap.
    """
    samples = array("h", pcm)[::every]
    energy = sum(map(mul, samples, samples))
    if not energy:
        return SILENCE_DBFS
    return max(SILENCE_DBFS, 10 * math.log10(energy / len(samples)) - 20 * math.log10(_FULL_SCALE))


def tone(frequency: float, frames: int, rate: int, dbfs: float = -20.0) -> bytes:
    """A sine whose RMS is ``dbfs``, as mono samples."""
    peak = min(_FULL_SCALE - 1, _FULL_SCALE * 10 ** (dbfs / 20) * math.sqrt(2))
    turn = 2 * math.pi * frequency / rate
    return array("h", (round(peak * math.sin(turn * n)) for n in range(frames))).tobytes()
