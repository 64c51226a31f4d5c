"""The port to ears and mouth: a duplex stream of 10 ms blocks that keeps its own time."""

from __future__ import annotations

from typing import Protocol

BLOCKS_PER_SECOND = 100
SAMPLE_BYTES = 2


class AudioUnavailable(Exception):
    """There is no sound through this port, or no more. ``str(error)`` says what and what to do."""


class Unplugged(AudioUnavailable):
    """A device that was in use is gone. ``str(error)`` is its name."""


class AudioPort(Protocol):
    """Mono 16-bit PCM in native byte order. Used by one thread, which the port paces."""

    @property
    def dead(self) -> bool:
        """Whether the microphone's last block was digital silence, before anything was done to it.

        A microphone that is there has noise. False where there is none to judge.
        """
        ...

    def open(self, rate: int) -> str:
        """Begin at ``rate`` samples a second. What is told is a remark for the agent, empty when all is well.

        Raises ``AudioUnavailable``.
        """
        ...

    def exchange(self, speaker: bytes) -> bytes:
        """Play one block and return one from the microphone, both ``rate // 100`` samples.

        Blocks until the block's time has passed, unless a ``SharedThread`` keeps the time. Raises
        ``AudioUnavailable``, and ``Unplugged``.
        """
        ...

    def stale(self) -> bool:
        """Whether opening it again would give something else than it is now, or than failed to open."""
        ...

    def close(self) -> None:
        """Let microphone and speaker go; ``open`` may follow. Safe to call twice."""
        ...
