"""``RTPClient``, mended: two sockets and one thread for a call's sound, all ended with it."""

from __future__ import annotations

import audioop
import logging
import math
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeAlias

from pyVoIP.RTP import PayloadType, RTPClient, TransmitType

from edge.traces import survived
from sip.audio import realtime
from sip.audio.port import SAMPLE_BYTES
from sip.engines.pyvoip.keys import Keys
from sip.engines.pyvoip.outgoing import FRAMES, Outgoing
from sip.engines.pyvoip.packets import Packet, key_of, read
from sip.engines.pyvoip.timeline import RATE, Timeline
from sip.errors import PhoneError

log = logging.getLogger(__name__)

Payloads: TypeAlias = dict[int, PayloadType]
"""What payload types stand for, the best first; ``PayloadType.EVENT`` are telephone keys."""

_PACKET: Final = FRAMES / RATE
_BEHIND: Final = 0.2
"""Seconds after which a late sender begins anew rather than rush: the machine slept."""
_MOST_AT_ONCE: Final = 50
"""Packets received between two looks at the clock: a flood must not starve the sending."""
_LONGEST: Final = 2_048
_PAIRS_TRIED: Final = 100
_SECONDS_BETWEEN_KEYS: Final = 0.03
"""Keys that come faster are no person's nor exchange's (RFC 4733 §2.5.1: 40 ms and more)."""


class Rtp(RTPClient):
    """One call's sound both ways, 16-bit mono at 8,000 a second.

    Mended in ``RTPClient``: G.711 is made of 16-bit samples and A-law is A-law (it went through 8 bits and
    µ-law). 50 packets a second by an absolute schedule (RFC 3551 §4.2; it slept for what it guessed, 49.57).
    Both stores are bounded. What is no RTP is passed over (it ended the receiver), and only the negotiated
    far end is heard. A key is told once, by its timestamp, whichever of its packets are lost (RFC 4733
    §2.5.1.2; it went by the marker); and keys are sent. Sequence, timestamp and SSRC begin at random and
    wrap (RFC 3550 §5.1; they ran out of their fields). One thread and a socket held for RTCP (RFC 3550 §11)
    in place of two timers. Its own still: what is told of the codec (``assoc``, ``preference``) and where to.

    ``on_key`` and ``on_silence``, called after ``patience`` seconds without a packet where some are
    expected, come from its thread. Raises ``PhoneError`` when no ports are free.
    """

    def __init__(
        self, here: str, on_key: Callable[[str], None], on_silence: Callable[[], None], patience: float
    ) -> None:
        self.sin, self._control = _pair(here)
        port = self.sin.getsockname()[1]
        super().__init__({0: PayloadType.PCMU}, here, port, "", 0, TransmitType.SENDRECV, on_key)
        self.sout = self.sin
        self.outSequence = secrets.randbelow(1 << 16)
        self.outTimestamp, self.outSSRC = secrets.randbelow(1 << 32), secrets.randbelow(1 << 32)
        self.received = Timeline()
        self.sending = Outgoing()
        self.keys = Keys()
        self.heard = 0
        """Packets of sound so far."""
        self._on_silence = on_silence
        self._patience = patience
        self._expects = False
        self._last_packet, self._last_key_at = time.monotonic(), -math.inf
        self._last_key = -1
        self._key_began = 0
        self._thread: threading.Thread | None = None

    @property
    def flows(self) -> bool:
        """Whether the far end is known."""
        return self.outPort != 0

    def connect(self, address: str, port: int, payloads: Payloads) -> None:
        """Talk to this far end from now on, and hear no other."""
        self.assoc = payloads
        self.preference = next(kind for kind in payloads.values() if kind is not PayloadType.EVENT)
        self.outIP, self.outPort = address, port

    def expect(self, sound: bool) -> None:
        """Whether packets are to come, so that their absence means something."""
        self._last_packet, self._expects = time.monotonic(), sound

    def start(self) -> None:
        """Begin to send, once the far end is known, and to receive."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="RTP", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread, which closes the sockets within 20 ms. Safe to call twice."""
        self.NSD = False
        if self._thread is None:
            self._close()

    def press(self, key: str, sent: Callable[[], None]) -> None:
        """Send a key; ``sent`` is called in the thread. Raises ``PhoneError`` where none can be sent."""
        if self._type_of(PayloadType.EVENT) is None or not self.keys.press(key, sent):
            raise PhoneError('the other side takes no keys in this call: ask them to, or use dtmf = "info"')

    def _run(self) -> None:
        realtime.take()
        due = time.perf_counter()
        while self.NSD:
            with survived(log, "a call's packets"):
                self._turn(due)
            due += _PACKET
            if time.perf_counter() - due > _BEHIND:
                due = time.perf_counter()
        self._close()

    def _turn(self, due: float) -> None:
        self._receive_until(due)
        self._watch()
        if self.flows:
            self.trans()

    def _receive_until(self, due: float) -> None:
        while (left := due - time.perf_counter()) > 0:
            if select.select([self.sin], [], [], left)[0]:
                self.recv()

    def _close(self) -> None:
        self.keys.drop()
        self.sin.close()
        self._control.close()

    # What comes

    def recv(self) -> None:
        """All packets that wait, up to a number."""
        for _ in range(_MOST_AT_ONCE):
            try:
                data, source = self.sin.recvfrom(_LONGEST)
            except OSError:  # none left, or an ICMP error about what was sent
                return
            if source[0] == self.outIP:
                self.parse_packet(data)

    def parse_packet(self, packet: bytes) -> None:
        """One datagram of the far end; what is not of this call is passed over."""
        found = read(packet)
        kind = self.assoc.get(found.payload_type) if found is not None else None
        if found is None or kind is None:
            return
        self._last_packet = time.monotonic()
        if kind is PayloadType.EVENT:
            self._hear_key(found)
            return
        self.heard += 1
        decode = audioop.alaw2lin if kind is PayloadType.PCMA else audioop.ulaw2lin
        self.received.put(found.source, found.timestamp, decode(found.payload, SAMPLE_BYTES))

    def _hear_key(self, packet: Packet) -> None:
        key = key_of(packet.payload)
        soon = self._last_packet - self._last_key_at < _SECONDS_BETWEEN_KEYS
        if key and packet.timestamp != self._last_key and not soon and self.dtmf is not None:
            self._last_key, self._last_key_at = packet.timestamp, self._last_packet
            self.dtmf(key)

    def _watch(self) -> None:
        if self._expects and time.monotonic() - self._last_packet > self._patience:
            self._expects = False
            self._on_silence()

    # What goes

    def trans(self) -> None:
        """Send this moment's packet: of a key where one is pressed, else of voice."""
        voice = self.sending.take()
        key = self.keys.next_packet()
        packet = self._voice(voice) if key is None or not key[1] else self._key(*key)
        with suppress(OSError):
            self.sout.sendto(packet.written(), (self.outIP, self.outPort))
        self.outSequence = (self.outSequence + 1) % (1 << 16)
        self.outTimestamp = (self.outTimestamp + FRAMES) % (1 << 32)

    def _voice(self, pcm: bytes) -> Packet:
        kind = self._type_of(self.preference) or 0
        return Packet(kind, False, self.outSequence, self.outTimestamp, self.outSSRC, self.encode_packet(pcm))

    def _key(self, first: bool, payload: bytes) -> Packet:
        """All packets of a key bear the moment at which it began (RFC 4733 §2.4.1)."""
        if first:
            self._key_began = self.outTimestamp
        kind = self._type_of(PayloadType.EVENT) or 0
        return Packet(kind, first, self.outSequence, self._key_began, self.outSSRC, payload)

    def encode_packet(self, payload: bytes) -> bytes:
        """16-bit samples in the codec of this call."""
        encode = audioop.lin2alaw if self.preference is PayloadType.PCMA else audioop.lin2ulaw
        return encode(payload, SAMPLE_BYTES)

    def _type_of(self, wanted: PayloadType) -> int | None:
        return next((number for number, kind in self.assoc.items() if kind is wanted), None)


def _pair(here: str) -> tuple[socket.socket, socket.socket]:
    """Sockets at an even port and the next (RFC 3550 §11), of the system's choice: two phones on one machine
    chose the same by chance. Raises ``PhoneError``.
    """
    for _ in range(_PAIRS_TRIED):
        first = _bound(here, 0)
        port = first.getsockname()[1] if first is not None else 1
        second = _bound(here, port + 1) if port % 2 == 0 and port < (1 << 16) - 1 else None
        if first is not None and second is not None:
            return first, second
        for left in (first, second):
            if left is not None:
                left.close()
    raise PhoneError("no ports are free for the sound of a call: end other programs that use the network")


def _bound(here: str, port: int) -> socket.socket | None:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    try:
        made.bind((here, port))
    except OSError:
        made.close()
        return None
    return made
