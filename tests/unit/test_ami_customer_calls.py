"""Calls to customers over AMI: what is asked holds only what it says, each end is told by its cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.adapters.ami_customer_calls import ended, originate
from hub.adapters.ami_wire import build
from hub.ports.pbx import CallEnd, CustomerCall, CustomerCallEnded, PbxRefused

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
CONTACT = f"callback-{'0' * 32}"
CALL = CustomerCall(CONTACT, "+972505550101", "support", "700", "he", 1_795_338_000)


def test_the_call_goes_into_the_profiles_contexts_alone() -> None:
    fields = originate(CALL)
    assert fields["Channel"] == "Local/+972505550101@callback-customer/n"
    assert (fields["Context"], fields["Exten"], fields["ChannelId"]) == ("callback-answered", "s", CONTACT)
    assert "Application" not in fields
    assert "MOKED_QUEUE=support" in fields["Variable"].split(",")
    assert build("Originate", fields).count(b"\r\n\r\n") == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "+972505550101@from-agents"),
        ("number", "+972505550101&PJSIP/premium"),
        ("number", "+972505550101\r\nApplication: System"),
        ("number", "0505550101"),
        ("number", ""),
        ("queue", "support,t"),
        ("queue", "support\r\nData: x"),
        ("queue", "${SHELL(id)}"),
        ("entry", "700,MOKED_QUEUE=sales"),
        ("entry", ""),
        ("language", "he/../.."),
        ("contact", "callback-1"),
        ("contact", "1795338000.1"),
    ],
)
def test_what_would_be_more_than_it_says_is_refused(field: str, value: str) -> None:
    changed: dict[str, Any] = {field: value}
    with pytest.raises(PbxRefused, match=field):
        originate(replace(CALL, **changed))


@pytest.mark.parametrize(
    ("cause", "end"),
    [
        ("16", CallEnd.HUNG_UP),
        ("17", CallEnd.BUSY),
        ("21", CallEnd.BUSY),
        ("18", CallEnd.NO_ANSWER),
        ("19", CallEnd.NO_ANSWER),
        ("34", CallEnd.FAILED),
        ("0", CallEnd.FAILED),
        ("", CallEnd.FAILED),
    ],
)
def test_each_end_is_told_by_its_cause(cause: str, end: CallEnd) -> None:
    message = {"Event": "Hangup", "Uniqueid": CONTACT, "Cause": cause}
    assert ended(message, AT) == CustomerCallEnded(CONTACT, end, AT)


@pytest.mark.parametrize(
    "message",
    [
        {"Event": "Hangup", "Uniqueid": "1795338000.1", "Cause": "16"},
        {"Event": "Hangup", "Uniqueid": f"{CONTACT};2", "Cause": "16"},
        {"Event": "HangupRequest", "Uniqueid": CONTACT, "Cause": "16"},
        {"Event": "Hangup"},
    ],
)
def test_other_calls_and_other_words_end_none(message: dict[str, str]) -> None:
    assert ended(message, AT) is None
