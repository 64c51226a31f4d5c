"""How much of a queue between two clocks is more, or less, than it needs. Pure: it counts blocks.

No two sound cards and no card and a computer run equally fast: some parts in a million apart, and a queue
between them grows or starves by that. What is still there at its emptiest was never needed: pure delay.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from sip.audio.port import BLOCKS_PER_SECOND

_WATCHED: Final = 2 * BLOCKS_PER_SECOND
"""Blocks before a little too much is acted on: only then is it sure."""
_TOO_LITTLE_WATCHED: Final = BLOCKS_PER_SECOND // 2
_FAR_TOO_MUCH_WATCHED: Final = BLOCKS_PER_SECOND // 10
_FAR_TOO_MUCH: Final = 3
"""Blocks beyond what it needs."""
_CALM: Final = 5 * BLOCKS_PER_SECOND


class Cushion:
    """Of a queue that should hold ``least`` samples at its emptiest, and may at most be let grow to ``most``.

    What gathered after it ran dry is what it had lacked, so that much is kept; less again in calm times. A
    quiet machine or line gets the shortest way; one that is late now and then keeps the sound whole.
    """

    def __init__(self, frames: int, least: int, most: int) -> None:
        self.target = self._least = least
        self._most = most
        self._frames = frames
        self._ran_dry = False
        self._calm = 0
        self.wanted = 0
        """Samples that are too many, or, below 0, too few."""
        self.restart()

    def restart(self) -> None:
        """Watch anew: the queue was changed."""
        self.wanted = 0
        self._watched = 0
        self._held: deque[int] = deque(maxlen=_WATCHED)

    def ran_dry(self) -> None:
        """The queue was empty when something of it was needed."""
        self.restart()
        self._ran_dry, self._calm = True, 0

    def see(self, held: int) -> None:
        """What the queue holds when it is emptiest within a block. Once a block."""
        self._held.append(held)
        self._calm += 1
        self._watched += 1
        if self._watched % _FAR_TOO_MUCH_WATCHED:
            return
        lately, emptiest = min(list(self._held)[-_FAR_TOO_MUCH_WATCHED:]), min(self._held)
        if lately > self.target + _FAR_TOO_MUCH * self._frames:
            self._conclude(lately)
        elif self._watched >= (_TOO_LITTLE_WATCHED if emptiest < self.target else _WATCHED):
            self._conclude(emptiest)

    def _conclude(self, emptiest: int) -> None:
        self._learn(emptiest)
        self.restart()
        self.wanted = self._beside(emptiest)

    def _learn(self, emptiest: int) -> None:
        if self._ran_dry:
            self._ran_dry = False
            self.target = max(self.target, min(emptiest, self._most))
        elif self._calm >= _CALM:
            self._calm = 0
            self.target = max(self._least, self.target - self._frames // 2)

    def _beside(self, emptiest: int) -> int:
        if emptiest > self.target + self._frames * 3 // 4:
            return emptiest - self.target
        if emptiest < self.target:
            return min(emptiest - self.target, -self._frames // 2)
        return 0
