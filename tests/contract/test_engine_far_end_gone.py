"""A far end that is gone without a word, in a talk and on hold, on the real Asterisk over a line that is cut."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from sip import events as ev
from sip.engines.baresip import lines, settings
from sip.events import CloseReason
from tests.contract.engine import Line
from tests.contract.phones import TONE, Phones
from tests.pbx.link import Link, Weather
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx

SECONDS = 4
"""How long a far end may be silent in these tests; it reports every second (rtp.conf of the profile)."""


@pytest.fixture
async def link(asterisk: Asterisk) -> AsyncIterator[Link]:
    async with Link(asterisk.centre.ports.sip) as made:
        yield made


@pytest.fixture
async def phone(asterisk: Asterisk, link: Link, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Line]:
    """A registered phone whose sound passes the link, and which loses patience soon."""
    monkeypatch.setattr(lines, "HELD_SILENCE", SECONDS)
    monkeypatch.setattr(settings, "_RTP_TIMEOUT", SECONDS)
    async with AsyncExitStack() as stack:
        account = dataclasses.replace(asterisk.account("1101"), domain=link.domain, codecs=("pcma",))
        yield await Phones(asterisk, stack).unregistered(account=account)


async def held(phone: Line) -> ev.CallId:
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallQuality)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    return call


async def test_in_a_talk_the_sound_that_stops_ends_the_call(phone: Line, link: Link) -> None:
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallQuality)
    link.inward = Weather(loss=1.0)
    closed = await phone.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (call, CloseReason.MEDIA_LOST)


async def test_on_hold_the_reports_that_stop_end_the_call(phone: Line, link: Link) -> None:
    call = await held(phone)
    await link.passed(inward=2)
    link.inward = Weather(loss=1.0)
    closed = await phone.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (call, CloseReason.MEDIA_LOST)
    assert "on hold" in closed.words


async def test_on_hold_a_far_end_that_reports_is_there_however_long(phone: Line, link: Link) -> None:
    call = await held(phone)
    await link.passed(inward=2 * SECONDS)
    await phone.engine.resume(call)
    assert (await phone.next(ev.CallResumed)).call == call


async def test_on_hold_a_far_end_that_never_reports_is_not_missed(phone: Line, link: Link) -> None:
    """Some exchanges send nothing at all on hold; what tells then is the registration."""
    call = await phone.engine.dial(TONE)
    await phone.next(ev.CallQuality)
    link.inward = Weather(loss=1.0)
    await phone.engine.hold(call)
    await phone.next(ev.CallHeld)
    await link.passed(outward=2 * SECONDS)
    link.inward = Weather()
    await phone.engine.resume(call)
    assert (await phone.next(ev.CallResumed)).call == call
