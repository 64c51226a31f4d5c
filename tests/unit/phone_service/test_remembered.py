"""What the phone keeps beyond the desk: calls missed and dialled, keys that were sent."""

from __future__ import annotations

import asyncio

from sip import events as ev
from sip.client import PhoneClient, attach
from tests.stubs.clock import settle
from tests.unit.phone_service.served import WITHIN, Served, told_of


async def missed(desk: PhoneClient, number: int) -> tuple[ev.MissedCall, ...]:
    """The next list of missed calls that is so long."""
    async with asyncio.timeout(WITHIN):
        async for event in desk.events():
            if isinstance(event, ev.MissedCalls) and len(event.calls) == number:
                return event.calls
    raise AssertionError("the phone is gone")


async def test_the_keys_that_were_sent_are_told_to_this_desk_and_the_next(phone: Served) -> None:
    first = await attach(phone.place)
    phone.engine.calls.add("c1")
    for event in (ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")), ev.CallEstablished("c1")):
        phone.engine.stream.put(event)
    await settle()
    await first.calls.send_dtmf("c1", "12#")
    for desk in (first, await attach(phone.place)):
        assert await told_of(desk, ev.DtmfSent) == ev.DtmfSent("c1", "12#")
        await desk.close()


async def test_missed_calls_outlive_the_desk_until_they_are_seen(phone: Served) -> None:
    noa = ev.Party("Noa", "0525550101", "sip:0525550101@test")
    for call in ("c1", "c2"):
        phone.engine.stream.put(ev.CallIncoming(call, noa, contact=call, queue="support"))
        phone.engine.stream.put(ev.CallClosed(call, ev.CloseReason.CANCELLED))
    first = await attach(phone.place)
    told = await missed(first, 2)
    assert [(one.call, one.name, one.number, one.queue, one.reason) for one in told] == [
        (call, "Noa", "0525550101", "support", ev.CloseReason.CANCELLED) for call in ("c1", "c2")
    ]
    await first.calls.forget_missed("c1")
    assert [one.call for one in await missed(first, 1)] == ["c2"]
    await first.close()
    second = await attach(phone.place)
    assert [one.call for one in await missed(second, 1)] == ["c2"]
    await second.calls.forget_missed()
    assert await missed(second, 0) == ()
    await second.close()


async def test_what_was_dialled_outlives_the_desk(phone: Served) -> None:
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "0525550101", "sip:0525550101@test")))
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.BUSY))
    for _ in range(2):
        desk = await attach(phone.place)
        async with asyncio.timeout(WITHIN):
            async for event in desk.events():
                if isinstance(event, ev.DialledCalls) and event.calls:
                    assert [(one.number, one.reason) for one in event.calls] == [
                        ("0525550101", ev.CloseReason.BUSY)
                    ]
                    break
        await desk.close()
