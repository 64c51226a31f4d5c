"""How the desk itself looks at known moments and sizes; what lies over it has ``test_screen_pictures``.

After a wanted change look at each picture, then update:

``python -m pytest tests/snapshots --snapshot-update``
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent_tui.app import MokedApp
from agent_tui.session.store import Store
from agent_tui.widgets.least_room import LEAST_ROOM
from tests.snapshots.screens import SIZES
from tests.stubs import callback_desk, coached_desk, desk, unknown_desk, writing_desk

MOMENTS = {
    **desk.MOMENTS,
    **callback_desk.MOMENTS,
    **coached_desk.MOMENTS,
    **writing_desk.DESK_MOMENTS,
    "unknown": unknown_desk.UNKNOWN,
}
PICTURED_ELSEWHERE = {"ringing", "hebrew", "wrap_up"}
"""In every colour, too."""


HEBREW = (
    "idle",
    "talking",
    "bad_line",
    "two_calls",
    "consulting",
    "missed",
    "noted",
    "hub_down",
    "unknown",
    "several_cards",
    "coached_hebrew",
    "unread_in_a_call",
)
"""Moments that are pictured with the desk's own words in Hebrew, too."""


def app_at(name: str, language: str = "") -> MokedApp:
    """The desk at a moment; its times stand still."""
    store = Store(
        lambda: desk.NOW,
        MOMENTS[name],
    )
    return MokedApp(store, lambda _command: None, clock=lambda: desk.CLOCK, language=language)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", [name for name in MOMENTS if name not in PICTURED_ELSEWHERE])
def test_the_desk_looks_as_it_did(
    name: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name), terminal_size=size)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", HEBREW)
def test_the_desk_looks_as_it_did_in_hebrew(
    name: str, size: tuple[int, int], snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, "he"), terminal_size=size)


@pytest.mark.parametrize("language", ["", "he"], ids=["en", "he"])
@pytest.mark.parametrize("name", ["idle", "talking", "consulting"])
def test_the_desk_in_the_least_room_looks_as_it_did(
    name: str, language: str, snap_compare: Callable[..., bool]
) -> None:
    assert snap_compare(app_at(name, language), terminal_size=tuple(LEAST_ROOM))


@pytest.mark.parametrize("language", ["", "he"], ids=["en", "he"])
def test_the_desk_in_a_window_that_is_too_small_looks_as_it_did(
    language: str, snap_compare: Callable[..., bool]
) -> None:
    small = (LEAST_ROOM.width - 2, LEAST_ROOM.height - 1)
    assert snap_compare(app_at("talking", language), terminal_size=small)
