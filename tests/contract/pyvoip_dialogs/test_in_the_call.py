"""In the call: its end, its sound, its transfer."""

from __future__ import annotations

import asyncio
import re

import pytest

from pbx.lab.message import Response, serialise
from sip import events as ev
from sip.call_state import CallState
from sip.errors import PhoneError
from sip.events import CloseReason
from sip.outcomes import status_outcome
from tests.contract.engine import Line
from tests.contract.pyvoip_dialogs.far_end import OPUS, branch, talk
from tests.stubs.exchange import SDP, StubExchange


async def test_bye_is_answered_and_ends_the_call_once(exchange: StubExchange, phone: Line) -> None:
    call, invite, ok = await talk(exchange, phone)
    bye = exchange.within(invite, ok, "BYE", 8)
    assert (await exchange.response(200)).cseq == (8, "BYE")
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, CloseReason.NORMAL)
    exchange.send(serialise(bye))
    assert (await exchange.response()).status == 200, "the answer was lost: the same again"
    exchange.within(invite, ok, "BYE", 9)
    assert (await exchange.response()).status == 481


async def test_a_bye_of_another_dialog_or_of_the_past_ends_nothing(
    exchange: StubExchange, phone: Line
) -> None:
    call, invite, ok = await talk(exchange, phone)
    for other in (ok.with_first("To", "<sip:1101@far>;tag=guessed"), ok):
        exchange.within(invite, other, "BYE", 8 if other is not ok else 6)
        assert (await exchange.response()).status == 481
    await phone.engine.hangup(call)
    bye = await exchange.request("BYE")
    assert bye.get("To") == invite.get("From")
    assert bye.uri == invite.get("Contact").strip("<>")
    exchange.answer(bye, 200)


async def test_a_reinvite_changes_the_one_stream_there_is(exchange: StubExchange, phone: Line) -> None:
    """Each one cost pyVoIP a socket and two threads (RFC 3264 §8)."""
    _call, invite, ok = await talk(exchange, phone)
    for number, way, answered in ((8, b"sendonly", b"recvonly"), (9, b"inactive", b"inactive")):
        exchange.within(
            *(invite, ok, "INVITE", number),
            ("Content-Type", "application/sdp"),
            body=SDP.replace(b"sendrecv", way),
        )
        again = await exchange.response(200)
        assert port_of(again) == port_of(ok)
        assert b"a=" + answered in again.body
        exchange.within(invite, ok, "ACK", number)
    exchange.within(invite, ok, "INVITE", 10, ("Content-Type", "application/sdp"), body=OPUS)
    assert (await exchange.response()).status == 488
    exchange.within(invite, ok, "BYE", 11)
    assert (await exchange.response(200)).cseq[0] == 11, "the call went on"


def port_of(answer: Response) -> bytes:
    found = re.search(rb"m=audio (\d+) ", answer.body)
    assert found is not None
    return found[1]


async def test_a_hold_that_meets_theirs_is_tried_again(exchange: StubExchange, phone: Line) -> None:
    """§14.1."""
    call, _invite, _ok = await talk(exchange, phone)
    holding = asyncio.create_task(phone.engine.hold(call))
    first = await exchange.request("INVITE")
    assert b"a=sendonly" in first.body
    exchange.answer(first, 491)
    second = await exchange.request("INVITE")
    while branch(second) == branch(first):
        second = await exchange.request("INVITE")
    exchange.answer(second, 200, body=SDP.replace(b"sendrecv", b"recvonly"))
    await exchange.request("ACK")
    await holding
    await phone.next(ev.CallHeld)


async def test_a_call_that_the_other_side_does_not_know_is_over(exchange: StubExchange, phone: Line) -> None:
    """§12.2.1.2. Why is said as over every engine, not in the exchange's words."""
    call, _invite, _ok = await talk(exchange, phone)
    holding = asyncio.create_task(phone.engine.hold(call))
    exchange.answer(await exchange.request("INVITE"), 481)
    lost = status_outcome(481, CallState.ESTABLISHED)
    with pytest.raises(PhoneError, match=f"this call is over: {lost.words}"):
        await holding
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, lost.reason, 481, lost.words)
    assert "As It Is" not in lost.words


async def test_a_hold_that_is_refused_leaves_the_call(exchange: StubExchange, phone: Line) -> None:
    """§14.1: the session stays as it was."""
    call, invite, ok = await talk(exchange, phone)
    holding = asyncio.create_task(phone.engine.hold(call))
    exchange.answer(await exchange.request("INVITE"), 488)
    with pytest.raises(PhoneError, match=r"refuses \(488\)"):
        await holding
    exchange.within(invite, ok, "INVITE", 8, ("Content-Type", "application/sdp"), body=SDP)
    assert b"a=sendrecv" in (await exchange.response(200)).body
    exchange.within(invite, ok, "BYE", 9)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL


async def test_a_transfer_ends_with_the_bye_that_follows_it(exchange: StubExchange, phone: Line) -> None:
    """Whatever NOTIFY still had to tell (RFC 3515 §2.4)."""
    call, invite, ok = await talk(exchange, phone)
    await phone.engine.transfer(call, "1102")
    refer = await exchange.request("REFER")
    assert refer.get("Refer-To") == f"<sip:1102@{exchange.account.domain}>"
    exchange.answer(refer, 202)
    trying = exchange.within(invite, ok, "NOTIFY", 8, ("Event", "refer"), body=b"SIP/2.0 100 Trying")
    assert (await exchange.response(200)).cseq == trying.cseq
    exchange.within(invite, ok, "BYE", 9)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.TRANSFERRED


async def test_a_transfer_that_failed_leaves_the_call(exchange: StubExchange, phone: Line) -> None:
    call, invite, ok = await talk(exchange, phone)
    await phone.engine.transfer(call, "1102")
    exchange.answer(await exchange.request("REFER"), 202)
    exchange.within(invite, ok, "NOTIFY", 8, ("Event", "refer"), body=b"SIP/2.0 486 Busy Here")
    failed = await phone.next(ev.TransferFailed)
    assert (failed.status, failed.reason) == (486, CloseReason.BUSY)
    exchange.within(invite, ok, "BYE", 9)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.NORMAL
