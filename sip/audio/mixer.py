"""Two calls as one, for a talk of three: the agent hears both, and each of them hears agent and other."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import add

from sip.audio.playout import CallPcm
from sip.audio.port import BLOCKS_PER_SECOND, SAMPLE_BYTES
from sip.audio.resampler import Resampler

_MOST_AHEAD_BLOCKS = 6
"""What one call may have waiting more than the other: their clocks differ, and delay is noticed."""
_LOUDEST, _LOWEST = 32_767, -32_768


@dataclass(slots=True)
class _Side:
    """One call of the mix; ``said`` is what was last read of it, at the rate of the mix."""

    pcm: CallPcm
    said: bytes = b""
    to_mix: Resampler = field(default_factory=Resampler)
    from_mix: Resampler = field(default_factory=Resampler)

    def buffered(self, rate: int) -> int:
        """Samples that wait, at ``rate``."""
        own = self.pcm.rate()
        return self.pcm.buffered() * rate // own if own else 0

    def unsent(self, rate: int) -> int:
        """Samples written and not yet sent, at ``rate``."""
        own = self.pcm.rate()
        return self.pcm.unsent() * rate // own if own else 0

    def take(self, frames: int, rate: int) -> None:
        """Read ``frames`` samples at ``rate``, or what there is."""
        own = self.pcm.rate()
        pcm = self.pcm.read(max(1, frames * own // rate)) if own else b""
        self.said = self.to_mix.fit(pcm, len(pcm) // SAMPLE_BYTES * rate // own) if own else b""

    def send(self, pcm: bytes, rate: int) -> None:
        """Send samples that are at ``rate``."""
        own = self.pcm.rate()
        if own:
            self.pcm.write(self.from_mix.fit(pcm, len(pcm) // SAMPLE_BYTES * own // rate))


class MixedPcm:
    """``CallPcm`` of a talk of three. It runs at the higher rate of its calls.

    A call whose sound is away for a moment (a re-INVITE) is silent, and the other goes on.
    """

    def __init__(self, calls: Sequence[CallPcm]) -> None:
        self._sides = [_Side(call) for call in calls]

    def rate(self) -> int:
        """Samples a second; 0 while neither call has sound."""
        return max(side.pcm.rate() for side in self._sides)

    def buffered(self) -> int:
        """Samples that wait in every call that has sound."""
        rate = self.rate()
        return min((side.buffered(rate) for side in self._sides if side.pcm.rate()), default=0)

    def read(self, frames: int) -> bytes:
        """At most ``frames`` samples of all calls together."""
        rate = self.rate()
        if not rate:
            return b""
        self._level_out(rate)
        for side in self._sides:
            side.take(frames, rate)
        return mixed(side.said for side in self._sides)

    def unsent(self) -> int:
        """Samples written and not yet sent by the call that has most of them."""
        return max((side.unsent(self.rate()) for side in self._sides), default=0)

    def write(self, pcm: bytes) -> None:
        """Send each call the microphone and what the others just said."""
        rate = self.rate()
        for side in self._sides if rate else ():
            others = (other.said for other in self._sides if other is not side)
            side.send(mixed((pcm, *others))[: len(pcm)], rate)

    def _level_out(self, rate: int) -> None:
        """Drop what one call has waiting far beyond the other."""
        most = self.buffered() + _MOST_AHEAD_BLOCKS * rate // BLOCKS_PER_SECOND
        for side in self._sides:
            ahead = side.buffered(rate) - most
            if ahead > 0:
                side.take(ahead, rate)


def mixed(parts: Iterable[bytes]) -> bytes:
    """The sum of 16-bit samples, as long as the longest part; what is too loud is cut off."""
    heard = sorted((array("h", part) for part in parts if part), key=len, reverse=True)
    if not heard:
        return b""
    total = heard[0]
    for part in heard[1:]:
        total[: len(part)] = _sum(total[: len(part)], part)
    return total.tobytes()


def _sum(one: array[int], other: array[int]) -> array[int]:
    try:
        return array("h", map(add, one, other))
    except OverflowError:  # rare, and slow to guard against in every sample
        return array("h", (max(_LOWEST, min(_LOUDEST, sample)) for sample in map(add, one, other)))
