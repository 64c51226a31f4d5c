"""Strangers at the phone's ports: their calls are refused, their noise costs no registration and no call."""

from __future__ import annotations

import asyncio
import random
import re
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

import pytest

from edge.runtime import runtime_directory
from sip import events as ev
from sip.account import Transport
from sip.capability import Capability
from sip.events import RegistrationState
from sip.place import UnixPlace
from tests.contract.engines import needs, ways
from tests.contract.test_phone import Desk, Phones
from tests.pbx.console import Console
from tests.pbx.ports import udp_ports
from tests.pbx.rig import Asterisk
from tests.stubs.sip import request, written

pytestmark = pytest.mark.pbx

TONE = "603"
SILENCE = "604"
STRANGERS = ("127.0.0.2", "127.0.0.3")
REGISTERED = ev.RegistrationChanged(RegistrationState.REGISTERED, 200)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)
METHODS = ("INVITE", "BYE", "CANCEL", "REFER", "OPTIONS", "ACK", "NOTIFY", "MESSAGE")
DATAGRAMS = 3_000
OVERLONG = 300
_MOST = 60_000
_MOST_READ = 8_192
"""Bytes of a datagram that baresip reads."""
_LOUD = -40.0


@pytest.fixture
async def phones(kind: str) -> AsyncIterator[Phones]:
    made = Phones(UnixPlace(runtime_directory() / "phone.sock"), kind)
    yield made
    await made.close()


def contact(asterisk: Asterisk, extension: str) -> tuple[str, int]:
    """Where the exchange reaches the phone."""
    found = re.search(rf"sip:{extension}@([\d.]+):(\d+)", asterisk.cli("pjsip show contacts"))
    assert found is not None
    return found[1], int(found[2])


def message(method: str, source: tuple[str, int], at: tuple[str, int]) -> bytes:
    """A whole request for the phone at ``at`` from a stranger at ``source``."""
    sender = f"sip:boss@{source[0]}:{source[1]}"
    via = f"SIP/2.0/UDP {source[0]}:{source[1]};branch=z9hG4bK{random.getrandbits(40)};rport"
    uri = f"sip:1101@{at[0]}:{at[1]}"
    headers = (("Contact", f"<{sender}>"), ("Content-Type", "application/sdp"))
    return written(request(method, uri, sender, uri, *headers, body=SDP, via=via))


@pytest.mark.parametrize("stranger", STRANGERS)
async def test_a_call_that_is_not_of_the_registrar_is_refused(
    phones: Phones, asterisk: Asterisk, stranger: str
) -> None:
    desk = await phones.desk()
    await desk.client.register(asterisk.account("1101"))
    await desk.hears(REGISTERED)
    there = contact(asterisk, "1101")
    loop = asyncio.get_running_loop()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.setblocking(False)
        sock.bind((stranger, 0))
        await loop.sock_sendto(sock, message("INVITE", sock.getsockname(), there), there)
        async with asyncio.timeout(10):
            answer = await loop.sock_recv(sock, 4096)
    assert answer.startswith(b"SIP/2.0 403 ")
    await rings(desk, Console(asterisk), "1101")
    first = next(event for event in desk.told if isinstance(event, ev.CallIncoming))
    assert first.party.number == "0525550177", "the stranger never rang"


@needs(Capability.TLS)
async def test_a_phone_on_tls_has_no_port_for_plain_sip(phones: Phones, asterisk: Asterisk) -> None:
    desk = await phones.desk()
    await desk.client.register(asterisk.account("1001"))
    await desk.hears(REGISTERED)
    loop = asyncio.get_running_loop()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.setblocking(False)
        sock.bind(("127.0.0.1", 0))
        for port in udp_ports(phones.pid()):
            there = ("127.0.0.1", port)
            await loop.sock_sendto(sock, message("OPTIONS", sock.getsockname(), there), there)
        await rings(desk, Console(asterisk), "1001")
        with pytest.raises((BlockingIOError, ConnectionRefusedError)):
            sock.recv(4096)


async def rings(desk: Desk, console: Console, extension: str) -> None:
    """A call of the exchange rings here, is answered and ends."""
    caller = console.colleague(extension, number="0525550177")
    incoming = await desk.next(ev.CallIncoming)
    await desk.client.calls.answer(incoming.call)
    await desk.hears(ev.CallEstablished(incoming.call))
    caller.hang_up()
    await desk.hears(ev.CallClosed(incoming.call, ev.CloseReason.NORMAL))


class Noise:
    """Seeded datagrams that no peer should send: torn, oversized, wild, and whole ones out of any dialog."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the same noise in every run

    def sip(self, source: tuple[str, int], at: tuple[str, int]) -> bytes:
        """For the signalling."""
        whole = message(self._random.choice(METHODS), source, at)
        spoils = (self._torn, self._flipped, self._swollen, self._answer, self._bytes, bytes)
        return self._random.choice(spoils)(whole)

    def rtp(self) -> bytes:
        """For the voice: RTP and RTCP of any version, kind, length and time (RFC 3550 §5.1, §6.4)."""
        kind = self._random.choice((0, 8, 9, 96, 101, 127, 200, 201, 202, 203, 204, 255))
        head = bytes((self._random.choice((0x80, 0x80, 0x90, 0xBF, 0x00, 0xFF)), kind))
        return head + self._random.randbytes(self._random.choice((0, 2, 10, 11, 160, 172, 1_500, _MOST)))

    def _bytes(self, _whole: bytes) -> bytes:
        return self._random.randbytes(self._random.choice((0, 1, 3, 40, 1_400, _MOST)))

    def _torn(self, whole: bytes) -> bytes:
        return whole[: self._random.randrange(len(whole))]

    def _flipped(self, whole: bytes) -> bytes:
        spoilt = bytearray(whole)
        for _ in range(self._random.randrange(1, 12)):
            spoilt[self._random.randrange(len(spoilt))] = self._random.randrange(256)
        return bytes(spoilt)

    def _swollen(self, whole: bytes) -> bytes:
        line = self._random.choice((b"Via: ", b"From: ", b"X: ", b"Content-Length: ", b"Record-Route: <sip:"))
        return whole.replace(b"\r\n", b"\r\n" + line + b"9" * self._random.randrange(1, 50_000) + b"\r\n", 1)

    def _answer(self, whole: bytes) -> bytes:
        status = self._random.choice((b"100", b"180", b"200", b"302", b"401", b"486", b"999", b"-1"))
        return b"SIP/2.0 " + status + b" Yes\r\n" + whole.partition(b"\r\n")[2]


async def sounds(desk: Desk, after: int = 0) -> None:
    """The exchange's tone is heard, behind the first ``after`` reports."""
    while True:
        levels = await desk.next(ev.AudioLevels, after)
        if levels.speaker > _LOUD:
            return
        after = desk.told.index(levels, after) + 1


def flood(seed: int, sip: tuple[str, int], rtp: set[int]) -> Iterator[None]:
    """Send the noise, as fast as the machine takes it, with a breath now and then."""
    noise = Noise(seed)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as one:
        one.bind((STRANGERS[seed % len(STRANGERS)], 0))
        for number in range(DATAGRAMS):
            one.sendto(noise.sip(one.getsockname(), sip), sip)
            for port in rtp:
                one.sendto(noise.rtp(), ("127.0.0.1", port))
            if number % 100 == 0:
                yield


@pytest.mark.parametrize("incoming", [False, True], ids=["dialled", "rang"])
async def test_a_datagram_of_more_voice_than_a_frame_carries_harms_nothing(
    phones: Phones, asterisk: Asterisk, console: Console, incoming: bool
) -> None:
    """G.722 is two samples a byte: such a datagram holds more of them than baresip's decoder has room for."""
    desk = await phones.desk()
    await desk.client.register(asterisk.account("1101"))
    await desk.hears(REGISTERED)
    before = udp_ports(phones.pid())
    if incoming:
        console.act(
            "Originate", Channel="PJSIP/1101", Context="test-numbers", Exten=SILENCE, Priority=1, Async="true"
        )
        call = (await desk.next(ev.CallIncoming)).call
        await desk.client.calls.answer(call)
    else:
        call = await desk.client.calls.dial(SILENCE)
    await desk.hears(ev.CallEstablished(call))
    for packet in overlong():
        for port in udp_ports(phones.pid()) - before:
            packet_to(port, packet)
        await asyncio.sleep(0)
    await desk.client.calls.hangup(call)
    await desk.hears(ev.CallClosed(call, ev.CloseReason.NORMAL))


def overlong() -> Iterator[bytes]:
    """One stream of G.722 (payload type 9, RFC 3551 §4.5.2) in packets of fifty times their length."""
    noise = random.Random(7)  # noqa: S311 - the same noise in every run
    for number in range(OVERLONG):
        head = struct.pack(">BBHII", 0x80, 9, number, number * 160, 77)
        yield head + noise.randbytes(_MOST_READ - len(head))


def packet_to(port: int, packet: bytes) -> None:
    """From a stranger to one of this machine's ports."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as one:
        one.bind((STRANGERS[0], 0))
        one.sendto(packet, ("127.0.0.1", port))


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_noise_costs_neither_registration_nor_call(
    phones: Phones, asterisk: Asterisk, console: Console, transport: Transport, seed: int
) -> None:
    extension = "1101" if transport is Transport.UDP else "1001"
    desk = await phones.desk()
    await desk.client.register(asterisk.account(extension))
    await desk.hears(REGISTERED)
    before = udp_ports(phones.pid())
    call = await desk.client.calls.dial(TONE)
    await desk.hears(ev.CallEstablished(call))
    await sounds(desk)
    rtp = udp_ports(phones.pid()) - before
    assert len(rtp) >= 2, "RTP and RTCP"
    sip = contact(asterisk, "1101") if transport is Transport.UDP else ("127.0.0.1", max(before))
    for _ in flood(seed, sip, rtp):
        await asyncio.sleep(0)
    # the call lives, both ways, and so does the registration
    await desk.client.calls.hold(call)
    await desk.hears(ev.CallHeld(call))
    await desk.client.calls.resume(call)
    told = len(desk.told)
    await sounds(desk, after=told)
    await desk.client.calls.hangup(call)
    await desk.hears(ev.CallClosed(call, ev.CloseReason.NORMAL))
    assert [event.state for event in desk.told if isinstance(event, ev.RegistrationChanged)][-1] is (
        RegistrationState.REGISTERED
    )
    assert not any(isinstance(event, ev.CallIncoming) for event in desk.told), "no stranger rang"
    await rings(desk, console, extension)
