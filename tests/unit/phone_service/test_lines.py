"""Whose the phone is, what a desk that comes is told, and that no desk can stop another."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from sip import events as ev
from sip.capability import Capability
from sip.client import PhoneClient, attach
from sip.errors import PhoneError, PhoneGone
from sip.wire import ATTACH, Request, encode
from tests.stubs.clock import settle
from tests.unit.phone_service.served import WITHIN, Served, told_of


async def _raw(phone: Served) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A line that is attached, and read only by hand."""
    reader, writer = await phone.place.connect()
    writer.write(encode(Request(1, ATTACH)))
    async with asyncio.timeout(WITHIN):
        while b'"ok"' not in await reader.readline():
            pass
    return reader, writer


async def test_a_desk_that_does_not_read_is_cut_off_and_the_next_is_served(phone: Served) -> None:
    reader, writer = await _raw(phone)
    party = ev.Party("n" * 100, "0521234567", "u" * 190)
    fed = 0
    while fed < 40_000:
        for _ in range(200):
            call = f"x{fed}"
            fed += 1
            phone.engine.stream.put(ev.CallIncoming(call, party))
            phone.engine.stream.put(ev.CallClosed(call, ev.CloseReason.REJECTED))
        await settle()
    async with asyncio.timeout(WITHIN):
        with suppress(ConnectionResetError):
            while heard := await reader.read(1 << 20):
                assert f'"x{fed - 1}"'.encode() not in heard
    writer.close()
    desk = await attach(phone.place)
    assert await desk.calls.dial("1002") == "c1"
    await desk.close()


async def test_levels_are_dropped_before_anything_else(phone: Served) -> None:
    reader, writer = await _raw(phone)
    call = ev.CallDialling("c1", ev.Party("", "1", "sip:1@x"))
    for _ in range(20_000):
        phone.engine.stream.put(ev.AudioLevels("c1", -20.0, -20.0))
    phone.engine.stream.put(call)
    lines = 0
    async with asyncio.timeout(WITHIN):
        while b"CallDialling" not in await reader.readline():
            lines += 1
    assert lines < 20_000
    writer.close()


async def _told(desk: PhoneClient) -> list[ev.PhoneReport]:
    """All that a desk is told until its line ends."""
    told: list[ev.PhoneReport] = []
    async with asyncio.timeout(WITHIN):
        with suppress(PhoneGone):
            async for report in desk.events():
                told += [report]
    return told


async def test_the_desk_that_comes_last_has_the_phone_and_both_are_told(phone: Served) -> None:
    first = await attach(phone.place)
    phone.engine.calls.add("c1")
    call = ev.CallDialling("c1", ev.Party("", "1", "sip:1@x"))
    phone.engine.stream.put(call)
    second = await attach(phone.place)
    assert (await _told(first))[-1] == ev.TakenAway()
    with pytest.raises(PhoneGone):
        await first.calls.hangup("c1")
    async with asyncio.timeout(WITHIN):
        assert await anext(aiter(second.events())) == ev.TakenOver()
        await second.calls.hangup("c1")
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
    await second.close()
    await first.close()


async def test_a_desk_alone_is_told_of_no_other(phone: Served) -> None:
    first = await attach(phone.place)
    await first.close()
    while phone.desks:
        await settle()
    second = await attach(phone.place)
    async with asyncio.timeout(WITHIN):
        assert isinstance(await anext(aiter(second.events())), ev.EngineCapabilities)
    await second.close()


async def test_what_the_engine_can_do_is_told_to_each_desk_before_how_its_calls_stand(phone: Served) -> None:
    phone.engine.capabilities = Capability.HOLD | Capability.DTMF
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")))
    for _ in range(2):
        desk = await attach(phone.place)
        told = desk.events()
        async with asyncio.timeout(WITHIN):
            assert await anext(told) == ev.EngineCapabilities(Capability.HOLD | Capability.DTMF)
        await desk.close()
        while phone.desks:
            await settle()


async def test_who_did_not_take_the_phone_has_it_not(phone: Served, desk: PhoneClient) -> None:
    """A line without ``attach`` hears nothing and does nothing, and disturbs no desk."""
    reader, writer = await phone.place.connect()
    writer.write(encode(Request(1, "dial", {"target": "1"})))
    async with asyncio.timeout(WITHIN):
        assert b"bad_request" in await reader.readline()
    writer.close()
    assert await desk.calls.dial("1002") == "c1"
    assert phone.engine.asked == [("start",), ("dial", "1002", "")]


async def test_a_fault_in_what_is_told_ends_neither_the_phone_nor_its_calls(
    phone: Served, desk: PhoneClient
) -> None:
    phone.engine.stream.put(object())  # type: ignore[arg-type] # a fault of ours
    call = ev.CallDialling("c1", ev.Party("", "1", "sip:1@x"))
    phone.engine.stream.put(call)
    assert await told_of(desk, ev.CallDialling) == call
    assert not phone.engine.closed


async def test_a_fault_in_a_command_is_its_answer_and_the_line_goes_on(
    phone: Served, desk: PhoneClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks() -> None:
        raise LookupError("0521234567")

    monkeypatch.setattr(phone.engine, "refresh", breaks)
    with pytest.raises(PhoneError, match="the calls go on") as told:
        await desk.refresh()
    assert "052" not in str(told.value)
    assert await desk.calls.dial("1002") == "c1"
