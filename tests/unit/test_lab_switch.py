"""The lab exchange's SIP side, message by message: who may register, and where a request goes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.ports.pbx import MemberState
from pbx.lab.calls import Answered, Began, Change, Ended, Held
from pbx.lab.digest import NONCE_LIFE
from pbx.lab.fields import Address, NameAddr, Via
from pbx.lab.message import Message, Request, Response, parse, serialise
from pbx.lab.switch import CONTACT_HEADER, Switch
from tests.stubs.sip import SipPeer, in_dialog, request, response

HERE = ("127.0.0.1", 5060)


class Bench:
    """A switch, two phones and what the switch said of calls."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.changes: list[Change] = []
        self.contacts: dict[tuple[str, str], str] = {}
        self.switch = Switch(HERE, lambda: self.now, self._contact, self._changed)
        self.dana = SipPeer("+972505550101", ("127.0.0.1", 41000), HERE)
        self.yael = SipPeer("1001", ("127.0.0.1", 42000), HERE)
        for peer in (self.dana, self.yael):
            self.switch.enrol(peer.user, peer.password)

    def _contact(self, caller: str, agent: str) -> str:
        return self.contacts.get((caller, agent), "")

    def _changed(self, change: Change | None) -> None:
        if change is not None:
            self.changes.append(change)

    def send(self, message: Message, source: Address) -> tuple[Message, Address] | None:
        out = self.switch.datagram(serialise(message), source)
        return None if out is None else (parse(out[0]), out[1])

    def status(self, message: Message, source: Address) -> int:
        out = self.send(message, source)
        assert out is not None
        assert isinstance(out[0], Response)
        assert out[1] == source
        return out[0].status

    def challenge(self, peer: SipPeer) -> str:
        out = self.send(peer.register(), peer.address)
        assert out is not None
        return out[0].get("WWW-Authenticate")

    def register(self, peer: SipPeer) -> int:
        return self.status(peer.register(self.challenge(peer)), peer.address)

    def forwarded(self, message: Message, source: Address) -> tuple[Request, Address]:
        out = self.send(message, source)
        assert out is not None
        assert isinstance(out[0], Request)
        return out[0], out[1]

    def ringing(self) -> tuple[Request, Request]:
        """Both registered, an INVITE from Dana at Yael: as sent and as it came."""
        self.register(self.dana)
        self.register(self.yael)
        invite = self.dana.invite("1001")
        return invite, self.forwarded(invite, self.dana.address)[0]

    def talking(self) -> tuple[Request, Request]:
        sent, came = self.ringing()
        self.send(response(came, 200), self.yael.address)
        return sent, came


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_phone_registers_by_digest(bench: Bench) -> None:
    assert bench.status(bench.yael.register(), bench.yael.address) == 401
    assert bench.register(bench.yael) == 200
    assert bench.switch.device_state("1001") is MemberState.FREE


def test_a_wrong_password_and_an_unknown_user_are_refused_alike(bench: Bench) -> None:
    assert bench.register(replace(bench.yael, password="guess")) == 401
    assert bench.register(replace(bench.yael, user="9999")) == 401
    assert bench.switch.device_state("1001") is MemberState.UNAVAILABLE


def test_credentials_for_another_user_do_not_serve(bench: Bench) -> None:
    own = bench.yael.register(bench.challenge(bench.yael))
    stolen = own.with_first("To", f"<{bench.dana.uri}>")
    assert bench.status(stolen, bench.yael.address) == 401
    assert bench.switch.device_state(bench.dana.user) is MemberState.UNAVAILABLE


def test_an_old_nonce_is_called_stale_and_a_foreign_one_too(bench: Bench) -> None:
    foreign = Bench().challenge(bench.yael)
    out = bench.send(bench.yael.register(foreign), bench.yael.address)
    assert out is not None
    assert "stale=true" in out[0].get("WWW-Authenticate")
    challenge = bench.challenge(bench.yael)
    bench.now += NONCE_LIFE + 1
    out = bench.send(bench.yael.register(challenge), bench.yael.address)
    assert out is not None
    assert "stale=true" in out[0].get("WWW-Authenticate")


def test_a_registration_runs_out_and_can_be_taken_back(bench: Bench) -> None:
    bench.register(bench.yael)
    bench.now += 61
    assert bench.switch.device_state("1001") is MemberState.UNAVAILABLE
    bench.register(bench.yael)
    gone = bench.yael.register(bench.challenge(bench.yael), ("Contact", "*"), ("Expires", "0"))
    assert bench.status(gone, bench.yael.address) == 200
    assert bench.switch.device_state("1001") is MemberState.UNAVAILABLE


def test_contacts_of_a_user_are_bounded(bench: Bench) -> None:
    statuses = [bench.register(replace(bench.yael, address=("127.0.0.1", 43000 + n))) for n in range(6)]
    assert statuses == [200, 200, 200, 200, 403, 403]


def test_a_contact_outside_this_machine_is_refused(bench: Bench) -> None:
    challenge = bench.challenge(bench.yael)
    away = bench.yael.register(challenge, ("Contact", "<sip:1001@192.0.2.7:5060>"))
    assert bench.status(away, bench.yael.address) == 403


def test_an_overtaken_register_changes_nothing(bench: Bench) -> None:
    late = bench.yael.register(bench.challenge(bench.yael))
    assert bench.status(late, bench.yael.address) == 200
    early = bench.yael.register(bench.challenge(bench.yael), ("Contact", f"<{bench.yael.contact}>;expires=0"))
    overtaken = early.with_first("Call-ID", late.call_id).with_first("CSeq", "1 REGISTER")
    assert bench.status(overtaken, bench.yael.address) == 500
    assert bench.switch.device_state("1001") is MemberState.FREE


def test_an_invite_goes_to_the_users_contact_with_our_via_and_record_route(bench: Bench) -> None:
    sent, came = bench.ringing()
    assert came.uri == bench.yael.contact
    top, below = (Via.parse(via) for via in came.all("Via"))
    assert (top.host, top.port) == HERE
    assert top.branch.startswith("z9hG4bK")
    assert top.branch != below.branch == Via.parse(sent.get("Via")).branch
    assert below.reply_to == bench.dana.address
    assert came.get("Max-Forwards") == "69"
    assert NameAddr.parse(came.get("Record-Route")).uri.address == HERE


def test_responses_go_back_the_way_the_request_came(bench: Bench) -> None:
    sent, came = bench.ringing()
    out = bench.send(response(came, 180), bench.yael.address)
    assert out is not None
    assert out[1] == bench.dana.address
    assert [Via.parse(via).branch for via in out[0].all("Via")] == [Via.parse(sent.get("Via")).branch]


def test_a_response_that_never_came_by_us_is_dropped(bench: Bench) -> None:
    sent, _came = bench.ringing()
    assert bench.send(response(sent, 200), bench.yael.address) is None


def test_retransmissions_and_cancel_keep_the_branch(bench: Bench) -> None:
    sent, came = bench.ringing()
    again, _ = bench.forwarded(sent, bench.dana.address)
    cancel = replace(sent.with_first("CSeq", f"{sent.cseq[0]} CANCEL"), method="CANCEL")
    cancelled, address = bench.forwarded(cancel, bench.dana.address)
    assert again == came
    assert cancelled.get("Via") == came.get("Via")
    assert address == bench.yael.address
    other, _ = bench.forwarded(bench.dana.invite("1001"), bench.dana.address)
    assert other.get("Via") != came.get("Via")


def test_a_request_inside_a_dialog_follows_its_route(bench: Bench) -> None:
    sent, _came = bench.talking()
    bye = in_dialog(sent, "BYE").pushed("Route", "<sip:127.0.0.1:5060;lr>")
    out, address = bench.forwarded(replace(bye, uri=bench.yael.contact), bench.dana.address)
    assert (out.uri, address, out.get("Route")) == (bench.yael.contact, bench.yael.address, "")


def test_strangers_and_strange_targets_are_refused(bench: Bench) -> None:
    bench.register(bench.dana)
    bench.register(bench.yael)
    stranger = ("127.0.0.1", 49999)
    assert bench.status(bench.dana.invite("1001"), stranger) == 403
    assert bench.status(bench.dana.invite("4242"), bench.dana.address) == 404
    outside = replace(bench.dana.invite("1001"), uri="sip:1001@192.0.2.7")
    assert bench.status(outside, bench.dana.address) == 403
    routed = outside.pushed("Route", "<sip:127.0.0.1:5060;lr>")
    assert bench.status(routed, bench.dana.address) == 403
    unrouted = replace(bench.dana.invite("1001"), uri="sip:1001@127.0.0.1:9999")
    assert bench.status(unrouted, bench.dana.address) == 403
    spent = bench.dana.invite("1001").with_first("Max-Forwards", "0")
    assert bench.status(spent, bench.dana.address) == 483
    bench.now += 30
    bench.register(bench.dana)
    bench.now += 40
    assert bench.status(bench.dana.invite("1001"), bench.dana.address) == 480


def test_a_user_registered_at_the_exchange_itself_makes_no_loop(bench: Bench) -> None:
    bench.register(bench.dana)
    challenge = bench.challenge(bench.yael)
    looped = bench.yael.register(challenge, ("Contact", "<sip:1001@127.0.0.1:5060>"))
    assert bench.status(looped, bench.yael.address) == 200
    assert bench.status(bench.dana.invite("1001"), bench.dana.address) == 482


def test_the_ack_of_a_refusal_is_absorbed(bench: Bench) -> None:
    bench.register(bench.dana)
    invite = bench.dana.invite("4242")
    out = bench.send(invite, bench.dana.address)
    assert out is not None
    ack = replace(invite.with_first("CSeq", f"{invite.cseq[0]} ACK"), method="ACK")
    assert bench.send(ack.with_first("To", out[0].get("To")), bench.dana.address) is None


def test_only_the_exchange_names_a_contact(bench: Bench) -> None:
    bench.ringing()
    forged = bench.dana.invite("1001").pushed(CONTACT_HEADER, "forged")
    assert bench.forwarded(forged, bench.dana.address)[0].get(CONTACT_HEADER) == ""
    bench.contacts[bench.dana.user, "1001"] = "c-1"
    assert bench.forwarded(forged, bench.dana.address)[0].all(CONTACT_HEADER) == ("c-1",)


def test_options_for_the_exchange_are_answered(bench: Bench) -> None:
    ping = request("OPTIONS", "sip:127.0.0.1:5060", bench.dana.uri, "sip:127.0.0.1:5060", via=bench.dana.via)
    assert bench.status(ping, bench.dana.address) == 200


def test_a_call_is_followed_from_ring_to_bye(bench: Bench) -> None:
    sent, came = bench.ringing()
    assert bench.switch.device_state("1001") is MemberState.RINGING
    assert bench.switch.device_state(bench.dana.user) is MemberState.BUSY
    bench.send(response(came, 180), bench.yael.address)
    bench.send(response(came, 200), bench.yael.address)
    assert bench.switch.device_state("1001") is MemberState.BUSY
    bye = replace(in_dialog(sent, "BYE", from_callee=True), uri=bench.dana.contact)
    bench.send(bye.pushed("Route", "<sip:127.0.0.1:5060;lr>"), bench.yael.address)
    assert bench.switch.device_state("1001") is MemberState.FREE
    assert [type(change) for change in bench.changes] == [Began, Answered, Ended]
    assert isinstance(bench.changes[-1], Ended)
    assert bench.changes[-1].by == "callee"


def test_a_refused_call_ends_unanswered(bench: Bench) -> None:
    _sent, came = bench.ringing()
    bench.send(response(came, 486), bench.yael.address)
    assert isinstance(bench.changes[-1], Ended)
    assert bench.changes[-1].by == "refused"
    assert bench.switch.device_state("1001") is MemberState.FREE


def test_hold_shows_in_the_device_state(bench: Bench) -> None:
    sent, _came = bench.talking()
    route = ("Route", "<sip:127.0.0.1:5060;lr>")
    for sdp, state in ((b"v=0\r\na=sendonly\r\n", "on_hold"), (b"v=0\r\na=sendrecv\r\n", "busy")):
        hold = replace(in_dialog(sent, "INVITE", from_callee=True, body=sdp), uri=bench.dana.contact)
        bench.send(hold.pushed(*route), bench.yael.address)
        assert bench.switch.device_state("1001") == state
        assert isinstance(bench.changes[-1], Held)


ROUTE = ("Route", "<sip:127.0.0.1:5060;lr>")


def referred(bench: Bench, to: str, *, by_callee: bool = True) -> Request:
    """Dana talks with Yael as contact ``c-1``; one of the two is asked to call ``to``. The INVITE as sent."""
    bench.contacts[bench.dana.user, "1001"] = "c-1"
    sent, _came = bench.talking()
    target, source = (bench.dana.contact, bench.yael) if by_callee else (bench.yael.contact, bench.dana)
    refer = replace(in_dialog(sent, "REFER", from_callee=by_callee), uri=target).pushed("Refer-To", to)
    assert bench.forwarded(refer.pushed(*ROUTE), source.address)[0].get("Refer-To") == to
    bench.contacts.clear()
    return sent


def daniel(bench: Bench) -> SipPeer:
    """A colleague, registered."""
    peer = SipPeer("1002", ("127.0.0.1", 44000), HERE)
    bench.switch.enrol(peer.user, peer.password)
    bench.register(peer)
    return peer


def bye(first: Request, bench: Bench) -> Request:
    """Yael hangs up."""
    return replace(in_dialog(first, "BYE", from_callee=True), uri=bench.dana.contact).pushed(*ROUTE)


@pytest.mark.parametrize(
    "to", ["<sip:1002@127.0.0.1:5060>", "<sip:1002@127.0.0.1:5060;transport=udp?Replaces=a%3Bto-tag%3Db>"]
)
def test_the_call_that_a_refer_asked_for_is_for_the_same_contact(bench: Bench, to: str) -> None:
    first, colleague = referred(bench, to), daniel(bench)
    came = bench.forwarded(bench.dana.invite("1002"), bench.dana.address)[0]
    assert came.all(CONTACT_HEADER) == ("c-1",)
    bench.send(response(came, 200), colleague.address)
    answered = bench.changes[-1]
    assert isinstance(answered, Answered)
    assert (answered.call.contact, answered.call.callee, answered.call.handed_on) == ("c-1", "1002", True)
    bench.send(bye(first, bench), bench.yael.address)
    assert isinstance(bench.changes[-1], Ended)
    assert bench.changes[-1].by == "transfer"


@pytest.mark.parametrize("to", ["<sip:1003@127.0.0.1:5060>", "<tel:1002>", "<<", ""])
def test_no_other_call_of_a_caller_is_for_the_contact(bench: Bench, to: str) -> None:
    referred(bench, to)
    daniel(bench)
    assert bench.forwarded(bench.dana.invite("1002"), bench.dana.address)[0].get(CONTACT_HEADER) == ""


def test_a_caller_hands_nobody_on(bench: Bench) -> None:
    referred(bench, "<sip:1002@127.0.0.1:5060>", by_callee=False)
    daniel(bench)
    assert bench.forwarded(bench.dana.invite("1002"), bench.dana.address)[0].get(CONTACT_HEADER) == ""


def test_who_is_not_taken_over_talks_on(bench: Bench) -> None:
    first, colleague = referred(bench, "<sip:1002@127.0.0.1:5060>"), daniel(bench)
    came = bench.forwarded(bench.dana.invite("1002"), bench.dana.address)[0]
    bench.send(response(came, 486), colleague.address)
    bench.send(bye(first, bench), bench.yael.address)
    assert isinstance(bench.changes[-1], Ended)
    assert bench.changes[-1].by == "callee"


def test_a_caller_who_vanishes_leaves_no_call_behind(bench: Bench) -> None:
    _first, colleague = referred(bench, "<sip:1002@127.0.0.1:5060>"), daniel(bench)
    came = bench.forwarded(bench.dana.invite("1002"), bench.dana.address)[0]
    bench.send(response(came, 200), colleague.address)
    bench.switch.forget("c-1")
    assert {bench.switch.device_state(user) for user in ("1001", "1002")} == {MemberState.FREE}
