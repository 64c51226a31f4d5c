"""Between a call's sound and a port's clock: small buffers that neither run dry nor grow.

The two clocks differ by some parts in a million, packets come 20 ms at a time, and a reader that comes late
finds all that waited for it. Delay is what people notice, so whatever is more than the target is dropped.
"""

from __future__ import annotations

from typing import Protocol

from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence

_TARGET_BLOCKS = 4
_SLACK_BLOCKS = 2
_WATCHED_BLOCKS = 50
_MOST_UNSENT_BLOCKS = 10


class CallPcm(Protocol):
    """One call's decoded sound, mono 16-bit in native byte order; never blocks, used by one thread.

    Sound that is not there (before the answer, after the end, while renegotiated) reads as nothing and
    swallows what is written.
    """

    def rate(self) -> int:
        """Samples a second, both ways; 0 while the call has no sound."""
        ...

    def buffered(self) -> int:
        """Samples that wait to be read."""
        ...

    def read(self, frames: int) -> bytes:
        """At most ``frames`` samples."""
        ...

    def unsent(self) -> int:
        """Samples written and not yet sent."""
        ...

    def write(self, pcm: bytes) -> None:
        """Send samples."""
        ...


class Playout:
    """The receiving side: one full block at a time, about 40 ms behind the call."""

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = rate // BLOCKS_PER_SECOND
        self.arrived = False
        """Whether the last block held any sound of the call, be it silence that was sent."""
        self.gaps = 0
        """How often the call had less than a block once sound had begun."""
        self._primed = False
        self._least = self._blocks()
        self._watched = 0

    def next_block(self) -> bytes:
        """The next 10 ms for the speaker; silence until enough has gathered, and where the call has gaps."""
        if not self._primed:
            if self._blocks() < _TARGET_BLOCKS:
                self.arrived = False
                return silence(self._frames)
            self._primed = True
            # what waited before anybody listened is past
            self._drain(_TARGET_BLOCKS)
        self._trim()
        block = self._call.read(self._frames)
        self.arrived = bool(block)
        if len(block) < self._frames * SAMPLE_BYTES:
            self.gaps += 1
            self._primed = False
        return block.ljust(self._frames * SAMPLE_BYTES, b"\0")

    def _trim(self) -> None:
        # the least fill of half a second is pure delay: nothing ever needed it
        self._least = min(self._least, self._blocks())
        self._watched += 1
        if self._watched < _WATCHED_BLOCKS:
            return
        if self._least > _TARGET_BLOCKS + _SLACK_BLOCKS:
            self._drain(_TARGET_BLOCKS)
        elif self._least > _TARGET_BLOCKS:
            self._call.read(self._frames)
        self._watched, self._least = 0, self._blocks()

    def _drain(self, keep: int) -> None:
        excess = self._call.buffered() - keep * self._frames
        if excess > 0:
            self._call.read(excess)

    def _blocks(self) -> float:
        return self._call.buffered() / self._frames


class Sending:
    """The sending side: a lead of 20 ms, so that no packet starves between two of our blocks."""

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = rate // BLOCKS_PER_SECOND
        self.gaps = 0
        """How often the call had sent all that it was given, the first time among them."""

    def send(self, block: bytes) -> None:
        """Send one block; dropped when the call takes them slower than the port makes them."""
        unsent = self._call.unsent()
        if unsent == 0:
            self.gaps += 1
            self._call.write(silence(2 * self._frames))
        if unsent <= _MOST_UNSENT_BLOCKS * self._frames:
            self._call.write(block)
