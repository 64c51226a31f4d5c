"""What pyVoIP got wrong in its dialogs, message by message, from an exchange that says what a test says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from pbx.lab.message import Request, Response, serialise
from sip import events as ev
from sip.audio.silence_port import SilencePort
from sip.call_state import CallState
from sip.engines.pyvoip import phone as phones
from sip.engines.pyvoip import transactions
from sip.engines.pyvoip.engine import PyvoipEngine
from sip.errors import PhoneError
from sip.events import CloseReason
from sip.outcomes import status_outcome
from tests.contract.engine import Line, line
from tests.contract.test_phone_strangers import Noise
from tests.stubs.exchange import SDP, StubExchange, stub_exchange

OPUS = SDP.replace(b" 8 0 101", b" 107").replace(b"8 PCMA/8000", b"107 opus/48000/2")
TORN = b"v=0\r\nm=audio nonsense\r\n"
SECURE = SDP.replace(b"RTP/AVP", b"RTP/SAVP")


@pytest.fixture
async def exchange() -> AsyncIterator[StubExchange]:
    async with stub_exchange() as made:
        yield made


@pytest.fixture
async def phone(
    exchange: StubExchange, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Line]:
    """A registered phone, which says nothing to standard output."""
    monkeypatch.setattr(phones, "_GOODBYE", 0.1)  # the exchange leaves last words unanswered
    async with line(PyvoipEngine(SilencePort), exchange.account) as held:
        yield held
    assert capfd.readouterr().out == ""


def branch(message: Request | Response) -> str:
    found = re.search(r"branch=([^;]+)", message.get("Via"))
    assert found is not None
    return found[1]


async def talk(exchange: StubExchange, phone: Line) -> tuple[str, Request, Response]:
    """A call of the exchange's that was answered and confirmed."""
    invite = exchange.invite()
    call = (await phone.next(ev.CallIncoming)).call
    await phone.engine.answer(call)
    ok = await exchange.response(200)
    exchange.within(invite, ok, "ACK", 7)
    await phone.next(ev.CallEstablished)
    return call, invite, ok


# We call


async def test_the_ack_of_an_answer_is_of_its_dialog(exchange: StubExchange, phone: Line) -> None:
    """Asterisk ended every call of pyVoIP after 32 s, for its ACK bore a tag of its own (§13.2.2.4)."""
    await phone.engine.dial("603")
    invite = await exchange.request("INVITE")
    exchange.answer(invite, 200, ("Record-Route", "<sip:one;lr>"), ("Record-Route", "<sip:two;lr>"), body=SDP)
    ack = await exchange.request("ACK")
    assert ack.get("To").endswith(";tag=t")
    assert ack.get("From") == invite.get("From")
    assert ack.uri == "sip:far@127.0.0.1:40001"
    assert ack.all("Route") == ("<sip:two;lr>", "<sip:one;lr>")
    assert ack.cseq[0] == invite.cseq[0]
    assert branch(ack) != branch(invite)
    exchange.answer(invite, 200, body=SDP)
    assert (await exchange.request("ACK")).get("To") == ack.get("To"), "lost, it is sent again"


async def test_the_ack_of_a_refusal_is_of_its_transaction(exchange: StubExchange, phone: Line) -> None:
    await phone.engine.dial("603")
    invite = await exchange.request("INVITE")
    for _ in range(2):
        exchange.answer(invite, 499)
        ack = await exchange.request("ACK")
        assert (branch(ack), ack.uri) == (branch(invite), invite.uri)
        assert ack.get("To").endswith(";tag=t")
    closed = await phone.next(ev.CallClosed)
    assert (closed.reason, closed.status) == (CloseReason.FAILED, 499)


async def test_an_invite_is_sent_again_until_it_is_heard_of(exchange: StubExchange, phone: Line) -> None:
    await phone.engine.dial("603")
    first, second = await exchange.request("INVITE"), await exchange.request("INVITE")
    assert branch(first) == branch(second)
    assert first.cseq == second.cseq


async def test_a_call_that_is_given_up_is_cancelled_once_it_was_heard_of(
    exchange: StubExchange, phone: Line
) -> None:
    """A CANCEL before any answer may come before its INVITE (§9.1)."""
    call = await phone.engine.dial("603")
    invite = await exchange.request("INVITE")
    await phone.engine.hangup(call)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.CANCELLED
    await exchange.is_answered("what was sent before")
    assert not [heard for heard in exchange.heard if isinstance(heard, Request) and heard.method == "CANCEL"]
    exchange.answer(invite, 180)
    cancel = await exchange.request("CANCEL")
    assert (branch(cancel), cancel.uri, cancel.cseq[0]) == (branch(invite), invite.uri, invite.cseq[0])
    assert cancel.get("To") == invite.get("To")
    exchange.answer(cancel, 200)
    exchange.answer(invite, 487)
    await exchange.request("ACK")


async def test_a_call_given_up_before_its_password_was_asked_for_is_cancelled_all_the_same(
    exchange: StubExchange, phone: Line
) -> None:
    """The INVITE with the proof is another transaction, and what was heard was of the first (§9.1)."""
    call = await phone.engine.dial("603")
    first = await exchange.request("INVITE")
    exchange.answer(first, 180)
    await phone.next(ev.CallProgress)
    await phone.engine.hangup(call)
    exchange.answer(await exchange.request("CANCEL"), 200)
    exchange.answer(
        first, 401, ("WWW-Authenticate", 'Digest realm="r", nonce="n", algorithm=MD5, qop="auth"')
    )
    await exchange.request("ACK")
    second = await exchange.request("INVITE")
    exchange.answer(second, 180)
    cancel = await exchange.request("CANCEL")
    assert (branch(cancel), cancel.cseq[0]) == (branch(second), second.cseq[0])
    exchange.answer(cancel, 200)
    exchange.answer(second, 487)
    await exchange.request("ACK")


async def test_an_answer_that_crossed_our_cancel_is_hung_up(exchange: StubExchange, phone: Line) -> None:
    call = await phone.engine.dial("603")
    invite = await exchange.request("INVITE")
    exchange.answer(invite, 180)
    await phone.next(ev.CallProgress)
    await phone.engine.hangup(call)
    exchange.answer(await exchange.request("CANCEL"), 200)
    exchange.answer(invite, 200, body=SDP)
    await exchange.request("ACK")
    exchange.answer(await exchange.request("BYE"), 200)


async def test_sound_that_cannot_be_carried_ends_our_call(exchange: StubExchange, phone: Line) -> None:
    await phone.engine.dial("603")
    exchange.answer(await exchange.request("INVITE"), 200, body=SECURE)
    await exchange.request("ACK")
    exchange.answer(await exchange.request("BYE"), 200)
    assert (await phone.next(ev.CallClosed)).reason is CloseReason.MEDIA_REFUSED


async def test_two_phones_of_one_machine_share_no_ids(exchange: StubExchange, phone: Line) -> None:
    """Two of pyVoIP's took each other's answers, and ``call`` never returned (§8.1.1.4, §8.1.1.7)."""
    async with line(PyvoipEngine(SilencePort), exchange.account) as other:
        await phone.engine.dial("603")
        await other.engine.dial("603")
        one, two = await exchange.request("INVITE"), await exchange.request("INVITE")
        assert one.call_id != two.call_id
        assert branch(one) != branch(two)
        assert one.get("From").partition("tag=")[2] != two.get("From").partition("tag=")[2]


# They call


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


# In the call


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
    lost = status_outcome(481, "As It Is", CallState.ESTABLISHED)
    with pytest.raises(PhoneError, match=f"this call is over: {lost.words}"):
        await holding
    assert await phone.next(ev.CallClosed) == ev.CallClosed(call, lost.reason, 481, lost.words)
    assert "As It Is" not in lost.words


async def test_a_hold_that_is_refused_leaves_the_call(exchange: StubExchange, phone: Line) -> None:
    """§14.1: the session stays as it was."""
    call, invite, ok = await talk(exchange, phone)
    holding = asyncio.create_task(phone.engine.hold(call))
    exchange.answer(await exchange.request("INVITE"), 488)
    with pytest.raises(PhoneError, match=r"refuses \(488 As It Is\)"):
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


# Whatever else is asked


@pytest.mark.parametrize(
    ("method", "status"),
    [("OPTIONS", 200), ("MESSAGE", 405), ("REFER", 405), ("NOTIFY", 481), ("BYE", 481), ("CANCEL", 481)],
)
async def test_every_request_gets_its_answer(
    exchange: StubExchange, phone: Line, method: str, status: int
) -> None:
    """Asterisk took a phone that answers no OPTIONS for gone (§8.2, §11.2)."""
    invite = exchange.invite()
    await exchange.response(180)
    asked = replace(
        invite.with_first("Call-ID", "another").with_first("CSeq", f"1 {method}"), method=method, body=b""
    )
    exchange.send(serialise(asked.with_first("Via", "SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx;rport")))
    answer = await exchange.response()
    assert answer.status == status
    if status in (200, 405):
        assert "BYE" in answer.get("Allow")
    assert "rport=" in answer.get("Via")


async def test_all_of_a_call_ends_with_it(exchange: StubExchange, phone: Line) -> None:
    """Sockets, threads and timers (pyVoIP kept them, and 24 to 118 kB a call)."""
    engine = phone.engine
    assert isinstance(engine, PyvoipEngine)
    call, _invite, _ok = await talk(exchange, phone)
    rtp = engine._lines.find(call)._call.rtp
    assert rtp._thread is not None
    await phone.engine.hangup(call)
    exchange.answer(await exchange.request("BYE"), 200)
    await asyncio.to_thread(rtp._thread.join, 5)
    assert not rtp._thread.is_alive()
    assert rtp.sin.fileno() == rtp._control.fileno() == -1
    assert len(engine._lines) == 0
    assert engine._registration is not None
    assert engine._registration.serving is not None
    assert not engine._registration.serving.phone.calls


@pytest.mark.parametrize("seed", [1, 2])
async def test_noise_of_the_exchange_itself_costs_nothing(
    exchange: StubExchange, phone: Line, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    """What a stranger's address keeps out comes here by the exchange's own: torn, wild, out of any dialog."""
    engine = phone.engine
    assert isinstance(engine, PyvoipEngine)
    _call, invite, ok = await talk(exchange, phone)
    noise = Noise(seed)
    for number in range(300):
        for _ in range(3):  # more would not fit a socket's buffer, and get lost
            exchange.send(noise.sip(exchange.phone, exchange.phone))
        spoilt = serialise(exchange.within(invite, ok, "INVITE", 20 + number, body=TORN))
        exchange.send(spoilt[: number % len(spoilt)])
        await exchange.is_answered(f"{number} of noise")
    assert engine._registration is not None
    assert engine._registration.serving is not None
    home = engine._registration.serving.phone
    assert len(home.calls) <= phones._MOST_CALLS
    assert len(home.sip._answered._answers) <= transactions._MOST_KEPT
    exchange.invite(("X-Moked-Contact", "after all"))
    await phone.next(ev.CallIncoming, lambda ring: ring.contact == "after all")
    assert not caplog.records, "a flood must not fill the log either"


async def test_a_message_that_upsets_the_phone_costs_that_message_alone(
    exchange: StubExchange, phone: Line, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it is, the event loop need not hear of it."""
    taken = asyncio.Event()
    upset: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: upset.append(context))

    def breaks(_phone: phones.Phone, _request: object) -> None:
        taken.set()
        raise LookupError

    with monkeypatch.context() as broken:
        broken.setattr(phones.Phone, "callback", breaks)
        exchange.invite()
        async with asyncio.timeout(10):
            await taken.wait()
    assert caplog.messages == ["a message was not taken"]
    exchange.invite(("X-Moked-Contact", "after all"))
    await phone.next(ev.CallIncoming, lambda ring: ring.contact == "after all")
    assert upset == []
