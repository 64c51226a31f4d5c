"""Who calls, as plain text; whom to call, as a URI that carries nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip.account import Account, Transport
from sip.addresses import host_of, is_address, party, target_uri
from sip.errors import BadRequest

UDP = Account("1001", "pbx.example.com:5062", "s", transport=Transport.UDP)
TLS = Account("1001", "pbx.example.com", "s")


@pytest.mark.parametrize(
    ("address", "name", "number", "uri"),
    [
        (
            '"Yossi \\"Joe\\" Cohen" <sip:0525550101@10.0.0.1;x=1>;tag=a',
            'Yossi "Joe" Cohen',
            "0525550101",
            "sip:0525550101@10.0.0.1",
        ),
        ("Dana <sips:1001@pbx>", "Dana", "1001", "sips:1001@pbx"),
        ("<sip:%2B97252@pbx:5060>;tag=1", "", "+97252", "sip:%2B97252@pbx:5060"),
        ("sip:1002@127.0.0.1;transport=udp", "", "1002", "sip:1002@127.0.0.1"),
        ('"" <sip:pbx.example.com>', "", "", "sip:pbx.example.com"),
        ("דנה לוי <sip:1@x>", "דנה לוי", "1", "sip:1@x"),
        ('"\x1b]0;x\x07\u202eevil" <sip:1%1b[2J@x>', "]0;xevil", "1[2J", "sip:1%1b[2J@x"),
        ("", "", "", ""),
    ],
)
def test_a_from_header_names_a_party(address: str, name: str, number: str, uri: str) -> None:
    found = party(address)
    assert (found.name, found.number, found.uri) == (name, number, uri)


@given(st.text(max_size=200))
def test_whatever_comes_makes_a_party_of_plain_text(address: str) -> None:
    found = party(address)
    for text in (found.name, found.number, found.uri):
        assert "\x1b" not in text
        assert "\n" not in text
        assert len(text) <= 200


@pytest.mark.parametrize(
    ("target", "uri"),
    [
        ("1002", "sip:1002@pbx.example.com:5062"),
        (" 052-555 01.01 ", "sip:0525550101@pbx.example.com:5062"),
        ("+972 (52) 555/0101", "sip:+972525550101@pbx.example.com:5062"),
        ("*97", "sip:*97@pbx.example.com:5062"),
        ("#1", "sip:%231@pbx.example.com:5062"),
        ("sip:1002@lab:5070", "sip:1002@lab:5070"),
        ("sip:1002@[::1];transport=tcp", "sip:1002@[::1];transport=tcp"),
    ],
)
def test_a_number_as_people_write_it_is_called(target: str, uri: str) -> None:
    assert target_uri(target, UDP) == uri


def test_the_way_of_the_account_is_the_way_of_the_call() -> None:
    assert target_uri("1002", TLS) == "sip:1002@pbx.example.com;transport=tls"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "   ",
        "1&PJSIP/premium",
        "1@trunk",
        "1;x=y",
        "1^x",
        "1\r\nX-Evil: 1",
        "1?Replaces=a",
        "sip:1@pbx?Replaces=a",
        "sip:1@pbx;method=BYE",
        "sip:1@pbx\r\nX: 1",
        "sip:1 2@pbx",
        "9" * 65,
    ],
)
def test_what_would_carry_more_than_a_number_is_refused(target: str) -> None:
    with pytest.raises(BadRequest):
        target_uri(target, UDP)


@given(st.text(max_size=80))
def test_a_target_never_adds_a_header_or_a_parameter(target: str) -> None:
    try:
        uri = target_uri(target, UDP)
    except BadRequest:
        return
    assert uri.isascii()
    assert not set(uri) & set(' \r\n\t<>"?&,')
    assert uri.count(";") <= 1


@pytest.mark.parametrize(
    ("domain", "host", "address"),
    [
        ("pbx.example.com", "pbx.example.com", False),
        ("pbx.example.com:5061", "pbx.example.com", False),
        ("127.0.0.1:5060", "127.0.0.1", True),
        ("[::1]:5060", "::1", True),
        ("::1", "::1", True),
    ],
)
def test_the_host_of_a_domain(domain: str, host: str, address: bool) -> None:
    assert host_of(domain) == host
    assert is_address(host) is address
