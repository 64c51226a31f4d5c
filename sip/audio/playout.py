"""Between a call's sound and a port's clock: small buffers that neither run dry nor grow.

The two clocks differ by some parts in a million, packets come 20 ms at a time, and a reader that comes late
finds all that waited for it. Delay is what people notice: ``Drift`` holds both directions at their targets,
and what is so much more that it would take long to mend is dropped.
"""

from __future__ import annotations

from typing import Protocol

from sip.audio.drift import Cushion, Drift, Excess
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.samples import fit, silence

_TARGET_BLOCKS = 3.5
_LEAD_BLOCKS = 2.5
_SLACK_BLOCKS = 2
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
    """The receiving side: one full block at a time, about 35 ms behind the call."""

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = rate // BLOCKS_PER_SECOND
        self.arrived = False
        """Whether the last block held any sound of the call, be it silence that was sent."""
        self.gaps = 0
        """How often the call had less than a block once sound had begun."""
        self._primed = False
        self._cushion = Cushion(_TARGET_BLOCKS * self._frames, self._frames)
        self._drift = Drift(self._cushion, self._frames)
        self._excess = Excess(self._cushion, _SLACK_BLOCKS * self._frames)

    def next_block(self) -> bytes:
        """The next 10 ms for the speaker; silence until enough has gathered, and where the call has gaps."""
        if not self._primed and not self._prime():
            self.arrived = False
            return silence(self._frames)
        fill = self._call.buffered()
        if excess := self._excess.seen(fill):
            self._call.read(excess)
            self._drift.restart()
            fill -= excess
        wanted = self._drift.take(fill)
        block = self._call.read(wanted)
        self.arrived = bool(block)
        if len(block) < wanted * SAMPLE_BYTES:
            self.gaps += 1
            self._primed = False
            self._cushion.ran_dry()
            return block[: self._frames * SAMPLE_BYTES].ljust(self._frames * SAMPLE_BYTES, b"\0")
        self._cushion.held()
        return fit(block, self._frames)

    def _prime(self) -> bool:
        """Whether enough has gathered to begin; what waited before anybody listened is past."""
        # seen when a packet just came: on average, half a block less will be there
        excess = int(self._call.buffered() - self._cushion.target - self._frames / 2)
        if excess < 0:
            return False
        if excess:
            self._call.read(int(excess))
        self._drift.restart()
        self._excess.restart()
        self._primed = True
        return True


class Sending:
    """The sending side: a lead of 30 ms, so that no packet starves between two of our blocks."""

    def __init__(self, call: CallPcm, rate: int) -> None:
        self._call = call
        self._frames = rate // BLOCKS_PER_SECOND
        self.gaps = 0
        """How often the call had sent all that it was given, the first time aside."""
        self._begun = False
        self._cushion = Cushion(_LEAD_BLOCKS * self._frames, self._frames)
        self._drift = Drift(self._cushion, self._frames)
        self._excess = Excess(self._cushion, _SLACK_BLOCKS * self._frames)

    def send(self, block: bytes) -> None:
        """Send one block, stretched or shrunk as the call takes them; dropped where too many wait."""
        unsent = self._call.unsent()
        if unsent == 0:
            unsent = self._begin()
        else:
            self._cushion.held()
        wanted = 2 * self._frames - self._drift.take(unsent)
        if self._excess.seen(unsent) or unsent > _MOST_UNSENT_BLOCKS * self._frames:
            return
        self._call.write(fit(block, wanted))

    def _begin(self) -> int:
        """Give the call a lead, a longer one where the last did not last; how long it is."""
        if self._begun:
            self.gaps += 1
            self._cushion.ran_dry()
        self._begun = True
        self._drift.restart()
        lead = int(self._cushion.target + self._frames / 2)
        self._call.write(silence(lead))
        return lead
