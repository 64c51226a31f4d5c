"""What the announcements of the profile tell of themselves, in the port's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.adapters.ami_announced import told
from hub.ports.pbx import CallerTold

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TOLD = {
    "Event": "UserEvent",
    "UserEvent": "MokedTold",
    "Queue": "support",
    "Contact": "1795320926.2",
    "Place": "3",
    "Minutes": "5",
}


@pytest.mark.parametrize(
    ("said", "place", "minutes"),
    [
        ({}, 3, 5),
        ({"Minutes": ""}, 3, 0),
        ({"Place": "x", "Minutes": "-5"}, 0, 0),
        ({"Place": "nan", "Minutes": "inf"}, 0, 0),
    ],
)
def test_place_and_minutes_are_told(said: dict[str, str], place: int, minutes: int) -> None:
    assert told({**TOLD, **said}, NOW) == CallerTold("support", "1795320926.2", place, minutes, NOW)


@pytest.mark.parametrize(
    "other", [{"Event": "Hangup"}, {"UserEvent": "MokedOffer"}, {"Contact": ""}, {"Contact": "x\ny"}]
)
def test_anything_else_tells_nothing(other: dict[str, str]) -> None:
    assert told({**TOLD, **other}, NOW) is None


def test_the_queues_name_is_cleaned() -> None:
    found = told({**TOLD, "Queue": "sup\x1b[31mport"}, NOW)
    assert found is not None
    assert "\x1b" not in found.queue
