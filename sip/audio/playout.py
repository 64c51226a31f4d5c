"""Between a call's sound and a port's clock: small buffers that neither run dry nor grow.

The two clocks differ by some parts in a million, packets come 20 ms at a time or late or never, and a reader
that comes late finds all that waited for it. Delay is what people notice, so no more is kept than is needed.
"""

from __future__ import annotations

from typing import Protocol

from sip.audio.cushion import Cushion
from sip.audio.elastic import Elastic
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import silence

_BEGIN_BLOCKS = 3
_OVER_BLOCKS = 10
_MOST_LATE_BLOCKS = 6
_MOST_WAITING_BLOCKS = 30
"""More than this is what a machine that stood still left behind, and past."""
_LEAD_BLOCKS = 2
_MOST_UNSENT_BLOCKS = 20


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
    """The receiving side, an adaptive jitter buffer: one full block at a time, a packet behind the call.

    What is missing is made up for 60 ms; what waits longer than it needs to is played a little faster.
    """

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = frames = rate // BLOCKS_PER_SECOND
        self._elastic = Elastic(rate, Cushion(frames, least=frames, most=_MOST_LATE_BLOCKS * frames))
        self.arrived = False
        """Whether the last block held any sound of the call, be it silence that was sent."""
        self.gaps = 0
        """How often the call had less than a block once sound had begun."""
        self._ready = b""
        self._dry: int | None = None
        """Blocks that were missing since sound was last there; None before it began."""

    def next_block(self) -> bytes:
        """The next 10 ms for the speaker; silence until enough has gathered, and in long gaps."""
        if self._dry is None and not self._begin():
            self.arrived = False
            return silence(self._frames)
        self.arrived = False
        while len(self._ready) < self._frames * SAMPLE_BYTES:
            self._ready += self._more()
        block = self._ready[: self._frames * SAMPLE_BYTES]
        self._ready = self._ready[self._frames * SAMPLE_BYTES :]
        return block

    def _begin(self) -> bool:
        """Whether enough is there to begin; what waited before anybody listened is past."""
        excess = self._call.buffered() - _BEGIN_BLOCKS * self._frames
        if excess > 0:
            self._call.read(excess)
        if excess < 0:
            return False
        self._dry = 0
        return True

    def _more(self) -> bytes:
        """What comes next: a block of the call's, or one made up."""
        waiting = self._call.buffered()
        if waiting < self._frames:
            return self._missing()
        if waiting > _MOST_WAITING_BLOCKS * self._frames:
            self._call.read(waiting - _BEGIN_BLOCKS * self._frames)
            waiting = self._call.buffered()
        self._dry, self.arrived = 0, True
        self._elastic.cushion.see(waiting - self._frames)
        return self._elastic.add(self._call.read(self._frames))

    def _missing(self) -> bytes:
        if not self._dry:
            self.gaps += 1
        self._elastic.cushion.ran_dry()
        self._dry = (self._dry or 0) + 1
        if self._dry >= _OVER_BLOCKS:
            self._dry = None  # the far end holds or saves silence; it begins anew
        return self._elastic.go_on()


class Sending:
    """The sending side: a lead, so that no packet starves between two of our blocks."""

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = frames = rate // BLOCKS_PER_SECOND
        self._elastic = Elastic(rate, Cushion(frames, least=frames, most=_MOST_LATE_BLOCKS * frames))
        self.gaps = 0
        """How often the call had sent all that it was given, the first time among them."""

    def send(self, block: bytes) -> None:
        """Send one block; dropped when the call does not take them at all."""
        unsent = self._call.unsent()
        if unsent > _MOST_UNSENT_BLOCKS * self._frames:
            return
        if unsent:
            self._elastic.cushion.see(unsent)
        else:
            self._lead()
        if stretched := self._elastic.add(block):
            self._call.write(stretched)

    def _lead(self) -> None:
        """Go on with what was said last: the next packet must not starve."""
        blocks = _LEAD_BLOCKS if self.gaps == 0 else 1
        self.gaps += 1
        self._elastic.cushion.ran_dry()
        for _ in range(blocks):
            self._call.write(self._elastic.go_on())
