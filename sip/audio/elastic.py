"""Sound between two clocks: a little longer or shorter by turns, and gone on with where it is missing."""

from __future__ import annotations

from array import array
from typing import Final

from sip.audio.cushion import Cushion
from sip.audio.periods import LONGEST, SHORTEST, Samples, compared, faded, nearest_likeness
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence

_LIKE: Final = 0.7
"""A likeness below this would be heard as a seam: a better place is waited for."""
_PATIENCE: Final = 3
"""Blocks beside the target at which any place will do."""
_FADE: Final = 0.003
"""Seconds from one period to the other."""
_WHOLE: Final = 0.02
_GONE: Final = 0.06
"""Seconds that what is missing is gone on with at full strength, and until nothing is left of it: a vowel
that goes on for longer is heard as a robot's."""


class Elastic:
    """Takes blocks of 10 ms and gives back as much, or a period of the voice more or less of it.

    ``cushion`` says when; ``add`` chooses a place where it is not heard. What was added is remembered, so
    that ``go_on`` can make up what is missing.
    """

    def __init__(self, rate: int, cushion: Cushion) -> None:
        self.cushion = cushion
        self._rate = rate
        self._frames = rate // BLOCKS_PER_SECOND
        self._fade = round(_FADE * rate)
        self._shortest, self._longest = round(SHORTEST * rate), round(LONGEST * rate)
        self._kept = self._longest + compared(rate)
        self._past = silence(self._kept)
        self._held = b""
        self._period: Samples = array("h")
        self._made_up = 0
        """Samples that were gone on with since sound was last there."""

    def add(self, block: bytes) -> bytes:
        """The block, longer or shorter where the cushion wants it; nothing where it is held for the next."""
        if self._made_up:
            block = self._rejoined(block)
        wanted = self.cushion.wanted
        if wanted >= self._shortest and not self._held:
            self._held = block  # what is cut is longer than a block
            return b""
        block, self._held = self._held + block, b""
        if abs(wanted) >= self._shortest:
            block = self._changed(block, wanted)
        self._remember(block)
        return block

    def go_on(self) -> bytes:
        """A block for one that is missing: the last period again and again, softer and softer."""
        if self._held:
            block, self._held = self._held, b""
        else:
            block = self._continued(self._frames).tobytes()
            self._made_up += self._frames
        self._remember(block)
        return block

    def _remember(self, block: bytes) -> None:
        self._past = (self._past + block)[-self._kept * SAMPLE_BYTES :]

    def _changed(self, block: bytes, wanted: int) -> bytes:
        """``block`` without a period, or with one more; as it is where that would be heard."""
        if len(block) < self._frames * SAMPLE_BYTES:
            return block  # the stream is just being replaced
        sound, at = array("h", self._past + block), self._kept
        sign = 1 if wanted > 0 else -1
        room = len(sound) - at - compared(self._rate) if sign > 0 else at
        longest = min(abs(wanted), self._longest, room)
        if longest < self._shortest:
            return block
        found = nearest_likeness(sound, at, self._rate, self._shortest, longest, sign)
        if found.score < _LIKE and abs(wanted) < _PATIENCE * self._frames:
            return block
        there = at + sign * found.distance
        seam = faded(sound[at : at + self._fade], sound[there : there + self._fade])
        self.cushion.restart()
        return (seam + sound[there + self._fade :]).tobytes()

    def _continued(self, frames: int) -> Samples:
        """The next samples of what is gone on with."""
        if not self._made_up:
            past = array("h", self._past)
            at = len(past) - compared(self._rate)
            found = nearest_likeness(past, at, self._rate, self._shortest, self._longest, -1)
            self._period = past[-found.distance :]
        whole, gone = round(_WHOLE * self._rate), round(_GONE * self._rate)
        at = self._made_up % len(self._period)
        again = (self._period * (2 + frames // len(self._period)))[at : at + frames]
        if self._made_up + frames <= whole:
            return again  # most gaps are this short
        left = range(gone - self._made_up, gone - self._made_up - frames, -1)
        return array(
            "h",
            (
                round(sample * max(0.0, min(1.0, n / (gone - whole))))
                for sample, n in zip(again, left, strict=True)
            ),
        )

    def _rejoined(self, block: bytes) -> bytes:
        """From what was made up to what is there again."""
        sound = array("h", block)
        fade = min(self._fade, len(sound))
        seam = faded(self._continued(fade), sound[:fade])
        self._made_up = 0
        return (seam + sound[fade:]).tobytes()
