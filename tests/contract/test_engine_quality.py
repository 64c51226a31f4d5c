"""How a call sounds, measured over a line that a test makes bad, on the real Asterisk."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from sip import events as ev
from sip.capability import Capability
from sip.events import Complaint, Missing
from tests.contract.engine import Line
from tests.contract.engines import needs
from tests.contract.phones import TONE, Phones
from tests.pbx.link import Link, Weather
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.QUALITY)]

ECHO = "600"


@pytest.fixture
async def link(asterisk: Asterisk) -> AsyncIterator[Link]:
    async with Link(asterisk.centre.ports.sip) as made:
        yield made


@pytest.fixture
async def phone(asterisk: Asterisk, link: Link, kind: str) -> AsyncIterator[Line]:
    """A registered phone whose sound passes the link."""
    async with AsyncExitStack() as stack:
        account = dataclasses.replace(asterisk.account("1101"), domain=link.domain, codecs=("pcma",))
        yield await Phones(asterisk, stack, kind).unregistered(account=account)


async def call(phone: Line, number: str = ECHO) -> str:
    made = await phone.engine.dial(number)
    await phone.next(ev.CallEstablished)
    return made


async def test_a_good_line_is_measured_and_nothing_is_wrong(phone: Line) -> None:
    made = await call(phone)
    told = [await phone.next(ev.CallQuality) for _ in range(6)]
    assert {quality.call for quality in told} == {made}
    assert {quality.complaints for quality in told} == {()}
    assert told[-1].overall.mos > 4
    assert (told[-1].overall.loss_in, told[-1].overall.loss_out) == (0.0, 0.0)
    await phone.engine.hold(made)
    await phone.next(ev.CallHeld)
    await phone.engine.resume(made)
    assert (await phone.next(ev.CallQuality)).complaints == ()
    assert not [event for event in phone.heard if isinstance(event, ev.SoundLost)]


@pytest.mark.parametrize(
    ("inward", "outward", "complaint"),
    [
        (Weather(loss=0.2), Weather(), Complaint.GAPS_IN),
        (Weather(), Weather(loss=0.2), Complaint.GAPS_OUT),
        (Weather(jitter=0.2), Weather(), Complaint.JITTER),
        (Weather(delay=0.3), Weather(delay=0.3), Complaint.DELAY),
        (Weather(loss=0.2), Weather(), Complaint.POOR),
    ],
)
async def test_a_bad_line_is_told_and_a_mended_one_too(
    phone: Line, link: Link, inward: Weather, outward: Weather, complaint: Complaint
) -> None:
    await call(phone)
    link.inward, link.outward = inward, outward
    bad = await phone.next(ev.CallQuality, lambda quality: complaint in quality.complaints)
    values = {
        Complaint.GAPS_IN: bad.loss_in,
        Complaint.GAPS_OUT: bad.loss_out,
        Complaint.JITTER: bad.jitter,
        Complaint.DELAY: bad.rtt / 10,
        Complaint.POOR: 10 * (5 - bad.mos),
    }
    assert values[complaint] > 3
    link.inward, link.outward = Weather(), Weather()
    await phone.next(ev.CallQuality, lambda quality: complaint not in quality.complaints)


async def test_sound_that_stops_arriving_is_told_and_its_return_too(phone: Line, link: Link) -> None:
    made = await call(phone, TONE)
    await phone.next(ev.CallQuality)
    link.inward = Weather(loss=1.0)
    assert await phone.next(ev.SoundLost) == ev.SoundLost(made, Missing.NOTHING_ARRIVES)
    link.inward = Weather()
    assert await phone.next(ev.SoundBack) == ev.SoundBack(made, Missing.NOTHING_ARRIVES)


async def test_sound_of_ours_that_never_arrives_is_told(phone: Line, link: Link) -> None:
    link.outward = Weather(loss=1.0)
    made = await call(phone, TONE)
    assert await phone.next(ev.SoundLost) == ev.SoundLost(made, Missing.NOT_RECEIVED)
    link.outward = Weather()
    assert await phone.next(ev.SoundBack) == ev.SoundBack(made, Missing.NOT_RECEIVED)
