"""A bad line between one phone and the exchange: SIP passes whole, sound is lost, delayed or cut as told.

The phone's registrar is the link. It carries SIP over UDP and writes itself into every offer and answer
(RFC 3264) and into the exchange's Contact, so that all of a call passes through it both ways. Seeded: the
same packets are lost in every run that sends the same.
"""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import TypeAlias, cast

Address: TypeAlias = tuple[str, int]

HOST = "127.0.0.1"
_NEGOTIATES = re.compile(rb"^CSeq: *\d+ INVITE\r?$", re.MULTILINE | re.IGNORECASE)
"""Answers to OPTIONS carry an SDP too, and it is nobody's offer."""
_CONTACT = re.compile(rb"^(Contact: *<sip:(?:[^@>]*@)?127\.0\.0\.1:)\d+", re.MULTILINE | re.IGNORECASE)
_MEDIA = re.compile(rb"^m=audio (\d+) ", re.MULTILINE)
_RTP_HEAD = struct.Struct("!BBHII")
_RTCP = re.compile(rb"^a=rtcp:\d+[^\r\n]*\r?\n", re.MULTILINE)
_LENGTH = re.compile(rb"^(Content-Length|l)( *: *)\d+", re.MULTILINE | re.IGNORECASE)
_BODY = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Rtp:
    """A packet without lists of sources and extensions (RFC 3550 §5.1)."""

    marked: bool
    payload_type: int
    number: int
    time: int
    source: int
    payload: bytes

    @classmethod
    def of(cls, data: bytes) -> Rtp:
        """As it came."""
        _first, second, number, time, source = _RTP_HEAD.unpack_from(data)
        return cls(second > 127, second & 127, number, time, source, data[_RTP_HEAD.size :])

    def __bytes__(self) -> bytes:
        second = self.marked << 7 | self.payload_type
        return _RTP_HEAD.pack(0x80, second, self.number, self.time, self.source) + self.payload


@dataclass(slots=True)
class Weather:
    """What one direction of the sound meets: ``loss`` from 0 to 1, ``delay`` and ``jitter`` in seconds.

    ``passes``: what goes on in place of a packet of the voice.
    """

    loss: float = 0.0
    delay: float = 0.0
    jitter: float = 0.0
    passes: Callable[[Rtp], list[Rtp]] | None = None


class _Socket(asyncio.DatagramProtocol):
    """One UDP socket on loopback; ``got`` takes what arrives."""

    def __init__(self, got: Callable[[bytes, Address], None]) -> None:
        self._got = got
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # what it is, though before Python 3.12 asyncio's class does not say so
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._got(data, addr)

    @property
    def port(self) -> int:
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    def send(self, data: bytes, to: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, to)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(slots=True)
class _Side:
    """One end of the media as the link stands for it: sockets for RTP and RTCP, and the end's own ports."""

    sockets: tuple[_Socket, _Socket]
    end: int = 0
    """The end's RTP port; its RTCP is the next one (RFC 3550 §11)."""


@dataclass(slots=True)
class Link:
    """Stands between one phone and ``exchange`` (a UDP port). ``inward``: from the exchange to the phone.

    ``rings`` False loses what the exchange asks by itself: INVITE and OPTIONS, as behind a NAT that forgot.
    """

    exchange: int
    seed: int = 1
    inward: Weather = field(default_factory=Weather)
    outward: Weather = field(default_factory=Weather)
    rings: bool = True
    _chance: random.Random = field(init=False)
    _near: _Socket = field(init=False)
    _far: _Socket = field(init=False)
    _phone: Address = (HOST, 0)
    _requests: Counter[str] = field(default_factory=Counter)
    _phone_side: _Side = field(init=False)
    _exchange_side: _Side = field(init=False)

    @property
    def domain(self) -> str:
        """What the phone registers at."""
        return f"{HOST}:{self._near.port}"

    def requests(self, method: str) -> int:
        """How many requests of this method the phone has sent, those of a retransmission among them."""
        return self._requests[method]

    async def __aenter__(self) -> Link:
        self._chance = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        self._near = await _open(self._from_phone)
        self._far = await _open(self._from_exchange)
        self._phone_side = await self._side(lambda: (self._exchange_side, self.outward))
        self._exchange_side = await self._side(lambda: (self._phone_side, self.inward))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        sides = (self._phone_side, self._exchange_side)
        for one in (self._near, self._far, *(one for side in sides for one in side.sockets)):
            one.close()

    def _from_phone(self, data: bytes, source: Address) -> None:
        """The exchange is told that the phone's sound is at the exchange's side of the link."""
        self._phone = source
        self._requests[data.partition(b" ")[0].decode("ascii", "replace")] += 1
        self._far.send(_redirected(data, self._phone_side, self._exchange_side), (HOST, self.exchange))

    def _from_exchange(self, data: bytes, _source: Address) -> None:
        """The phone is told the same, and that what it asks within the call goes by the link too."""
        if not self.rings and data.startswith((b"INVITE ", b"OPTIONS ")):
            return
        data = _CONTACT.sub(rb"\g<1>%d" % self._near.port, data)
        self._near.send(_redirected(data, self._exchange_side, self._phone_side), self._phone)

    async def _side(self, across: Callable[[], tuple[_Side, Weather]]) -> _Side:
        """Two sockets with ports in a row. What they get leaves by the same socket of the other side."""

        def passing(which: int) -> Callable[[bytes, Address], None]:
            def got(data: bytes, _source: Address) -> None:
                to, weather = across()
                if not to.end:
                    return
                for one in _instead(data, weather) if which == 0 else [data]:
                    self._pass(one, to.sockets[which], (HOST, to.end + which), weather)

            return got

        first, second = _port_pair()
        return _Side((await _open(passing(0), first), await _open(passing(1), second)))

    def _pass(self, data: bytes, out: _Socket, to: Address, weather: Weather) -> None:
        if self._chance.random() < weather.loss:
            return
        wait = weather.delay + weather.jitter * self._chance.random()
        if wait:
            asyncio.get_running_loop().call_later(wait, out.send, data, to)
        else:
            out.send(data, to)


def _instead(data: bytes, weather: Weather) -> list[bytes]:
    return [data] if weather.passes is None else [bytes(one) for one in weather.passes(Rtp.of(data))]


def _redirected(data: bytes, sender: _Side, told: _Side) -> bytes:
    """A SIP message with the link's own ports in its offer or answer; notes where ``sender``'s end is."""
    head, blank, body = data.partition(_BODY)
    found = _MEDIA.search(body)
    if found is None or _NEGOTIATES.search(head) is None:
        return data
    sender.end = int(found[1])
    if sender.end:
        body = _MEDIA.sub(b"m=audio %d " % told.sockets[0].port, body)
    body = _RTCP.sub(b"", body)
    return _LENGTH.sub(rb"\g<1>\g<2>%d" % len(body), head) + blank + body


async def _open(got: Callable[[bytes, Address], None], port: int = 0) -> _Socket:
    _transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Socket(got), local_addr=(HOST, port)
    )
    return protocol


def _port_pair() -> tuple[int, int]:
    """An even port and the next, both free a moment ago."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind((HOST, 0))
            port = int(first.getsockname()[1])
            if port % 2 or port == 65_534:
                continue
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as second:
                try:
                    second.bind((HOST, port + 1))
                except OSError:
                    continue
                return port, port + 1
