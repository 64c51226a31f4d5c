"""We call."""

from __future__ import annotations

from pbx.lab.message import Request
from sip import events as ev
from sip.audio.silence_port import SilencePort
from sip.engines.pyvoip.engine import PyvoipEngine
from sip.events import CloseReason
from tests.contract.engine import Line, line
from tests.contract.pyvoip_dialogs.far_end import SECURE, branch
from tests.stubs.exchange import SDP, StubExchange


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
