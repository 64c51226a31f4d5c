"""How long the phone lives: for a call without a desk, and no longer than its engine."""

from __future__ import annotations

import asyncio

import pytest

from sip import events as ev
from sip.account import Account
from sip.client import attach
from sip.errors import PhoneError, PhoneGone
from tests.stubs.clock import settle
from tests.unit.phone_service.served import WITHIN, Served, told_of

ACCOUNT = Account("1001", "pbx.example.com", "s3cret", display_name="דנה")


async def test_a_phone_that_is_told_to_stop_closes_its_engine_and_leaves_its_desks(phone: Served) -> None:
    _reader, deaf = await phone.place.connect()
    desk = await attach(phone.place)
    await desk.calls.dial("1002")
    await phone.stop()
    assert phone.engine.closed
    assert not phone.place.path.exists()
    with pytest.raises(PhoneGone):
        await desk.calls.dial("1002")
    await desk.close()
    deaf.close()


async def test_a_call_keeps_the_phone_when_every_desk_left() -> None:
    phone = Served()
    await phone.start(linger=0.05)
    desk = await attach(phone.place)
    phone.engine.stream.put(ev.CallDialling("c1", ev.Party("", "1", "sip:1@x")))
    await told_of(desk, ev.RegistrationChanged)
    await desk.close()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await asyncio.shield(phone.ended())
    assert not phone.engine.closed
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.NORMAL))
    await phone.ended()
    assert phone.engine.closed


async def test_a_call_that_comes_while_the_phone_leaves_is_kept() -> None:
    phone = Served()
    phone.engine.on_unregister = [ev.CallIncoming("c1", ev.Party("", "1", "sip:1@x"))]
    await phone.start(linger=0.05)
    desk = await attach(phone.place)
    await desk.register(ACCOUNT)
    await desk.close()
    async with asyncio.timeout(WITHIN):
        while phone.engine.asked[-2:] != [("unregister",), ("register", ACCOUNT)]:
            await settle()
    assert not phone.engine.closed
    desk = await attach(phone.place)
    told = desk.events()
    kinds = [type(await anext(told)) for _ in range(3)]
    assert kinds == [ev.EngineCapabilities, ev.RegistrationChanged, ev.Retold]
    phone.engine.stream.put(ev.CallClosed("c1", ev.CloseReason.CANCELLED))
    await desk.close()
    await phone.ended()
    assert phone.engine.closed


async def test_an_engine_that_fails_ends_the_phone() -> None:
    phone = Served()
    await phone.start()
    phone.engine.stream.fail(PhoneError("the SIP stack died"))
    with pytest.raises(PhoneError, match="died"):
        await phone.ended()
    assert phone.engine.closed
