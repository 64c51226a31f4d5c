"""A call's sockets and thread on pyVoIP: what goes over them, what is passed over, and that they end."""

from __future__ import annotations

import asyncio
import math
import queue
import random
import socket
import threading
from array import array
from collections.abc import Iterator
from contextlib import closing

import pytest
from pyVoIP.RTP import PayloadType

from sip.audio.samples import tone
from sip.engines.pyvoip.outgoing import FRAMES
from sip.engines.pyvoip.packets import Packet, event, read
from sip.engines.pyvoip.rtp import Payloads, Rtp
from sip.engines.pyvoip.timeline import RATE
from sip.errors import PhoneError

HERE = "127.0.0.1"
LAWS = {"pcmu": {0: PayloadType.PCMU}, "pcma": {8: PayloadType.PCMA}}
KEYS: Payloads = {8: PayloadType.PCMA, 101: PayloadType.EVENT}
_WITHIN = 10.0


class Ends:
    """One ``Rtp`` and the far end's bare socket."""

    def __init__(self, payloads: Payloads, patience: float = 60.0) -> None:
        self.keys: queue.Queue[str] = queue.Queue()
        self.silent: queue.Queue[bool] = queue.Queue()
        self.rtp = Rtp(HERE, self.keys.put, lambda: self.silent.put(True), patience)
        self.far = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.far.bind((HERE, 0))
        self.far.settimeout(_WITHIN)
        self.rtp.connect(HERE, self.far.getsockname()[1], payloads)

    def send(self, data: bytes) -> None:
        self.far.sendto(data, (HERE, self.rtp.inPort))

    def say(self, number: int, payload: bytes, kind: int = 8) -> None:
        self.send(Packet(kind, False, number, number * FRAMES, 1, payload).written())

    def next(self) -> Packet:
        packet = read(self.far.recv(2_048))
        assert packet is not None
        return packet

    def hears(self, frames: int) -> None:
        """Wait until so many samples arrived: the far end's packets are the clock."""
        for _ in range(100):
            if self.rtp.received.buffered() >= frames:
                return
            self.next()
        raise AssertionError("what was sent did not arrive")

    def close(self) -> None:
        self.rtp.stop()
        self.far.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    with closing(Ends(KEYS)) as made:
        yield made


def ratio(pcm: bytes, hertz: int) -> float:
    """How far a tone stands above all else, in dB."""
    samples = array("h", pcm)
    turn = 2 * math.pi * hertz / RATE
    cosine = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples)) * 2 / len(samples)
    sine = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples)) * 2 / len(samples)
    rest = sum(
        (s - cosine * math.cos(turn * n) - sine * math.sin(turn * n)) ** 2 for n, s in enumerate(samples)
    )
    return 10 * math.log10((cosine**2 + sine**2) / 2 / (rest / len(samples)))


@pytest.mark.parametrize("law", LAWS)
def test_both_laws_carry_sixteen_bits_there_and_back(law: str) -> None:
    """34 dB and more at −30 dBFS; 8 bits on the way left 20.6, and A-law through µ-law less (ITU-T G.711)."""
    (number,) = LAWS[law]
    said = tone(1_000, RATE // 2, RATE, -30.0)
    with closing(Ends(LAWS[law])) as there:
        coded = there.rtp.encode_packet(said)
        for at in range(0, len(coded), FRAMES):
            there.rtp.parse_packet(Packet(number, False, at, at, 1, coded[at : at + FRAMES]).written())
        heard = there.rtp.received.take(RATE)
    assert len(heard) == 2 * 3_200, "the newest 0.4 s"
    assert ratio(heard, 1_000) >= 34.0


def test_packets_go_one_after_the_other(ends: Ends) -> None:
    ends.rtp.outSequence, ends.rtp.outTimestamp = 65_534, (1 << 32) - FRAMES
    ends.rtp.start()
    packets = [ends.next() for _ in range(5)]
    assert [packet.sequence for packet in packets] == [65_534, 65_535, 0, 1, 2]
    assert [packet.timestamp for packet in packets] == [(1 << 32) - FRAMES, 0, 160, 320, 480]
    assert {(packet.payload_type, packet.source, len(packet.payload)) for packet in packets} == {
        (8, ends.rtp.outSSRC, FRAMES)
    }


def test_a_fault_of_ours_in_one_packet_does_not_end_the_sound_of_the_call(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    broke = threading.Event()

    def breaks(_packet: bytes) -> None:
        broke.set()
        monkeypatch.undo()
        raise LookupError("0521234567")

    monkeypatch.setattr(ends.rtp, "parse_packet", breaks)
    ends.rtp.start()
    ends.say(1, bytes(FRAMES))
    assert broke.wait(_WITHIN)
    ends.say(2, bytes(FRAMES))
    ends.hears(FRAMES)


def test_who_is_not_the_far_end_is_not_heard(ends: Ends) -> None:
    ends.rtp.start()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as stranger:
        stranger.bind(("127.0.0.2", 0))
        for number in range(5):
            packet = Packet(8, False, number, number * FRAMES, 9, b"\x11" * FRAMES)
            stranger.sendto(packet.written(), (HERE, ends.rtp.inPort))
    ends.say(0, b"\x55" * FRAMES)
    ends.hears(FRAMES)
    assert set(array("h", ends.rtp.received.take(10_000))) == {-8}, "A-law 0x55; the stranger's would be loud"
    assert ends.rtp.heard == 1


def test_what_is_no_rtp_ends_nothing(ends: Ends) -> None:
    ends.rtp.start()
    noise = random.Random(7)  # noqa: S311 - the same noise in every run
    for length in (0, 1, 2, 11, 12, 13, 160, 1_400):
        ends.send(noise.randbytes(length))
        ends.send(b"\x80\x08" + noise.randbytes(length))
        ends.send(b"\x80\x65" + noise.randbytes(length))
    ends.say(1_000_000 // FRAMES, b"\x55" * FRAMES)
    ends.hears(FRAMES)
    for _ in range(50):
        if array("h", ends.rtp.received.take(10_000)[-2 * FRAMES :])[-1:] == array("h", [-8]):
            return
        ends.next()
    raise AssertionError("sound after the noise is not heard")


def test_a_key_is_told_once_whichever_of_its_packets_are_lost(ends: Ends) -> None:
    """RFC 4733 §2.5.1.2; pyVoIP told of none whose first packet was lost."""
    ends.rtp.start()
    for code, begun in (("5", 1_000), ("5", 5_000), ("#", 9_000)):
        for duration in (320, 480, 480):
            payload = event(code, duration, ended=duration == 480)
            ends.send(Packet(101, False, begun, begun, 1, payload).written())
            for _ in range(3):
                ends.next()  # 60 ms: they may be as far apart, and no telephone presses faster
        assert ends.keys.get(timeout=_WITHIN) == code
    assert ends.keys.empty()


def test_keys_go_out_beside_the_voice(ends: Ends) -> None:
    ends.rtp.start()
    sent: queue.Queue[bool] = queue.Queue()
    ends.rtp.press("7", lambda: sent.put(True))
    assert sent.get(timeout=_WITHIN)
    packets = [ends.next() for _ in range(12)]
    keys = [packet for packet in packets if packet.payload_type == 101]
    assert len(keys) == 8
    assert len({packet.timestamp for packet in keys}) == 1, "all of a key bear its beginning"
    assert [packet.marker for packet in keys] == [True] + [False] * 7
    assert len({packet.sequence for packet in packets}) == len(packets)


def test_where_no_keys_were_agreed_on_none_are_sent() -> None:
    with closing(Ends(LAWS["pcma"])) as there, pytest.raises(PhoneError, match="keys"):
        there.rtp.press("7", lambda: None)


def test_a_far_end_that_stops_is_told_once() -> None:
    with closing(Ends(KEYS, patience=0.1)) as there:
        there.rtp.expect(sound=True)
        there.rtp.start()
        assert there.silent.get(timeout=_WITHIN)


async def test_thread_and_sockets_end_with_the_call(ends: Ends) -> None:
    ends.rtp.start()
    thread = ends.rtp._thread
    assert thread is not None
    ends.next()
    ends.rtp.stop()
    ends.rtp.stop()
    await asyncio.to_thread(thread.join, _WITHIN)
    assert not thread.is_alive()
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as again:
        again.bind((HERE, ends.rtp.inPort))


def test_a_call_has_an_even_port_and_the_next_is_held_for_it() -> None:
    """RFC 3550 §11. Reports to the next port must not reach another call's sound."""
    with closing(Ends(KEYS)) as one, closing(Ends(KEYS)) as other:
        ports = [one.rtp.inPort, other.rtp.inPort]
        assert all(port % 2 == 0 for port in ports)
        assert len(set(ports)) == 2
        with (
            closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as third,
            pytest.raises(OSError, match="in use"),
        ):
            third.bind((HERE, ports[0] + 1))
