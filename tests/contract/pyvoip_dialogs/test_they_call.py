"""They call."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pbx.lab.message import serialise
from sip import events as ev
from sip.audio.silence_port import SilencePort
from sip.engines.pyvoip import phone as phones
from sip.engines.pyvoip.engine import PyvoipEngine
from sip.events import CloseReason
from tests.contract.engine import Line, line
from tests.contract.pyvoip_dialogs.far_end import OPUS, SECURE, TORN
from tests.stubs.exchange import SDP, StubExchange


async def test_who_calls_is_told_as_the_exchange_vouches_for_it(exchange: StubExchange, phone: Line) -> None:
    exchange.invite(
        ("P-Asserted-Identity", '"Ruth, \\"R\\" Ben-Ami" <sip:+972525550121@far>'), ("X-Moked-Contact", "1.7")
    )
    ring = await phone.next(ev.CallIncoming)
    assert (ring.party.name, ring.party.number) == ('Ruth, "R" Ben-Ami', "+972525550121")
    assert ring.contact == "1.7"


async def test_a_name_has_no_stray_quote(exchange: StubExchange, phone: Line) -> None:
    exchange.invite()
    assert (await phone.next(ev.CallIncoming)).party.name == "Yossi Cohen"


async def test_it_rings_before_a_second_has_passed(exchange: StubExchange, phone: Line) -> None:
    """Its INVITE was told by a timer of one second; here it is told in the turn that answers 180."""
    exchange.invite()
    await exchange.response(180)
    assert any(isinstance(event, ev.CallIncoming) for event in phone.heard)


async def test_a_caller_who_gives_up_is_told_and_answered(exchange: StubExchange, phone: Line) -> None:
    invite = exchange.invite()
    await exchange.response(180)
    exchange.send(serialise(replace(invite.with_first("CSeq", "7 CANCEL"), method="CANCEL", body=b"")))
    assert (await exchange.response(200)).cseq == (7, "CANCEL")
    assert (await exchange.response(487)).cseq == (7, "INVITE")
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.CANCELLED


async def test_an_answer_is_sent_again_until_it_is_confirmed(exchange: StubExchange, phone: Line) -> None:
    """§13.3.1.4: one that is lost left a caller without a call, and pyVoIP in one."""
    invite = exchange.invite()
    await phone.engine.answer((await phone.next(ev.CallIncoming)).call)
    first, second = await exchange.response(200), await exchange.response(200)
    assert first == second
    exchange.within(invite, second, "ACK", 7)


async def test_an_invite_that_comes_again_rings_once(exchange: StubExchange, phone: Line) -> None:
    invite = exchange.invite()
    first = await exchange.response(180)
    exchange.send(serialise(invite))
    assert await exchange.response(180) == first
    assert [type(event) for event in phone.heard].count(ev.CallIncoming) == 1


@pytest.mark.parametrize("offer", [OPUS, SECURE, TORN], ids=["opus", "srtp", "torn"])
async def test_sound_that_cannot_be_carried_is_refused_and_nobody_rung(
    exchange: StubExchange, phone: Line, offer: bytes
) -> None:
    exchange.invite(body=offer)
    assert (await exchange.response()).status == 488
    assert not [event for event in phone.heard if isinstance(event, ev.CallIncoming)]


@pytest.mark.parametrize(("codec", "status"), [("pcmu", 180), ("pcma", 488)])
async def test_an_offer_without_a_codec_of_the_account_is_refused(
    exchange: StubExchange, codec: str, status: int
) -> None:
    """RFC 3264 §6: an answer names none that was not offered."""
    account = replace(exchange.account, codecs=(codec,))
    async with line(PyvoipEngine(SilencePort), account):
        exchange.invite(body=SDP.replace(b" 8 0 101", b" 0 101"))
        assert (await exchange.response()).status == status


async def test_video_beside_the_voice_is_refused_by_its_own_line(exchange: StubExchange, phone: Line) -> None:
    exchange.invite(body=SDP + b"m=video 50000 RTP/AVPF 96\r\na=rtpmap:96 VP8/90000\r\na=inactive\r\n")
    await phone.engine.answer((await phone.next(ev.CallIncoming)).call)
    answer = (await exchange.response(200)).body
    assert re.search(rb"m=audio \d{4,5} RTP/AVP 8 101\r\n", answer)
    assert b"m=video 0 RTP/AVPF 96\r\n" in answer
    assert b"a=sendrecv" in answer


async def test_an_invite_without_an_offer_is_made_one(exchange: StubExchange, phone: Line) -> None:
    engine = phone.engine
    assert isinstance(engine, PyvoipEngine)
    invite = exchange.invite(body=b"")
    call = (await phone.next(ev.CallIncoming)).call
    await engine.answer(call)
    ok = await exchange.response(200)
    assert b"RTP/AVP 8 0 101" in ok.body
    rtp = engine._lines.find(call)._call.rtp
    assert not rtp.flows
    exchange.within(invite, ok, "ACK", 7, ("Content-Type", "application/sdp"), body=SDP)
    await exchange.is_answered("the ACK before it")
    assert (rtp.outIP, rtp.outPort) == ("127.0.0.1", 40_000)


async def test_calls_beyond_all_bounds_are_refused(
    exchange: StubExchange, phone: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(phones, "_MOST_CALLS", 1)
    exchange.invite()
    await exchange.response(180)
    exchange.invite()
    assert (await exchange.response(486)).reason == "Busy Here"
