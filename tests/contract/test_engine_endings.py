"""How calls end, each in its own words, on the real Asterisk."""

from __future__ import annotations

import asyncio
import dataclasses

import pytest

from sip import events as ev
from sip.account import MediaEncryption
from sip.behaviour import Behaviour
from sip.capability import Capability
from sip.events import CloseReason
from tests.contract.engines import needs
from tests.contract.phones import (
    BUSY,
    DECLINES,
    GIVES_UP,
    NO_CIRCUIT,
    RINGS_TWO,
    TONE,
    UNKNOWN,
    WANTS_AUTO_ANSWER,
    Phones,
    plain_phone,
)
from tests.pbx.console import Console
from tests.pbx.rig import Asterisk

pytestmark = pytest.mark.pbx


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (BUSY, CloseReason.BUSY),
        (UNKNOWN, CloseReason.NOT_FOUND),
        (DECLINES, CloseReason.DECLINED),
        (GIVES_UP, CloseReason.NO_ANSWER),
        (NO_CIRCUIT, CloseReason.UNREACHABLE),
    ],
)
async def test_a_call_of_ours_says_why_it_came_to_nothing(
    phones: Phones, number: str, reason: CloseReason
) -> None:
    phone = await phones.line("1101")
    call = await phone.engine.dial(number)
    closed = await phone.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (call, reason)
    assert closed.status is not None


@needs(Capability.TLS)
async def test_a_call_without_the_encryption_that_is_asked_for_is_refused(
    phones: Phones, asterisk: Asterisk
) -> None:
    account = dataclasses.replace(asterisk.account("1001"), media_encryption=MediaEncryption.OFF)
    phone = await phones.unregistered(account=account)
    await phone.engine.dial(TONE)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.MEDIA_REFUSED


async def test_what_a_colleague_answers_was_answered_elsewhere(phones: Phones, console: Console) -> None:
    dana, noam = await phones.line("1101"), await phones.line("1102")
    console.colleague(RINGS_TWO, number="0525550101")
    ring = await dana.next(ev.CallIncoming)
    await noam.engine.answer((await noam.next(ev.CallIncoming)).call)
    closed = await dana.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (ring.call, CloseReason.ANSWERED_ELSEWHERE)


async def test_who_rings_too_long_in_a_queue_is_cancelled(phones: Phones, console: Console) -> None:
    phone = await phones.line("1101")
    console.member("sales", "1101")
    customer = console.customer("sales")
    ring = await phone.next(ev.CallIncoming)
    assert (ring.queue, ring.contact) == ("sales", customer.contact)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.CANCELLED


async def test_a_call_for_which_no_line_is_free_is_no_decline_of_the_agents(
    phones: Phones, asterisk: Asterisk
) -> None:
    phone = await phones.line("1101", behaviour=Behaviour(call_limit=1))
    await phone.engine.dial(TONE)
    await phone.next(ev.CallEstablished)
    async with plain_phone(asterisk, "1102") as other:
        _call, final = await other.dial("1101")
        assert final.status == 486
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.LINES_FULL


async def test_no_header_has_the_phone_answer_by_itself(
    asterisk: Asterisk, phones: Phones, console: Console
) -> None:
    async with plain_phone(asterisk, "1101") as seen:
        console.colleague(WANTS_AUTO_ANSWER, number="0525550101")
        invite = (await seen.ringing()).invite
        assert invite is not None
        assert "answer-after=0" in invite.header("Call-Info")
        assert "alert-autoanswer" in invite.header("Alert-Info")
        assert invite.header("Answer-Mode") == "Auto"
        await seen.register(expires=0)
    phone = await phones.line("1101", behaviour=Behaviour(person=True))
    console.colleague(WANTS_AUTO_ANSWER, number="0525550101")
    ring = await phone.next(ev.CallIncoming)
    closed = await phone.next(ev.CallClosed)
    assert (closed.call, closed.reason) == (ring.call, CloseReason.CANCELLED)
    assert not [event for event in phone.heard if isinstance(event, ev.CallEstablished)]


async def test_our_own_decline_is_ours(phones: Phones, asterisk: Asterisk) -> None:
    phone = await phones.line("1101")
    async with plain_phone(asterisk, "1102") as other:
        calling = asyncio.create_task(other.dial("1101"))
        await phone.engine.reject((await phone.next(ev.CallIncoming)).call)
        _call, final = await calling
        assert final.status == 486
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.REJECTED
