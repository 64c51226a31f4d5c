"""AMI messages as text: whatever arrives is read without harm, and no field can become an action."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.ami_wire import END, UnsafeFieldError, build, parse, variable

KEYS = st.text(st.characters(codec="ascii", exclude_characters=":\r\n\0", categories=["L", "N"]), min_size=1)
VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0", exclude_categories=["Cs"]))


@given(st.dictionaries(KEYS.filter(lambda key: key != "Action"), VALUES))
def test_what_is_built_reads_back(fields: dict[str, str]) -> None:
    block = build("Ping", fields)
    assert block.endswith(END)
    assert block.count(END) == 1
    told = {key: value.strip(" ") for key, value in fields.items()}
    assert parse(block.removesuffix(END)) == {"Action": "Ping", **told}


@given(VALUES, VALUES, st.sampled_from("\r\n\0"))
def test_a_line_break_in_a_field_is_refused(before: str, after: str, sign: str) -> None:
    for fields in ({"Reason": before + sign + after}, {before + sign + after: "x"}):
        with pytest.raises(UnsafeFieldError):
            build("QueuePause", fields)
    with pytest.raises(UnsafeFieldError):
        build(f"Ping{sign}Action: Originate", {})


@given(st.binary(max_size=400))
def test_no_bytes_harm_the_reader(block: bytes) -> None:
    message = parse(block)
    assert all("\r\n" not in key + value for key, value in message.items())


def test_a_message_cut_anywhere_keeps_the_lines_before_the_cut() -> None:
    block = "Event: QueueCallerJoin\r\nQueue: support\r\nCallerIDName: דנה".encode()
    whole = parse(block)
    for cut in range(len(block)):
        part = parse(block[:cut])
        complete = list(part)[:-1]
        assert {key: part[key] for key in complete} == {key: whole[key] for key in complete}


def test_variables_are_told_apart_by_name() -> None:
    told = parse(b"Variable: QEHOLDTIME=40\r\nVariable: CHANNEL(onhold)=1\r\nVariable: nonsense\r\n")
    assert told == {
        variable("QEHOLDTIME"): "40",
        variable("CHANNEL(onhold)"): "1",
        "Variable": "nonsense",
    }


def test_of_a_header_that_comes_twice_the_first_counts() -> None:
    assert parse(b"Event: AgentCalled\r\nEvent: AgentConnect\r\n") == {"Event": "AgentCalled"}


def test_a_value_keeps_its_colons() -> None:
    assert parse(b"Interface: PJSIP/1001\r\nNote: a: b:c")["Note"] == "a: b:c"
