"""A baresip call's sound as the bridge's ``CallPcm``: mono at one rate, whatever the codec is."""

from __future__ import annotations

from contextlib import suppress

import baresip

from sip.audio.port import SAMPLE_BYTES
from sip.audio.resampler import Resampler
from sip.audio.samples import from_mono, to_mono


class BaresipPcm:
    """Wraps ``baresip.CallAudio``. The rate is that of sending; the other direction is fitted to it.

    A re-INVITE swaps the streams (``AudioRestarted``, once) and an ended call has none (``AudioNotActive``):
    both read as silence here, and the bridge sees a new rate, or 0. So it is while it is ``locked``.
    """

    def __init__(self, audio: baresip.CallAudio, *, locked: bool) -> None:
        self._audio = audio
        self._locked = locked
        self._format: baresip.AudioInfo | None = None
        """As it was when last asked."""
        self._to_sending_rate = Resampler()
        self._seen = False
        """Whether it was asked since sound was last read: to ask costs 40 µs, and ``unsent`` just did."""

    def unlock(self) -> None:
        """The voice is encrypted from now on. What came before may be a stranger's."""
        info = self._stack_info()
        if self._locked and info is not None:
            with suppress(baresip.AudioNotActive, baresip.AudioRestarted):
                self._audio.read(max(1, info.rx_buffered))
        self._locked = False

    def rate(self) -> int:
        """Samples a second; 0 while the call has no sound."""
        info = self._format or self._info()
        return 0 if info is None else int(info.tx_sample_rate)

    def buffered(self) -> int:
        """Samples that wait to be read, at the sending rate."""
        info = self._format if self._seen else self._info()
        if info is None:
            return 0
        frames = int(info.rx_buffered // (SAMPLE_BYTES * info.rx_channels))
        return int(frames * info.tx_sample_rate // info.rx_sample_rate)

    def read(self, frames: int) -> bytes:
        """At most ``frames`` samples at the sending rate."""
        info = self._format
        if info is None:
            return b""
        self._seen = False
        wanted = frames * info.rx_sample_rate // info.tx_sample_rate
        try:
            pcm = self._audio.read(max(1, wanted) * SAMPLE_BYTES * info.rx_channels)
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            self._format = None
            return b""
        mono = to_mono(pcm, info.rx_channels)
        return self._to_sending_rate.fit(
            mono, len(mono) // SAMPLE_BYTES * info.tx_sample_rate // info.rx_sample_rate
        )

    def unsent(self) -> int:
        """Samples written and not yet sent."""
        info = self._info()
        return 0 if info is None else int(info.tx_buffered // (SAMPLE_BYTES * info.tx_channels))

    def write(self, pcm: bytes) -> None:
        """Send samples; swallowed while there is no sound."""
        info = self._format
        if info is None:
            return
        try:
            self._audio.write(from_mono(pcm, info.tx_channels))
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            self._format = None

    def _info(self) -> baresip.AudioInfo | None:
        self._seen = True
        info = None if self._locked else self._stack_info()
        self._format = info if info is not None and info.tx_ready and info.rx_ready else None
        return self._format

    def _stack_info(self) -> baresip.AudioInfo | None:
        try:
            return self._audio.info()
        except baresip.AudioNotActive:
            return None
