"""SIP messages are read strictly and written back as they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbx.lab.exchange import Exchange
from pbx.lab.fields import MalformedField, NameAddr, Uri, Via
from pbx.lab.message import MalformedMessage, Request, Response, parse, serialise, split_list
from tests.stubs.sip import request

INVITE = (
    b"INVITE sip:1001@127.0.0.1:5060 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKa;rport, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKb\r\n"
    b"Max-Forwards: 70\r\n"
    b'f: "Cohen, Dana" <sip:dana@example.com>;tag=1\r\n'
    b"t: <sip:1001@127.0.0.1>\r\n"
    b"i: abc\r\nCSeq: 7 INVITE\r\n"
    b"Subject: first\r\n second\r\n"
    b"l: 4\r\n\r\nbodyGARBAGE"
)


def test_a_message_is_read_with_its_compact_names_lists_and_folds() -> None:
    message = parse(INVITE)
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.body) == ("INVITE", "sip:1001@127.0.0.1:5060", b"body")
    assert [Via.parse(via).host for via in message.all("Via")] == ["10.0.0.1", "10.0.0.2"]
    assert message.get("subject") == "first second"
    assert message.get("From") == '"Cohen, Dana" <sip:dana@example.com>;tag=1'
    assert message.cseq == (7, "INVITE")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b"l: 4", b"l: 400"),
        lambda data: data.replace(b"l: 4", b"l: -4"),
        lambda data: data.replace(b"l: 4", b"l: 4\r\nl: 5"),
        lambda data: data.replace(b"CSeq: 7 INVITE", b"CSeq: 7 BYE"),
        lambda data: data.replace(b"CSeq: 7 INVITE\r\n", b""),
        lambda data: data.replace(b"SIP/2.0\r\nv", b"SIP/3.0\r\nv"),
        lambda data: data.replace(b"first", b"fi\x1brst"),
        lambda data: data.replace(b"Subject:", b"Sub ject:"),
        lambda data: data.replace(b"Max-Forwards: 70", b"no colon here"),
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b"Subject: first", b"\r\n".join([b"X: y"] * 200)),
        lambda _data: b"",
        lambda _data: b"\r\n\r\n",
    ],
)
def test_what_is_not_a_sip_message_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    parse(INVITE)
    with pytest.raises(MalformedMessage):
        parse(spoil(INVITE))


@given(st.data())
def test_a_spoilt_datagram_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(INVITE)))
    end = data.draw(st.integers(start, len(INVITE)))
    spoilt = INVITE[:start] + data.draw(st.binary(max_size=20)) + INVITE[end:]
    try:
        parse(spoilt)
    except MalformedMessage:
        return


_values = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f,", exclude_categories=["Cs"]), max_size=40
).map(str.strip)


@given(
    st.lists(st.tuples(st.sampled_from(["X-One", "X-Two", "Subject"]), _values), max_size=8),
    st.binary(max_size=80),
)
def test_what_is_written_reads_the_same(headers: list[tuple[str, str]], body: bytes) -> None:
    message = request("INVITE", "sip:a@b", "sip:c@d", "sip:a@b", *headers, body=body)
    read = parse(serialise(message))
    assert read.headers == (*message.headers, ("Content-Length", str(len(body))))
    assert read.body == body
    assert parse(serialise(read)) == read


def test_bytes_that_are_no_utf8_pass_through() -> None:
    data = INVITE.replace(b"first", b"\xff\xfe")
    assert b"\xff\xfe" in serialise(parse(data))


def test_a_response_is_read() -> None:
    data = INVITE.replace(b"INVITE sip:1001@127.0.0.1:5060 SIP/2.0", b"SIP/2.0 180 Ringing now")
    message = parse(data)
    assert isinstance(message, Response)
    assert (message.status, message.reason) == (180, "Ringing now")


def test_lists_are_split_outside_quotes_and_brackets() -> None:
    assert split_list('"a,\\"b" <sip:x;p=1,2>, <sip:y>') == ['"a,\\"b" <sip:x;p=1,2>', "<sip:y>"]


def test_addresses_and_vias_are_read() -> None:
    address = NameAddr.parse('"Dana; <x>" <sip:%2B972@10.0.0.1:5070;lr>;tag=9')
    assert (address.uri.user, address.uri.address, address.tag) == ("+972", ("10.0.0.1", 5070), "9")
    assert "lr" in address.uri.params
    assert NameAddr.parse("sip:a@b;tag=2").tag == "2"
    via = Via.parse("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;rport").received_from(("10.9.9.9", 4444))
    assert via.reply_to == ("10.9.9.9", 4444)
    assert Via.parse(str(via)) == via


@pytest.mark.parametrize(
    "text", ["", "tel:100", "sip:", "sip:a@b:0", "sip:a@b:99999", "sip:a b@c", "sip:<a>@b"]
)
def test_a_bad_uri_is_refused(text: str) -> None:
    with pytest.raises(MalformedField):
        Uri.parse(text)


@given(st.text(max_size=60))
def test_fields_are_read_or_refused(text: str) -> None:
    for reader in (Uri.parse, NameAddr.parse, Via.parse):
        try:
            reader(text)
        except MalformedField:
            continue


@given(st.data())
def test_the_exchange_takes_any_datagram(data: st.DataObject) -> None:
    exchange = Exchange(("127.0.0.1", 5060), [], lambda: 0.0, lambda _event: None, lambda _order: None)
    start = data.draw(st.integers(0, len(INVITE)))
    spoilt = INVITE[:start] + data.draw(st.binary(max_size=30)) + INVITE[data.draw(st.integers(start, 400)) :]
    exchange.datagram(spoilt, ("127.0.0.1", 40000))
