"""The lab exchange as a whole, by its messages: what the queues make of what SIP shows."""

from __future__ import annotations

from dataclasses import replace

from hub.ports.pbx import AgentCompleted, CallerHeld, CallerResumed, HandedOn, PbxEvent
from pbx.lab.exchange import Exchange
from pbx.lab.fields import Address
from pbx.lab.message import Message, Request, parse, serialise
from pbx.lab.queue import QueueSettings
from tests.stubs.sip import SipPeer, in_dialog, response

HERE = ("127.0.0.1", 5060)
ROUTE = ("Route", "<sip:127.0.0.1:5060;lr>")


class Scene:
    """An exchange, a caller in its queue, and an agent who can take them."""

    def __init__(self) -> None:
        self.told: list[PbxEvent] = []
        self.exchange = Exchange(
            HERE, [QueueSettings("support")], lambda: 1000.0, self.told.append, lambda _order: None
        )
        self.dana = SipPeer("+97250", ("127.0.0.1", 41000), HERE)
        self.yael = SipPeer("1001", ("127.0.0.1", 42000), HERE)
        for peer in (self.dana, self.yael):
            self.exchange.enrol(peer.user, peer.password)
            challenge = self.passed(peer.register(), peer.address).get("WWW-Authenticate")
            self.passed(peer.register(challenge), peer.address)
        self.exchange.join("support", "1001", paused=False, reason="")
        self.exchange.enter("support", "c-1", self.dana.user, "")

    def passed(self, message: Message, source: Address) -> Message:
        out = self.exchange.datagram(serialise(message), source)
        assert out is not None
        return parse(out[0])

    def answered_call(self) -> Request:
        invite = self.dana.invite("1001")
        came = self.passed(invite, self.dana.address)
        assert isinstance(came, Request)
        self.passed(response(came, 200), self.yael.address)
        return invite

    def offers(self, call: Request, direction: str, *, callee: bool) -> None:
        """A re-INVITE of one side (RFC 3264 §8.4)."""
        body = f"v=0\r\na={direction}\r\n".encode()
        offer = in_dialog(call, "INVITE", from_callee=callee, body=body)
        to, source = (self.dana, self.yael) if callee else (self.yael, self.dana)
        self.passed(replace(offer, uri=to.contact).pushed(*ROUTE), source.address)


def test_the_end_of_the_first_call_ends_no_talk_that_the_same_agent_took_over() -> None:
    """An agent can hand a caller on to another line of their own."""
    scene = Scene()
    dana, yael = scene.dana, scene.yael
    first = scene.answered_call()
    refer = replace(in_dialog(first, "REFER", from_callee=True), uri=dana.contact)
    scene.passed(refer.pushed("Refer-To", f"<{yael.uri}>").pushed(*ROUTE), yael.address)
    scene.answered_call()
    bye = replace(in_dialog(first, "BYE", from_callee=True), uri=dana.contact)
    scene.passed(bye.pushed(*ROUTE), yael.address)
    talks = [type(event) for event in scene.told if isinstance(event, AgentCompleted | HandedOn)]
    assert talks == [AgentCompleted, HandedOn]
    assert [talk.agent for talk in scene.exchange.rows()[0].talking] == ["1001"]


def test_a_hold_is_the_agents_whatever_the_callers_phone_holds() -> None:
    scene = Scene()
    call = scene.answered_call()
    scene.offers(call, "sendonly", callee=False)
    assert not scene.exchange.rows()[0].talking[0].held
    scene.offers(call, "inactive", callee=True)
    scene.offers(call, "sendrecv", callee=True)
    scene.offers(call, "sendrecv", callee=False)
    holds = [type(event) for event in scene.told if isinstance(event, CallerHeld | CallerResumed)]
    assert holds == [CallerHeld, CallerResumed]
