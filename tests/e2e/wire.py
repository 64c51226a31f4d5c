"""What really crossed the loopback interface, with the kernel's own time on the monotonic clock."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

_ETH_P_IP = 0x0800
_SO_TIMESTAMPNS = 35
"""SO_TIMESTAMPNS of Linux (asm-generic/socket.h); the socket module has no name for it."""
_IP, _UDP = 14, 8
_UDP_PROTOCOL = 17


@dataclass(frozen=True, slots=True)
class Datagram:
    """One UDP datagram: when the kernel saw it (seconds, monotonic), its ports, its payload."""

    at: float
    source: int
    destination: int
    payload: bytes


def is_sip(datagram: Datagram) -> bool:
    """A SIP request or response."""
    return b"SIP/2.0" in datagram.payload[:2_000]


class LoopbackWire:
    """Keeps datagrams that cross ``lo`` while the context is open: SIP, or what ``keep`` says. Needs root."""

    def __init__(self, keep: Callable[[Datagram], bool] = is_sip) -> None:
        self._keep = keep
        self._seen: list[Datagram] = []
        self._arrived = threading.Condition()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_IP))
        self._socket.bind(("lo", 0))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.settimeout(0.2)
        self._open = True
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> LoopbackWire:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._reader.join(2)
        self._socket.close()

    def _read(self) -> None:
        while self._open:
            try:
                frame, ancillary, _flags, address = self._socket.recvmsg(65_536, 128)
            except TimeoutError:
                continue
            if address[2] == socket.PACKET_OUTGOING:  # loopback shows each frame out and in
                continue
            datagram = _udp(frame, _monotonic(ancillary))
            if datagram is not None and self._keep(datagram):
                with self._arrived:
                    self._seen.append(datagram)
                    self._arrived.notify_all()

    def first(self, start: bytes, *, source: int, after: float, within: float = 20.0) -> Datagram:
        """The first message from port ``source`` that begins with ``start``, seen after ``after``.

        Other exchanges of this machine may send the like at the same time.
        """
        deadline = time.monotonic() + within
        with self._arrived:
            while True:
                for seen in self._seen:
                    if seen.at > after and seen.source == source and seen.payload.startswith(start):
                        return seen
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no {start!r} within {within:g} s")
                self._arrived.wait(left)

    def some(self, count: int, within: float = 20.0) -> list[Datagram]:
        """The first ``count`` datagrams."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._seen) >= count, within):
                raise AssertionError(f"{len(self._seen)} of {count} datagrams within {within:g} s")
            return self._seen[:count]

    def all(self, start: bytes) -> list[Datagram]:
        """All messages so far that begin with ``start``."""
        with self._arrived:
            return [seen for seen in self._seen if seen.payload.startswith(start)]


def _monotonic(ancillary: list[tuple[int, int, bytes]]) -> float:
    """The kernel's receive time (real-time clock) carried over to the monotonic clock."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return float(seconds + nanoseconds / 1e9 - time.time() + time.monotonic())
    return time.monotonic()


def _udp(frame: bytes, at: float) -> Datagram | None:
    """The UDP datagram in an Ethernet frame (RFC 791, RFC 768), None for anything else."""
    packet = frame[_IP:]
    if len(packet) < 20 or packet[9] != _UDP_PROTOCOL:
        return None
    header = (packet[0] & 0x0F) * 4
    source, destination, _length, _sum = struct.unpack("!HHHH", packet[header : header + _UDP])
    return Datagram(at, source, destination, packet[header + _UDP :])
