"""Datagrams as SIP on pyVoIP: whatever comes is a message or is refused, and of a message nothing is lost."""

from __future__ import annotations

import pytest
import pyVoIP.VoIP  # noqa: F401 - its other modules cannot be the first to be imported
from hypothesis import example, given
from hypothesis import strategies as st
from pyVoIP.SIP import SIPParseError, SIPStatus

from sip.engines.pyvoip.message import Message
from sip.engines.pyvoip.sdp import sound_of

INVITE = (
    b"INVITE sip:1101@127.0.0.1:5062 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport\r\n"
    b'From: "Yossi Cohen" <sip:0525550101@pbx>;tag=far\r\n'
    b"To: <sip:1101@pbx>\r\n"
    b"Call-ID: one\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Contact: <sip:pbx@127.0.0.1:5060>\r\n"
    b"Content-Type: application/sdp\r\n"
    b"\r\n"
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
)


def with_line(line: bytes) -> Message:
    """The INVITE with a header more."""
    return Message(INVITE.replace(b"Call-ID: one\r\n", b"Call-ID: one\r\n" + line + b"\r\n"))


@given(st.binary(max_size=2_000))
@example(b"")
@example(b"\r\n\r\n")
@example(b"SIP/2.0 200")
def test_any_bytes_are_a_message_or_are_refused(data: bytes) -> None:
    try:
        Message(data)
    except SIPParseError:
        return


@given(
    st.lists(st.tuples(st.integers(0, len(INVITE) - 1), st.binary(max_size=6)), min_size=1, max_size=8),
    st.booleans(),
)
def test_a_spoilt_message_is_a_message_or_is_refused(spoils: list[tuple[int, bytes]], cut: bool) -> None:
    data = INVITE
    for at, put in spoils:
        data = data[:at] + put + data[at + (0 if cut else len(put)) :]
    try:
        message = Message(data)
    except SIPParseError:
        return
    assert message.sequence[0] >= 0
    sound = sound_of(message)
    assert sound is None or 0 < sound.port < 65_536


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "line", [b"Route: " + b"<" * 60_000, b"Route: " + b'a,"' * 20_000, b"X: " + b";tag" * 15_000]
)
def test_what_is_made_to_be_slow_is_not(line: bytes) -> None:
    """Work grows with the length of what came, not with its square, which would take minutes."""
    assert with_line(line[:60_000]).call_id == "one"


def test_a_method_and_a_status_that_nobody_knows() -> None:
    assert Message(INVITE.replace(b"INVITE", b"PUBLISH")).method == "PUBLISH"
    answer = Message(b"SIP/2.0 499 Odd\r\n" + INVITE.partition(b"\r\n")[2])
    assert (answer.code, answer.phrase, answer.status) == (499, "Odd", SIPStatus.BAD_REQUEST)


def test_short_names_any_case_and_folded_lines() -> None:
    """RFC 3261 §7.3.1, §7.3.3."""
    data = INVITE.replace(b"Call-ID: one", b"i :\r\n one").replace(b"Via:", b"v:").replace(b"CSeq", b"cSEQ")
    message = Message(data.replace(b"Contact:", b"m:").replace(b"Content-Type:", b"c:"))
    assert (message.call_id, message.branch, message.sequence) == ("one", "z9hG4bK1", (7, "INVITE"))
    assert message.first("contact") == "<sip:pbx@127.0.0.1:5060>"
    assert sound_of(message) is not None


def test_headers_that_come_again_and_lists_are_kept_whole() -> None:
    message = with_line(b'Record-Route: <sip:one;lr>, <sip:a,b;lr>\r\nRecord-Route: "x, y" <sip:two>')
    assert message.values["record-route"] == ["<sip:one;lr>", "<sip:a,b;lr>", '"x, y" <sip:two>']


def test_a_value_may_hold_what_parts_names_from_values() -> None:
    assert with_line(b"X-Moked-Contact: a: b=c").first("x-moked-contact") == "a: b=c"


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        (b"<sip:a@b>;x=1;tag=t1;y", "t1"),
        (b"sip:a@b;tag=t2", "t2"),
        (b'"n;tag=no" <sip:a@b;tag=no>', ""),
        (b"<tel:+972525550101>;TAG = t3", "t3"),
    ],
)
def test_tags_wherever_they_stand(value: bytes, tag: str) -> None:
    """RFC 3261 §19.3, §20.20."""
    assert Message(INVITE.replace(b"<sip:1101@pbx>", value)).tag("to") == tag


def test_half_an_end_of_a_line_ends_none() -> None:
    """What comes in From goes out again in To."""
    assert with_line(b"X: a\nb\rc").first("x") == "a b c"


def test_a_body_may_hold_an_empty_line() -> None:
    message = Message(INVITE.replace(b"application/sdp", b"text/plain") + b"\r\n\r\nmore")
    assert message.text.endswith("\r\n\r\nmore")


@pytest.mark.parametrize(
    ("line", "carried"),
    [
        (b"a=odd", True),
        (b"a=rtpmap:99 odd/1", True),
        (b"a=candidate:1 1 UDP 1 fe80::1 4000 typ host", True),
        (b"z=nonsense", True),
        (b"m=video 1 RTP/AVPF 96", True),
        (b"c=IN IP4 pbx.example.com", False),
        (b"c=IN IP6 ::1", False),
    ],
)
def test_a_description_with_parts_that_nobody_knows(line: bytes, carried: bool) -> None:
    assert (sound_of(Message(INVITE + line + b"\r\n")) is not None) is carried


def test_a_hold_as_before_rfc_3264_is_one() -> None:
    sound = sound_of(Message(INVITE.replace(b"c=IN IP4 127.0.0.1", b"c=IN IP4 0.0.0.0")))
    assert sound is not None
    assert not sound.heard


@pytest.mark.parametrize("name", [b"Via", b"From", b"To", b"Call-ID", b"CSeq"])
def test_what_every_message_has_must_be_there(name: bytes) -> None:
    with pytest.raises(SIPParseError):
        Message(INVITE.replace(name + b":", b"X:"))


@pytest.mark.parametrize("value", [b"Via: x", b"CSeq: 7", b"CSeq: -7 INVITE", b"nothing"])
def test_what_pyvoip_would_stumble_over_is_refused(value: bytes) -> None:
    """Its parsing ends in IndexError, KeyError and others, which ended what listened."""
    name = value.partition(b":")[0]
    spoilt = b"\r\n".join(line for line in INVITE.split(b"\r\n") if not line.startswith(name + b":"))
    with pytest.raises(SIPParseError):
        Message(spoilt.replace(b"Call-ID: one", value + b"\r\nCall-ID: one"))
