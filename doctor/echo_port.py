"""Ears and mouth of a call that listens for its own voice."""

from __future__ import annotations

import threading

from doctor import marker
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.silence_port import Pacer

_SETTLES = BLOCKS_PER_SECOND
"""Blocks before the marker: the jitter buffers on the way find their size first."""


class EchoPort:
    """An ``AudioPort`` that says the marker a second after the call began, and notes what comes back."""

    dead = False

    def __init__(self) -> None:
        self._pacer = Pacer()
        self._rate = 0
        self._number = 0
        self._heard: list[float] = []
        self._whole = threading.Event()

    def open(self, rate: int) -> str:
        """Begin anew."""
        self._pacer, self._rate = Pacer(), rate
        self._number, self._heard = -_SETTLES, []
        self._whole.clear()
        return ""

    def exchange(self, speaker: bytes) -> bytes:
        """Hear one block of the far end; say the next of the marker."""
        self._pacer.wait()
        if 0 <= self._number < marker.BLOCKS:
            self._heard.append(marker.strength(speaker, self._rate))
        elif self._number == marker.BLOCKS:
            self._whole.set()
        said = marker.block(self._number, self._rate)
        self._number += 1
        return said

    def stale(self) -> bool:
        """It never changes."""
        return False

    def close(self) -> None:
        """What was heard stays, for who asks."""

    def returned(self, within: float) -> marker.Returned | None:
        """The marker as it came back, once all was heard; None when it did not, or not in time."""
        if not self._whole.wait(within):
            return None
        return marker.find(self._heard)
