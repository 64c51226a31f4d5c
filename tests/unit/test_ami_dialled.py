"""Calls that agents dialled in vain, in Asterisk's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.adapters.ami_dialled import failed
from hub.ports.pbx import CallEnd, DialFailed

AT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
BUSY = {
    "Event": "Hangup",
    "ChannelState": "4",
    "Channel": "PJSIP/1101-0000002a",
    "Uniqueid": "1795338000.42",
    "Context": "from-agents",
    "Exten": "0505550101",
    "Cause": "17",
}


@pytest.mark.parametrize(
    ("cause", "end"),
    [
        ("17", CallEnd.BUSY),
        ("21", CallEnd.BUSY),
        ("18", CallEnd.NO_ANSWER),
        ("19", CallEnd.NO_ANSWER),
        ("16", CallEnd.NO_ANSWER),
        ("127", CallEnd.NO_ANSWER),
        ("20", CallEnd.FAILED),
        ("3", CallEnd.FAILED),
        ("", CallEnd.FAILED),
    ],
)
def test_each_end_is_told_by_its_cause(cause: str, end: CallEnd) -> None:
    told = failed({**BUSY, "Cause": cause}, AT)
    assert told == DialFailed("1795338000.42", "1101", "0505550101", end, AT)


@pytest.mark.parametrize(
    "other",
    [
        {"Event": "HangupRequest"},
        {"ChannelState": "5"},
        {"ChannelState": "6"},
        {"Channel": "PJSIP/trunk-0000002b"},
        {"Channel": "Local/1101@hand-to-00000001;1"},
        {"Context": "hand-to"},
        {"Context": "from-outside"},
        {"Exten": "s"},
        {"Exten": "1\r\nAction: x"},
        {"Uniqueid": "not one"},
    ],
)
def test_nothing_else_is_a_call_that_was_dialled_in_vain(other: dict[str, str]) -> None:
    assert failed({**BUSY, **other}, AT) is None
