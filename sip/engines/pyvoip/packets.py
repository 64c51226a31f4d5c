"""RTP packets (RFC 3550 §5.1) and telephone events in them (RFC 4733), as bytes. Pure.

pyVoIP's ``RTPMessage`` fails on fewer than two bytes, takes padding and header extensions for sound, and
turns every byte into a text of ones and noughts on its way.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

_HEADER: Final = struct.Struct("!BBHII")
_EVENT: Final = struct.Struct("!BBH")
_VERSION = 2
_WORD = 4
KEYS: Final = "0123456789*#ABCD"
"""By event code (RFC 4733 §3.2)."""
_END = 0x80
_VOLUME = 10
"""Level of the tone that a key stands for, in −dBm0 (RFC 4733 §2.3.3)."""
_LONGEST_EVENT = 0xFFFF


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. ``sequence`` wraps at 2^16, ``timestamp`` at 2^32."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    source: int
    payload: bytes

    def written(self) -> bytes:
        """As it is sent: no padding, no extension."""
        second = self.payload_type | (0x80 if self.marker else 0)
        head = _HEADER.pack(_VERSION << 6, second, self.sequence, self.timestamp, self.source)
        return head + self.payload


def read(data: bytes) -> Packet | None:
    """The packet in a datagram; None for what is none, or holds nothing (RFC 3550 §A.1)."""
    if len(data) < _HEADER.size or data[0] >> 6 != _VERSION:
        return None
    first, second, sequence, timestamp, source = _HEADER.unpack_from(data)
    start, end = _HEADER.size + (first & 0x0F) * _WORD, len(data)
    if first & 0x10:
        if end < start + _WORD:
            return None
        start += _WORD * (1 + int.from_bytes(data[start + 2 : start + _WORD], "big"))
    if first & 0x20:
        end -= data[-1] or end
    if end <= start:
        return None
    return Packet(second & 0x7F, bool(second & 0x80), sequence, timestamp, source, data[start:end])


def event(key: str, duration: int, *, ended: bool) -> bytes:
    """The payload of a pressed key that has lasted ``duration`` samples."""
    told = (_END if ended else 0) | _VOLUME
    return _EVENT.pack(KEYS.index(key), told, min(duration, _LONGEST_EVENT))


def key_of(payload: bytes) -> str:
    """The key that a telephone event stands for; empty for what is no key."""
    if len(payload) < _EVENT.size or payload[0] >= len(KEYS):
        return ""
    return KEYS[payload[0]]
