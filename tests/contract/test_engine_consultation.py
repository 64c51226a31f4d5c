"""Asking a colleague and handing the customer on, on the real Asterisk: tones tell who hears whom."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from sip import events as ev
from sip.audio.wav_port import WavPort
from sip.capability import Capability
from sip.errors import NoSuchCall, WrongState
from sip.events import CloseReason
from tests.contract.engine import Line
from tests.contract.engines import needs
from tests.contract.phones import NO_ANSWER, TONE, TONE_HZ, Ear, Phones, gone, loud, plain_phone
from tests.e2e.wav import write_tone
from tests.pbx.console import Console, Customer
from tests.pbx.rig import Asterisk

pytestmark = [pytest.mark.pbx, needs(Capability.ATTENDED_TRANSFER)]

DANA, NOAM = "1101", "1102"
ECHO = "600"
DANAS, NOAMS, CUSTOMERS = 700, 1900, 1300


@dataclass(frozen=True, slots=True)
class Talk:
    """Dana holds the customer and asks Noam. ``asked`` is Noam's end of the consultation."""

    dana: Line
    noam: Line
    customer: Customer
    call: ev.CallId
    consultation: ev.CallId
    asked: ev.CallIncoming
    ears: dict[str, Ear]


async def with_customer(dana: Line, console: Console) -> tuple[ev.CallId, Customer]:
    """Dana talks with a customer of the support queue."""
    console.member("support", DANA)
    customer = console.customer("support", tone=CUSTOMERS)
    ring = await dana.next(ev.CallIncoming)
    await dana.engine.answer(ring.call)
    await dana.next(ev.CallEstablished)
    return ring.call, customer


def headset(place: Path, name: str, hertz: int) -> tuple[WavPort, Ear]:
    """A mouth that says a tone, and what its ear gets."""
    write_tone(place / f"{name}-mouth.wav", hertz)
    ear = place / f"{name}-ear.wav"
    return WavPort(place / f"{name}-mouth.wav", ear), Ear(ear)


@pytest.fixture
async def talk(phones: Phones, console: Console, tmp_path: Path) -> Talk:
    dana_port, dana_ear = headset(tmp_path, "dana", DANAS)
    noam_port, noam_ear = headset(tmp_path, "noam", NOAMS)
    dana = await phones.line(DANA, lambda: dana_port)
    noam = await phones.line(NOAM, lambda: noam_port)
    call, customer = await with_customer(dana, console)
    await dana.engine.hold(call)
    await dana.next(ev.CallHeld)
    consultation = await dana.engine.dial(NOAM, call)
    asked = await noam.next(ev.CallIncoming)
    await noam.engine.answer(asked.call)
    await noam.next(ev.CallEstablished)
    await dana.next(ev.CallEstablished)
    ears = {"dana": dana_ear, "noam": noam_ear, "customer": Ear(customer.sent)}
    return Talk(dana, noam, customer, call, consultation, asked, ears)


async def test_a_consultation_is_apart_from_the_customer_and_tells_whose_it_is(talk: Talk) -> None:
    dialled = next(event for event in talk.dana.heard if isinstance(event, ev.CallDialling))
    assert dialled.consults == talk.call
    assert (talk.asked.contact, talk.asked.consulted) == ("", talk.customer.contact)
    await talk.ears["noam"].hears(DANAS, loud, "the colleague hears the agent")
    await talk.ears["dana"].hears(NOAMS, loud, "the agent hears the colleague")
    await talk.ears["noam"].hears(CUSTOMERS, gone, "the colleague hears nothing of the customer")
    talk.ears["customer"].mark()
    await talk.ears["customer"].hears(DANAS, gone, "the customer hears nothing of the agent")
    await talk.ears["customer"].hears(NOAMS, gone, "the customer hears nothing of the colleague")


async def test_customer_and_colleague_are_joined_and_our_calls_end(talk: Talk) -> None:
    await talk.dana.engine.attended_transfer(talk.call, talk.consultation)
    under_way = await talk.dana.next(ev.CallTransferring)
    assert (under_way.call, under_way.target, under_way.consultation) == (talk.call, NOAM, talk.consultation)
    ended = {closed.call: closed.reason for closed in [await talk.dana.next(ev.CallClosed) for _ in range(2)]}
    assert ended == {talk.call: CloseReason.TRANSFERRED, talk.consultation: CloseReason.TRANSFERRED}
    for ear in talk.ears.values():
        ear.mark()
    await talk.ears["customer"].hears(NOAMS, loud, "the customer hears the colleague")
    await talk.ears["noam"].hears(CUSTOMERS, loud, "the colleague hears the customer")
    await talk.ears["customer"].hears(DANAS, gone, "the customer hears nothing more of the agent")
    assert not [event for event in talk.noam.heard if isinstance(event, ev.CallClosed)]
    talk.customer.hang_up()
    assert (await talk.noam.next(ev.CallClosed)).call == talk.asked.call


async def test_joined_while_the_colleague_is_the_one_on_hold(talk: Talk) -> None:
    await talk.dana.engine.hold(talk.consultation)
    await talk.dana.next(ev.CallHeld)
    await talk.dana.engine.resume(talk.call)
    await talk.dana.next(ev.CallResumed)
    await talk.dana.engine.attended_transfer(talk.call, talk.consultation)
    assert {(await talk.dana.next(ev.CallClosed)).call for _ in range(2)} == {talk.call, talk.consultation}
    for ear in talk.ears.values():
        ear.mark()
    await talk.ears["customer"].hears(NOAMS, loud, "the customer hears the colleague")
    await talk.ears["noam"].hears(CUSTOMERS, loud, "the colleague hears the customer")


async def test_back_to_the_customer_when_the_consultation_is_over(talk: Talk) -> None:
    await talk.dana.engine.hangup(talk.consultation)
    assert (await talk.dana.next(ev.CallClosed)).call == talk.consultation
    await talk.dana.engine.resume(talk.call)
    await talk.dana.next(ev.CallResumed)
    talk.ears["customer"].mark()
    await talk.ears["customer"].hears(DANAS, loud, "the customer hears the agent again")
    await talk.ears["dana"].hears(CUSTOMERS, loud, "the agent hears the customer again")


async def test_a_join_that_the_exchange_refuses_leaves_both_calls_as_they_were(
    phones: Phones, tmp_path: Path
) -> None:
    port, ear = headset(tmp_path, "dana", DANAS)
    dana = await phones.line(DANA, lambda: port)
    echo = await dana.engine.dial(ECHO)
    await dana.next(ev.CallEstablished)
    await dana.engine.hold(echo)
    await dana.next(ev.CallHeld)
    tone = await dana.engine.dial(TONE, echo)
    await dana.next(ev.CallEstablished)
    # Asterisk joins no two calls that lead to nobody
    await dana.engine.attended_transfer(echo, tone)
    failed = await dana.next(ev.TransferFailed)
    assert (failed.call, failed.target, failed.reason) == (echo, TONE, CloseReason.FAILED)
    assert failed.status is not None
    assert (await dana.next(ev.CallResumed)).call == tone
    ear.mark()
    await ear.hears(TONE_HZ, loud, "the call that was talked in is heard on")
    await dana.engine.resume(echo)
    assert (await dana.next(ev.CallResumed)).call == echo
    await ear.hears(DANAS, loud, "the call that was held is still there")


async def test_who_has_hung_up_cannot_be_joined(talk: Talk) -> None:
    await talk.noam.engine.hangup(talk.asked.call)
    await talk.dana.next(ev.CallClosed)
    with pytest.raises(NoSuchCall):
        await talk.dana.engine.attended_transfer(talk.call, talk.consultation)
    with pytest.raises(WrongState):
        await talk.dana.engine.attended_transfer(talk.call, talk.call)
    assert talk.customer.present


async def test_a_call_that_still_rings_cannot_be_joined(phones: Phones, console: Console) -> None:
    dana = await phones.line(DANA)
    call, _customer = await with_customer(dana, console)
    await dana.engine.hold(call)
    ringing = await dana.engine.dial(NO_ANSWER, call)
    await dana.next(ev.CallProgress)
    with pytest.raises(WrongState):
        await dana.engine.attended_transfer(call, ringing)


async def test_only_our_own_headers_reach_the_colleague_and_they_are_cleaned(
    phones: Phones, asterisk: Asterisk
) -> None:
    noam = await phones.line(NOAM)
    async with plain_phone(asterisk, DANA) as stranger:
        extra = (
            ("X-Moked-Consultation", 'k-1&PJSIP/premium;x="[/]'),
            ("X-Moked-Contact", "k-2"),
            ("X-Other", "1"),
        )
        calling = asyncio.create_task(stranger.dial(NOAM, *extra))
        ring = await noam.next(ev.CallIncoming)
        assert (ring.contact, ring.consulted) == ("", "k-1PJSIPpremiumx")
        await noam.engine.reject(ring.call)
        await calling
