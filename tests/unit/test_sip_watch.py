"""What the phone looks at each second: sleep, addresses, a registrar that falls silent."""

from __future__ import annotations

import asyncio
import time

import pytest

from sip.ping import EVERY, Ping
from sip.registration import Doubt
from sip.watch import SleepLook, clock_in_sleep, is_ours, local_address


class Clocks:
    def __init__(self) -> None:
        self.asleep = 1_000.0
        self.wall = 1_700_000_000.0
        self.look = SleepLook(lambda: self.asleep, lambda: self.wall)

    def after(self, seconds: float, wall: float | None = None) -> Doubt | None:
        self.asleep += seconds
        self.wall += seconds if wall is None else wall
        return self.look()


def test_a_look_each_second_finds_nothing() -> None:
    clocks = Clocks()
    assert [clocks.after(1.0), clocks.after(1.2), clocks.after(2.5)] == [None] * 3


def test_a_machine_that_slept_is_found_out_once() -> None:
    clocks = Clocks()
    assert clocks.after(600.0) is Doubt.WOKE
    assert clocks.after(1.0) is None


def test_a_wall_clock_that_jumps_either_way_is_found_out() -> None:
    clocks = Clocks()
    assert clocks.after(1.0, wall=3_600.0) is Doubt.WOKE
    assert clocks.after(1.0) is None
    assert clocks.after(1.0, wall=-3_600.0) is Doubt.WOKE


def test_the_address_that_leads_somewhere_is_one_of_ours() -> None:
    way = local_address("127.0.0.1", 5060)
    assert way == "127.0.0.1"
    assert is_ours(way)
    # of the block for documentation (RFC 5737)
    assert not is_ours("192.0.2.1")


class Wire(asyncio.DatagramTransport):
    """Keeps what was sent."""

    def __init__(self) -> None:
        super().__init__({"sockname": ("127.0.0.1", 40_000)})
        self.sent: list[bytes] = []

    def is_closing(self) -> bool:
        return False

    def sendto(self, data: bytes | bytearray | memoryview, addr: object = None) -> None:
        self.sent.append(bytes(data))


def pinged() -> tuple[Ping, Wire]:
    made, wire = Ping("1001", "pbx.example.com:5060"), Wire()
    made.connection_made(wire)
    return made, wire


def answer(made: Ping, status: str = "401 Unauthorized") -> None:
    made.datagram_received(f"SIP/2.0 {status}\r\n\r\n".encode(), ("127.0.0.1", 5060))


def looks(made: Ping, count: int) -> list[Doubt | None]:
    return [made() for _ in range(count)]


def test_the_first_is_asked_at_once_and_then_every_other_look() -> None:
    made, wire = pinged()
    assert wire.sent[0].startswith(b"OPTIONS sip:pbx.example.com:5060 SIP/2.0\r\n")
    assert b"From: <sip:1001@pbx.example.com:5060>" in wire.sent[0]
    looks(made, 4 * EVERY)
    assert len(wire.sent) == 5


def test_a_registrar_that_answers_whatever_it_says_is_there() -> None:
    made, _wire = pinged()
    for _ in range(10):
        answer(made)
        assert looks(made, EVERY) == [None] * EVERY


def test_one_that_falls_silent_is_told_once_and_again_after_it_was_back() -> None:
    made, _wire = pinged()
    for _ in range(2):
        answer(made)
        found = looks(made, 6 * EVERY)
        assert found.count(Doubt.SILENT) == 1
        assert found.index(Doubt.SILENT) > EVERY, "one packet may be lost"
        assert not made.gone, "it is silent, and nobody said that it is gone"


def test_one_that_never_answered_is_not_missed() -> None:
    made, _wire = pinged()
    assert looks(made, 10 * EVERY) == [None] * 10 * EVERY


def test_one_whose_process_ended_is_gone_at_once() -> None:
    made, _wire = pinged()
    answer(made)
    made.error_received(ConnectionRefusedError())
    assert made() is Doubt.SILENT
    assert made.gone
    assert looks(made, 2) == [None, None]
    answer(made)
    assert looks(made, 2) == [None, None]
    assert not made.gone


def test_one_that_is_another_process_by_the_next_look_was_gone() -> None:
    made, wire = pinged()
    answer(made)
    made()
    sent = len(wire.sent)
    made.ask()
    assert len(wire.sent) == sent + 1
    made.error_received(ConnectionRefusedError())
    answer(made)
    assert made() is Doubt.SILENT
    assert made.gone
    made.error_received(ConnectionRefusedError())
    answer(made)
    assert made() is None, "what was told once is over when it answers"


def test_what_is_asked_beside_the_looks_is_not_missed() -> None:
    made, _wire = pinged()
    answer(made)
    for _ in range(10):
        made.ask()
    assert made() is None


def test_noise_is_no_answer() -> None:
    made, _wire = pinged()
    made.datagram_received(b"\xff\x00 SIP/2.0 200 OK", ("127.0.0.1", 5060))
    made.error_received(ConnectionRefusedError())
    assert looks(made, 10) == [None] * 10


def test_a_system_without_clocks_to_choose_from_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows: its monotonic clock goes on in sleep."""
    monkeypatch.delattr(time, "clock_gettime")
    before = time.monotonic()
    assert clock_in_sleep() >= before
