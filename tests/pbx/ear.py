"""Hears what comes to a test's phone: RTP (RFC 3550) with PCMA (G.711), as samples."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import numpy.typing as npt

RATE = 8000
_HEADER = 12
_HALF_A_SECOND = RATE // 2


class Ear(asyncio.DatagramProtocol):
    """The newest half second that was heard."""

    def __init__(self) -> None:
        self._heard = b""

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """One packet, or a stray datagram."""
        if len(data) > _HEADER and data[1] & 0x7F == 8:
            self._heard = (self._heard + data[_HEADER:])[-_HALF_A_SECOND:]

    @property
    def samples(self) -> npt.NDArray[np.float64]:
        """−1 … 1; none until half a second came."""
        if len(self._heard) < _HALF_A_SECOND:
            return np.zeros(0)
        return _LEVELS[np.frombuffer(self._heard, dtype=np.uint8)]


@asynccontextmanager
async def ear_at(port: int) -> AsyncIterator[Ear]:
    """An ear at ``port`` of this machine."""
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(Ear, local_addr=("127.0.0.1", port))
    try:
        yield ear
    finally:
        transport.close()


def _levels() -> npt.NDArray[np.float64]:
    """What each byte of the A-law stands for."""
    code = np.arange(256) ^ 0x55
    segment, step = code >> 4 & 7, (code & 15) << 4
    size = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size) / 32_768.0


_LEVELS = _levels()
