"""Periods of a voice: sound that is cut, repeated or gone on with by whole periods has no seam. Pure.

Two places of a voice that are a period apart look alike, so that from one it can go on at the other. This is
how jitter buffers bend time (waveform similarity overlap-add, Verhelst and Roelands 1993) and how G.711 hides
what was lost (ITU-T G.711 Appendix I).
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import TypeAlias

Samples: TypeAlias = "array[int]"

SHORTEST, LONGEST = 0.0025, 0.015
"""Seconds of a period: voices are between 66 and 400 Hz, the high ones taken twice or thrice."""
_COMPARED = 0.008
_COARSE_RATE = 4_000
_QUIET = 100.0
"""RMS of 16-bit samples, −50 dBFS: what is softer than this may be cut anywhere."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """The distance, in samples, at which sound is most like itself, and how much: 1 is the same."""

    distance: int
    score: float


def compared(rate: int) -> int:
    """How many samples are compared at ``rate``."""
    return round(_COMPARED * rate)


def nearest_likeness(sound: Samples, at: int, rate: int, shortest: int, longest: int, sign: int) -> Likeness:
    """What is most like ``sound`` from ``at`` on: ``shortest`` to ``longest`` samples after it, or before.

    ``sign`` is 1 for after and −1 for before; all that is compared must lie within ``sound``. First looked
    for at 4 kHz, then more and more finely around what was found: that was nearly all that a bad line cost.
    """
    step = max(1, rate // _COARSE_RATE)
    size = compared(rate)
    found = _best(sound, at, size, range(shortest, longest + 1, step), sign, step)
    while step > 1:
        finer = step // 2
        least = max(shortest, found.distance - step + finer)
        most = min(longest, found.distance + step - finer)
        found, step = _best(sound, at, size, range(least, most + 1, finer), sign, finer), finer
    return found


def _best(sound: Samples, at: int, size: int, distances: range, sign: int, step: int) -> Likeness:
    """Of ``distances``, which are ``step`` apart, looking at each ``step``-th sample."""
    here = sound[at : at + size : step]
    energy = sum(map(mul, here, here))
    quiet = energy <= _QUIET**2 * len(here)
    best = Likeness(distances[-1] if distances else 0, 1.0 if quiet else -1.0)
    if quiet or not distances:
        return best
    first, last = sorted((at + sign * distances[0], at + sign * distances[-1]))
    line = sound[first : last + size : step]
    energies = tuple(accumulate(map(mul, line, line), initial=0))
    for distance in reversed(distances):
        begin = (at + sign * distance - first) // step
        of_there = energies[begin + len(here)] - energies[begin]
        if not of_there:
            continue
        score = sum(map(mul, here, line[begin : begin + len(here)])) / math.sqrt(energy * of_there)
        if score > best.score:
            best = Likeness(distance, score)
    return best


def faded(old: Samples, new: Samples) -> Samples:
    """From ``old`` to ``new``, which are equally long."""
    step = 1 / (len(old) + 1)
    return array(
        "h",
        (
            round(before + (after - before) * step * n)
            for n, (before, after) in enumerate(zip(old, new, strict=True), 1)
        ),
    )
