"""What may be dialled or pressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_tui.commands.targets import BadTarget, clean_keys, clean_target


@pytest.mark.parametrize(
    ("given", "target"),
    [
        ("1002", "1002"),
        (" +972 52-123.4567 ", "+972521234567"),
        ("(03) 555 0100", "035550100"),
        ("\u2066+972\u00a052\u00a0123\u00a04567\u2069", "+972521234567"),
        ("*72#", "*72#"),
        ("support", "support"),
        ("sip:1002@pbx.example.com:5061", "sip:1002@pbx.example.com:5061"),
    ],
)
def test_what_people_type_becomes_a_target(given: str, target: str) -> None:
    assert clean_target(given) == target


@pytest.mark.parametrize(
    "given",
    [
        "",
        "   ",
        "+",
        "++972",
        "1002&PJSIP/premium",
        "1002@trunk",
        "1002^x",
        "1002;user=phone",
        "sip:1002",
        "sip:1002@pbx;transport=udp",
        "sip:1002@pbx?Replaces=abc",
        "sip:a b@pbx",
        "sip:1002@pbx\r\nTo: x",
        "1002\nX: y",
        "٣٤٥",
        "9" * 33,
    ],
)
def test_what_could_reach_somebody_else_is_refused(given: str) -> None:
    with pytest.raises(BadTarget):
        clean_target(given)


@given(st.text())
def test_no_text_brings_more_into_a_request_than_a_name_and_a_place(text: str) -> None:
    try:
        target = clean_target(text)
    except BadTarget:
        return
    assert target.isascii()
    assert not set(target) & set(" \t\r\n;?&<>\"'/\\^")


def test_only_telephone_keys_are_sent() -> None:
    assert clean_keys(" 1a*# ") == "1A*#"
    for given_keys in ("", "1w", "+1", "9" * 33):
        with pytest.raises(BadTarget):
            clean_keys(given_keys)
