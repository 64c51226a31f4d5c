"""How loud both directions are, five times a second: ten cost a twentieth of all that a call costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import level

PER_SECOND = 5
_BLOCKS = BLOCKS_PER_SECOND // PER_SECOND
_EVERY = 5
"""A meter needs no more of the samples; odd, so that no common tone hides between them."""


@dataclass(frozen=True, slots=True)
class Levels:
    """A fifth of a second in dBFS (RMS), as sent and as played.

    ``arrived``: the call had any sound in it. ``dead``: the microphone gave nothing but digital silence.
    """

    microphone: float
    speaker: float
    arrived: bool
    dead: bool = False


class LevelMeter:
    """Gathers 10 ms blocks and tells the levels of each fifth of a second."""

    def __init__(self, tell: Callable[[Levels], None]) -> None:
        self._tell = tell
        self._microphone: list[bytes] = []
        self._speaker: list[bytes] = []
        self._arrived = False
        self._dead = True

    def add(self, microphone: bytes, speaker: bytes, *, arrived: bool, dead: bool) -> None:
        """One block of each direction; ``arrived``: the one for the speaker came from the call.

        ``dead``: the microphone's was digital silence before it was treated or muted.
        """
        self._microphone.append(microphone)
        self._speaker.append(speaker)
        self._arrived |= arrived
        self._dead &= dead
        if len(self._microphone) == _BLOCKS:
            sent, played = b"".join(self._microphone), b"".join(self._speaker)
            self._tell(Levels(level(sent, _EVERY), level(played, _EVERY), self._arrived, self._dead))
            self._microphone.clear()
            self._speaker.clear()
            self._arrived, self._dead = False, True
