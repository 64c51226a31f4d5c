"""A call and a headset whose clocks differ, in simulated time: minutes pass in a second, always the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sip.audio.playout import Playout, Sending
from sip.audio.port import BLOCKS_PER_SECOND
from sip.audio.samples import tone

RATE = 8_000
BLOCK = RATE // BLOCKS_PER_SECOND
PACKET = 2 * BLOCK
_PACKET_SECONDS = PACKET / RATE
HERTZ = 450
"""Whole turns in a packet: what arrives has no seams."""
_SPOKEN = tone(HERTZ, BLOCK, RATE)
_HEARD = tone(HERTZ, PACKET, RATE)


@dataclass
class ClockedCall:
    """``sip.audio.playout.CallPcm`` of a call that counts true time: it brings and takes 20 ms at a time."""

    heard: bytearray = field(default_factory=bytearray)
    waiting: int = 0
    starved: int = 0

    def rate(self) -> int:
        return RATE

    def buffered(self) -> int:
        return len(self.heard) // 2

    def read(self, frames: int) -> bytes:
        taken = bytes(self.heard[: frames * 2])
        del self.heard[: frames * 2]
        return taken

    def unsent(self) -> int:
        return self.waiting

    def write(self, pcm: bytes) -> None:
        self.waiting += len(pcm) // 2

    def take_packet(self) -> None:
        """Send one packet, or a piece of silence where there is none."""
        if self.waiting < PACKET:
            self.starved += 1
        self.waiting = max(0, self.waiting - PACKET)


@dataclass(frozen=True, slots=True)
class Minute:
    """What a minute of a call was like: delays in ms of each direction, and how often each had nothing."""

    to_hear: float
    to_send: float
    most_to_hear: float
    most_to_send: float
    gaps: int
    starved: int


class Clocks:
    """A headset that runs ``ppm`` too fast on a call; packets come up to ``jitter`` seconds late."""

    def __init__(self, ppm: float, *, jitter: float = 0.0, seed: int = 1) -> None:
        self.call = ClockedCall()
        self.playout = Playout(self.call, RATE)
        self.sending = Sending(self.call, RATE)
        self._block = 1 / BLOCKS_PER_SECOND / (1 + ppm / 1e6)
        self._jitter = jitter
        self._chance = random.Random(seed)  # noqa: S311 - weather, no secret
        self._now = 0.0
        self._blocks = self._packets = self._taken = 0
        self._arrives = self._late(0.0)

    def run(self, seconds: float, each: Callable[[bytes], None] = lambda _played: None) -> Minute:
        """Let time pass; ``each`` is given what the speaker plays."""
        gaps, starved = self.playout.gaps + self.sending.gaps, self.call.starved
        hear: list[int] = []
        send: list[int] = []
        end = self._now + seconds
        while self._now < end:
            self._blocks += 1
            self._now = self._blocks * self._block
            self._pass()
            hear.append(self.call.buffered())
            each(self.playout.next_block())
            self.sending.send(_SPOKEN)
            send.append(self.call.waiting)
        in_ms = 1000 / RATE
        return Minute(
            sum(hear) / len(hear) * in_ms,
            sum(send) / len(send) * in_ms,
            max(hear) * in_ms,
            max(send) * in_ms,
            self.playout.gaps + self.sending.gaps - gaps,
            self.call.starved - starved,
        )

    def _pass(self) -> None:
        """All packets that came, and all that were sent, until now."""
        while self._arrives <= self._now:
            self.call.heard += _HEARD
            self._packets += 1
            self._arrives = max(self._arrives, self._late(self._packets * _PACKET_SECONDS))
        while (self._taken + 1) * _PACKET_SECONDS <= self._now:
            self._taken += 1
            if self._blocks > 1:
                self.call.take_packet()

    def _late(self, due: float) -> float:
        return due + self._chance.uniform(0, self._jitter)
