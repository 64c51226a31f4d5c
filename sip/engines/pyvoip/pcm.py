"""A call's sound as the bridge's ``CallPcm``."""

from __future__ import annotations

from sip.engines.pyvoip.rtp import Rtp
from sip.engines.pyvoip.timeline import RATE


class RtpPcm:
    """``sip.audio.playout.CallPcm`` over one ``Rtp``: 8,000 a second, once the far end is known."""

    def __init__(self, rtp: Rtp) -> None:
        self._rtp = rtp

    def rate(self) -> int:
        """Samples a second; 0 before the far end is known and after the end."""
        return RATE if self._rtp.flows and self._rtp.NSD else 0

    def buffered(self) -> int:
        """Samples that wait to be read."""
        return self._rtp.received.buffered()

    def read(self, frames: int) -> bytes:
        """At most ``frames`` samples."""
        return self._rtp.received.take(frames)

    def unsent(self) -> int:
        """Samples written and not yet sent."""
        return self._rtp.sending.waiting()

    def write(self, pcm: bytes) -> None:
        """Send samples."""
        self._rtp.sending.write(pcm)
