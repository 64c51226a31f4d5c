"""A far end that is gone without a word, in a talk and on hold, on the real Asterisk."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from sip import events as ev
from sip import lines
from sip.account import Transport
from sip.engines.baresip import settings
from sip.engines.pyvoip import phone as on_pyvoip
from sip.events import CloseReason
from sip.line_engine import LineEngine
from tests.contract.engine import Line
from tests.contract.engines import ways
from tests.contract.phones import TONE, Phones
from tests.pbx.centre import SUPPORT, SUPPORT_NUMBER
from tests.pbx.console import Console
from tests.pbx.link import Link, Weather
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


async def on_hold(phone: Line) -> ev.CallId:
    """A call whose far end has reported, and that is on hold now."""
    call = await phone.engine.dial(TONE)
    await phone.proves_itself()
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    return call


async def test_in_a_talk_sound_that_stops_for_good_ends_the_call(
    asterisk: Asterisk, phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_RTP_TIMEOUT", 4)
    monkeypatch.setattr(on_pyvoip, "RTP_TIMEOUT", 4)
    async with Link(asterisk.centre.ports.sip) as link:
        account = dataclasses.replace(asterisk.account("1101"), domain=link.domain)
        phone = await phones.unregistered(account=account)
        call = await phone.engine.dial(TONE)
        await phone.proves_itself()
        link.inward = Weather(loss=1.0)
        closed = await phone.next(ev.CallClosed)
        assert (closed.call, closed.reason) == (call, CloseReason.MEDIA_LOST)


@pytest.mark.parametrize(("kind", "transport"), ways(Transport.UDP, Transport.TLS))
async def test_on_hold_an_exchange_that_dies_ends_the_call(
    asterisk: Asterisk, phones: Phones, transport: Transport
) -> None:
    extension = "1101" if transport is Transport.UDP else "1001"
    phone = await phones.unregistered(account=asterisk.account(extension, transport))
    call = await on_hold(phone)
    asterisk.kill()
    closed = await phone.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (call, CloseReason.MEDIA_LOST)
    assert "exchange" in closed.words


async def test_on_hold_a_call_outlives_a_registration_that_is_doubtful(
    phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On hold Asterisk sends neither sound nor reports: that nothing comes is no sign of death."""
    monkeypatch.setattr(lines, "_SIGN_OF_LIFE", 2.0)
    phone = await phones.line("1101")
    call = await on_hold(phone)
    assert isinstance(phone.engine, LineEngine)
    buried = phone.engine._open
    buried.exchange_lost(gone=False)
    await asyncio.gather(*buried._tasks)
    await phone.engine.resume(call)
    assert (await phone.next(ev.CallResumed)).call == call


@pytest.mark.parametrize("held", [False, True], ids=["in a talk", "on hold"])
async def test_a_customer_who_is_gone_without_a_word_is_ended_by_the_exchange(
    asterisk: Asterisk, phones: Phones, console: Console, held: bool
) -> None:
    phone = await phones.line("1101")
    console.member(SUPPORT, "1101")
    ports = asterisk.centre.ports
    async with Phone("trunk", "pwtrunk", ports.sip, identity="0525550101") as customer:
        _call, final = await customer.dial(SUPPORT_NUMBER)
        assert final.status == 200
        ring = await phone.next(ev.CallIncoming)
        await phone.engine.answer(ring.call)
        await phone.next(ev.CallEstablished)
        if held:
            await phone.engine.hold(ring.call)
        closed = await phone.next(ev.CallClosed)
        # a BYE like any other: baresip hands on no Reason header of it
        assert (closed.call, closed.reason) == (ring.call, CloseReason.NORMAL)
