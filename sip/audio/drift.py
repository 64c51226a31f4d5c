"""Keeps a queue between two clocks at the length it should have. Pure: it counts blocks, not seconds.

No two sound cards and no card and a computer run equally fast: some parts in a million apart, and a queue
between them grows or starves by that. Taking a little more or less for each block holds it, and a change of
at most one in two thousand is not heard.
"""

from __future__ import annotations

from typing import Final

from sip.audio.port import BLOCKS_PER_SECOND

_SMOOTHED_BLOCKS: Final = BLOCKS_PER_SECOND // 2
"""Over which the fill is averaged: packets come and go 20 ms at a time."""
_MENDED_BLOCKS: Final = 3 * BLOCKS_PER_SECOND
"""In which a wrong fill is put right; in one second, what bending adds to a tone can be heard."""
_LEARNED_BLOCKS: Final = 10 * BLOCKS_PER_SECOND
"""In which the difference of the clocks is learned, so that it needs no wrong fill to be made up for."""
_LUMPS_BLOCKS: Final = BLOCKS_PER_SECOND
"""In which it is seen how the packets fall, which come and go 20 ms at a time."""
_MOST_CHANGE: Final = 0.000_5
"""Of all samples: two sound cards differ by less. What jumps is left to ``Cushion``: bending it away at one
in a hundred was heard, 13 dB below a tone."""
_LEFT_ALONE: Final = 0.5
"""Blocks beside the target that are no drift yet: packets and devices come and go by more."""
_MOST_MORE: Final = 3
_CALM_BLOCKS: Final = 5 * BLOCKS_PER_SECOND


class Cushion:
    """How much a queue should hold, in samples: a block more each time it ran dry, less again in calm times.

    A machine that is idle gets the shortest way; one that is late now and then keeps the sound whole.
    """

    def __init__(self, least: float, frames: int, most: float | None = None) -> None:
        self.target = self._least = least
        self._most = least + _MOST_MORE * frames if most is None else max(least, most)
        self._frames = frames
        self._calm = 0

    def ran_dry(self) -> None:
        """The queue was empty when it was needed."""
        self.target = min(self._most, self.target + self._frames)
        self._calm = 0

    def held(self) -> None:
        """One block more went well."""
        self._calm += 1
        if self._calm >= _CALM_BLOCKS:
            self.target = max(self._least, self.target - self._frames / 2)
            self._calm = 0


class Drift:
    """A controller with a proportional and an integral part, to what ``cushion`` wants."""

    def __init__(self, cushion: Cushion, frames: int) -> None:
        self._cushion = cushion
        self._frames = frames
        self._learned = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin anew with a queue that was just filled to the target, between the same clocks."""
        self._mean, self._owed = self._cushion.target, 0.0
        self._seen, self._sum, self._lumps = 0, 0.0, 0.0

    def take(self, fill: float) -> int:
        """How many samples to take from a queue that holds ``fill``, in place of one block."""
        self._mean += (fill - self._mean) / _SMOOTHED_BLOCKS
        most = _MOST_CHANGE * self._frames
        mended = self._beside() / _MENDED_BLOCKS if self._used_to_lumps(fill) else 0.0
        self._learned = max(-most, min(most, self._learned + mended / _LEARNED_BLOCKS))
        self._owed += max(-most, min(most, mended + self._learned))
        whole = int(self._owed)
        self._owed -= whole
        return self._frames + whole

    def _used_to_lumps(self, fill: float) -> bool:
        """Whether the fill was watched for a second: what it is then above the target is how packets fall.

        Mending that would bend a talk's first seconds for nothing, and be heard.
        """
        if self._seen < _LUMPS_BLOCKS:
            self._seen += 1
            self._sum += fill - self._cushion.target
            if self._seen == _LUMPS_BLOCKS:
                self._lumps = max(0.0, min(self._frames, self._sum / _LUMPS_BLOCKS))
                self._mean = self._cushion.target + self._lumps
        return self._seen == _LUMPS_BLOCKS

    def _beside(self) -> float:
        """How far the fill is off, beyond what is left alone."""
        beside, left_alone = self._mean - self._cushion.target - self._lumps, _LEFT_ALONE * self._frames
        return beside - max(-left_alone, min(left_alone, beside))
