"""The port to ears and mouth: a duplex stream of 10 ms blocks that keeps its own time."""

from __future__ import annotations

from typing import Protocol

BLOCKS_PER_SECOND = 100
SAMPLE_BYTES = 2


class AudioUnavailable(Exception):
    """There is no sound through this port, or no more. ``str(error)`` says what and what to do."""


class AudioPort(Protocol):
    """Mono 16-bit PCM in native byte order. Used by one thread, which the port paces."""

    def open(self, rate: int) -> None:
        """Begin at ``rate`` samples a second. Raises ``AudioUnavailable``."""
        ...

    def exchange(self, speaker: bytes) -> bytes:
        """Play one block and return one from the microphone, both ``rate // 100`` samples.

        Blocks until the block's time has passed. Raises ``AudioUnavailable``.
        """
        ...

    def close(self) -> None:
        """Let microphone and speaker go; ``open`` may follow. Safe to call twice."""
        ...
