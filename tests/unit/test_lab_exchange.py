"""The lab exchange as a whole, by its messages: what the queues make of what SIP shows."""

from __future__ import annotations

from dataclasses import replace

from hub.ports.pbx import AgentCompleted, HandedOn, PbxEvent
from pbx.lab.exchange import Exchange
from pbx.lab.fields import Address
from pbx.lab.message import Message, Request, parse, serialise
from pbx.lab.queue import QueueSettings
from tests.stubs.sip import SipPeer, in_dialog, response

HERE = ("127.0.0.1", 5060)
ROUTE = ("Route", "<sip:127.0.0.1:5060;lr>")


def test_the_end_of_the_first_call_ends_no_talk_that_the_same_agent_took_over() -> None:
    """An agent can hand a caller on to another line of their own."""
    told: list[PbxEvent] = []
    exchange = Exchange(HERE, [QueueSettings("support")], lambda: 1000.0, told.append, lambda _order: None)
    dana, yael = (SipPeer("+97250", ("127.0.0.1", 41000), HERE), SipPeer("1001", ("127.0.0.1", 42000), HERE))

    def passed(message: Message, source: Address) -> Message:
        out = exchange.datagram(serialise(message), source)
        assert out is not None
        return parse(out[0])

    def answered_call() -> Request:
        invite = dana.invite("1001")
        came = passed(invite, dana.address)
        assert isinstance(came, Request)
        passed(response(came, 200), yael.address)
        return invite

    for peer in (dana, yael):
        exchange.enrol(peer.user, peer.password)
        challenge = passed(peer.register(), peer.address).get("WWW-Authenticate")
        passed(peer.register(challenge), peer.address)
    exchange.join("support", "1001", paused=False, reason="")
    exchange.enter("support", "c-1", dana.user, "")
    first = answered_call()
    refer = replace(in_dialog(first, "REFER", from_callee=True), uri=dana.contact)
    passed(refer.pushed("Refer-To", f"<{yael.uri}>").pushed(*ROUTE), yael.address)
    answered_call()
    bye = replace(in_dialog(first, "BYE", from_callee=True), uri=dana.contact)
    passed(bye.pushed(*ROUTE), yael.address)
    talks = [type(event) for event in told if isinstance(event, AgentCompleted | HandedOn)]
    assert talks == [AgentCompleted, HandedOn]
    assert [talk.agent for talk in exchange.rows()[0].talking] == ["1001"]
