"""What travels on the lab's control socket arrives as it was sent, and nothing else is taken."""

from __future__ import annotations

from datetime import UTC
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.ports import pbx
from pbx.lab.wire import (
    JsonObject,
    WireError,
    event_from_json,
    event_to_json,
    line,
    read_line,
    rows_from_json,
    rows_to_json,
)

_moments = st.datetimes(timezones=st.just(UTC))
_floats = st.floats(allow_nan=False, allow_infinity=False)
st.register_type_strategy(float, _floats)
_events = st.one_of(
    [st.builds(kind, at=_moments) for kind in get_args(pbx.PbxEvent) if kind is not pbx.PbxLink]
)
_rows = st.lists(st.builds(pbx.QueueRow), max_size=3).map(tuple)


@given(_events | st.builds(pbx.PbxLink))
def test_events_survive_the_wire(event: pbx.PbxEvent) -> None:
    sent = line(event_to_json(event))
    assert sent.count(b"\n") == 1
    assert event_from_json(read_line(sent)) == event


@given(_rows)
def test_rows_survive_the_wire(rows: tuple[pbx.QueueRow, ...]) -> None:
    assert rows_from_json(read_line(line({"result": rows_to_json(rows)}))["result"]) == rows


_GOOD: JsonObject = {
    "event": "CallerLeft",
    "queue": "support",
    "contact": "c1",
    "at": "2026-01-01T00:00:00+00:00",
}


@pytest.mark.parametrize(
    "change",
    [
        {"event": "Exit"},
        {"event": None},
        {"at": "2026-01-01T00:00:00"},
        {"at": "yesterday"},
        {"at": 5},
        {"queue": 5},
        {"queue": None},
        {"more": 1},
    ],
)
def test_what_is_no_event_is_refused(change: dict[str, Any]) -> None:
    event_from_json(_GOOD)
    with pytest.raises(WireError):
        event_from_json(_GOOD | change)


@pytest.mark.parametrize("data", [b"", b"[]", b"5", b"{", b"\xff", b'{"a":1} {"b":2}'])
def test_a_line_that_is_no_object_is_refused(data: bytes) -> None:
    with pytest.raises(WireError):
        read_line(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_value_is_rows_or_refused(value: object) -> None:
    try:
        rows_from_json(value)
    except WireError:
        return
