"""How loud both directions are, ten times a second."""

from __future__ import annotations

from collections.abc import Callable

from sip.audio.samples import level

_BLOCKS = 10


class LevelMeter:
    """Gathers 10 ms blocks and tells the level of each tenth of a second in dBFS (RMS)."""

    def __init__(self, tell: Callable[[float, float], None]) -> None:
        self._tell = tell
        self._microphone: list[bytes] = []
        self._speaker: list[bytes] = []

    def add(self, microphone: bytes, speaker: bytes) -> None:
        """One block of each direction, as sent and as played."""
        self._microphone.append(microphone)
        self._speaker.append(speaker)
        if len(self._microphone) == _BLOCKS:
            self._tell(level(b"".join(self._microphone)), level(b"".join(self._speaker)))
            self._microphone.clear()
            self._speaker.clear()
