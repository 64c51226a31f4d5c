"""A baresip call's audio as the bridge knows it."""

from __future__ import annotations

import baresip

from sip.audio.bridge import PcmFormat, PcmInactive


class BaresipPcm:
    """``sip.audio.bridge.CallPcm`` over ``baresip.CallAudio``. Used by one thread."""

    def __init__(self, audio: baresip.CallAudio) -> None:
        self._audio = audio

    def format(self) -> PcmFormat:
        """Rates and channels, once both directions are up."""
        info = self._info()
        if not (info.tx_ready and info.rx_ready):
            raise PcmInactive
        return PcmFormat(info.tx_sample_rate, info.tx_channels, info.rx_sample_rate, info.rx_channels)

    def waiting(self) -> int:
        """Bytes received and not yet read."""
        return int(self._info().rx_buffered)

    def read(self, most: int) -> bytes:
        """Up to ``most`` received bytes."""
        try:
            return bytes(self._audio.read(most))
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            raise PcmInactive from None

    def write(self, pcm: bytes) -> None:
        """Queue ``pcm``; a full buffer drops the rest, so that delay cannot pile up."""
        try:
            self._audio.write(pcm)
        except (baresip.AudioNotActive, baresip.AudioRestarted):
            raise PcmInactive from None

    def _info(self) -> baresip.AudioInfo:
        try:
            return self._audio.info()
        except baresip.AudioNotActive:
            raise PcmInactive from None
