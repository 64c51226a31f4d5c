"""A lock is told of only when the voice on the wire really is encrypted; what should be and is not, ends."""

from __future__ import annotations

import asyncio
import ctypes
import math
import socket
import struct
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sip import events as ev
from sip.account import MediaEncryption
from sip.audio.wav_port import WavPort
from sip.capability import Capability
from sip.engines.baresip.sockets import own
from sip.errors import WrongState
from sip.events import CloseReason
from tests.contract.engines import needs
from tests.contract.phones import TONE, Ear, Phones, gone, loud
from tests.e2e.wav import write_tone
from tests.e2e.wire import Datagram, LoopbackWire
from tests.pbx.console import Console
from tests.pbx.ports import udp_ports
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.SRTP)]

TONE_HZ = 1004
STRANGERS_HZ = 1000
_PACKET = 0.02
"""Seconds of voice in a packet, and from one to the next."""
_PCMA = 8
_RTP_HEADER = 12
_QUIET = 0xD5
"""Nothing at all, in PCMA (ITU-T G.711)."""


class Voice:
    """Tells the exchange's RTP from ours: PCMA (RFC 3551) under the least header (RFC 3550 §5.1)."""

    def __init__(self, asterisk: Asterisk) -> None:
        ports = asterisk.centre.ports
        self._theirs = range(ports.rtp_first, ports.rtp_last + 1, 2)

    def heard(self, datagram: Datagram) -> bool:
        """From the exchange to a phone."""
        return datagram.source in self._theirs and self._is_pcma(datagram, datagram.destination)

    def spoken(self, datagram: Datagram) -> bool:
        """From a phone to the exchange."""
        return datagram.destination in self._theirs and self._is_pcma(datagram, datagram.source)

    def with_sound(self, datagram: Datagram) -> bool:
        """From a phone to the exchange, and not all quiet: baresip sends that before it has keys, too."""
        return self.spoken(datagram) and set(datagram.payload[_RTP_HEADER:]) != {_QUIET}

    def _is_pcma(self, datagram: Datagram, port: int) -> bool:
        start = datagram.payload[:2]
        if len(datagram.payload) < _RTP_HEADER + 160 or start[0] != 0x80 or start[1] & 0x7F != _PCMA:
            return False
        return port in udp_ports()  # other runs on the machine are not overheard


def entropy(datagrams: Iterable[Datagram]) -> float:
    """Bits a byte of all voice together: 8 for noise as a good cipher makes it, far less for a tone."""
    counts = Counter(byte for one in datagrams for byte in one.payload[_RTP_HEADER : _RTP_HEADER + 160])
    whole = sum(counts.values())
    return -sum(count / whole * math.log2(count / whole) for count in counts.values())


@pytest.mark.parametrize(
    ("extension", "suite"), [("1001", "AES_CM_128_HMAC_SHA1_80"), ("1201", "DTLS-SRTP"), ("1101", "")]
)
async def test_the_lock_is_told_of_when_the_wire_shows_noise(
    phones: Phones, asterisk: Asterisk, tmp_path: Path, extension: str, suite: str
) -> None:
    heard, voice = tmp_path / "ear.wav", tmp_path / "voice.wav"
    write_tone(voice, 700)
    account = replace(asterisk.account(extension), codecs=("pcma",))
    with LoopbackWire(Voice(asterisk).heard) as there, LoopbackWire(Voice(asterisk).with_sound) as here:
        phone = await phones.unregistered(lambda: WavPort(voice, heard), account=account)
        await phone.engine.dial(TONE)
        await phone.next(ev.CallEstablished)
        await Ear(heard).hears(TONE_HZ, loud, "the phone hears the tone")
        both = [await asyncio.to_thread(wire.some, 50) for wire in (there, here)]
    told = {event.suite for event in phone.heard if isinstance(event, ev.CallEncrypted)}
    assert told == ({suite} if suite else set())
    for seen, side in zip(both, ("the exchange", "the phone"), strict=True):
        assert (entropy(seen) > 7.9) is bool(suite), f"{side} says {entropy(seen):.2f} bits a byte"


DROP_DTLS = struct.pack(
    "HBBI" * 5,
    *(0x30, 0, 0, 8),  # load the first byte behind the header of UDP
    *(0x35, 2, 0, 64),  # from 64 on it is no DTLS
    *(0x35, 0, 1, 20),  # from 20 on it is (RFC 7983 §7)
    *(0x06, 0, 0, 0),
    *(0x06, 0, 0, 0xFFFF),
)
"""A packet filter of the kernel (``Documentation/networking/filter.rst``)."""
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27


@contextmanager
def no_keys_for_the_voice() -> Iterator[frozenset[int]]:
    """The handshake of DTLS gets nowhere at this process's ports for RTP, which it yields; at those for RTCP
    it does.
    """
    program = ctypes.create_string_buffer(DROP_DTLS, len(DROP_DTLS))
    deaf = struct.pack("HP", 5, ctypes.addressof(program))
    ports = frozenset(port for port in udp_ports() if port % 2 == 0)  # RTP has the even ones (RFC 3550 §11)
    for here in _bound_to(ports):
        here.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, deaf)
    try:
        yield ports
    finally:
        for here in _bound_to(ports):
            here.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, b"\0" * 4)


def _bound_to(ports: Collection[int]) -> Iterator[socket.socket]:
    for here in own():
        if here.type is socket.SOCK_DGRAM and here.getsockname()[1] in ports:
            yield here


async def test_there_is_no_voice_before_its_own_keys(
    phones: Phones, asterisk: Asterisk, console: Console, tmp_path: Path
) -> None:
    """Baresip begins once the keys for RTP or for RTCP are there, whichever come first."""
    voice = tmp_path / "voice.wav"
    write_tone(voice, 700)
    account = replace(asterisk.account("1201"), codecs=("pcma",))
    with LoopbackWire(Voice(asterisk).spoken) as wire:
        phone = await phones.unregistered(lambda: WavPort(voice, None), account=account)
        console.colleague("1201", number="0525550101")
        ring = await phone.next(ev.CallIncoming)
        with no_keys_for_the_voice():
            await phone.engine.answer(ring.call)
            await phone.next(ev.CallEstablished)
            keys = asyncio.create_task(phone.engine.send_dtmf(ring.call, "1"))
            closed = await phone.next(ev.CallClosed)
        said = wire.all(b"\x80")
    assert closed == ev.CallClosed(ring.call, CloseReason.MEDIA_REFUSED, None, "the voice was not encrypted")
    assert {byte for one in said for byte in one.payload[_RTP_HEADER:]} <= {_QUIET}
    with pytest.raises(WrongState):
        await keys


async def test_a_stranger_is_not_heard_before_the_keys(
    phones: Phones, asterisk: Asterisk, console: Console, tmp_path: Path
) -> None:
    ear = tmp_path / "ear.wav"
    account = replace(asterisk.account("1201"), codecs=("pcma",))
    phone = await phones.unregistered(lambda: WavPort(None, ear), account=account)
    console.colleague("1201", number="0525550101")
    ring = await phone.next(ev.CallIncoming)
    with no_keys_for_the_voice() as ports:
        await phone.engine.answer(ring.call)
        await phone.next(ev.CallEstablished)
        await _intrude(ports)
    await phone.next(ev.CallEncrypted)
    await Ear(ear).hears(440, loud, "the colleague is heard")
    assert gone(Ear(ear).level(STRANGERS_HZ))


async def _intrude(ports: Iterable[int]) -> None:
    """Half a second of a tone in plain RTP at each port, from an address that has no part in the call. At the
    pace of a voice: of what comes at once the stack's jitter buffer throws most away.
    """
    tone = bytes(0x2A if at // 4 % 2 else 0xAA for at in range(160))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for turn in range(25):
            header = struct.pack("!BBHII", 0x80, _PCMA, turn, turn * len(tone), 7)
            for port in ports:
                stranger.sendto(header + tone, ("127.0.0.1", port))
            await asyncio.sleep(_PACKET)


async def test_a_phone_that_wants_dtls_does_not_talk_in_the_clear(
    phones: Phones, asterisk: Asterisk, console: Console, tmp_path: Path
) -> None:
    """Baresip takes an offer with keys in the SDP as one without any, and would send plain RTP."""
    voice = tmp_path / "voice.wav"
    write_tone(voice, 700)
    account = replace(asterisk.account("1001"), media_encryption=MediaEncryption.DTLS, codecs=("pcma",))
    with LoopbackWire(Voice(asterisk).spoken) as wire:
        phone = await phones.unregistered(lambda: WavPort(voice, None), account=account)
        console.colleague("1001", number="0525550101")
        ring = await phone.next(ev.CallIncoming)
        await phone.engine.answer(ring.call)
        closed = await phone.next(ev.CallClosed)
        said = wire.all(b"\x80")
    assert closed == ev.CallClosed(ring.call, CloseReason.MEDIA_REFUSED, None, "the voice was not encrypted")
    assert not any(isinstance(event, ev.CallEncrypted) for event in phone.heard)
    assert said == []


@pytest.mark.parametrize("wanted", [MediaEncryption.REQUIRED, MediaEncryption.DTLS])
async def test_an_exchange_without_encryption_gets_no_call(
    phones: Phones, asterisk: Asterisk, wanted: MediaEncryption
) -> None:
    phone = await phones.unregistered(account=replace(asterisk.account("1101"), media_encryption=wanted))
    await phone.engine.dial(TONE)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.MEDIA_REFUSED
