"""Whom the agent finds in the directory: by which words, and in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from agent_tui.session.directory import Standing, contacts, found, kept_in_order
from agent_tui.session.state import Directory, Link, SessionState
from hub.contract import Line, Presence
from tests.stubs import desk
from tests.stubs.directory import DIRECTORY, a_colleague

LISTED = contacts(desk.IDLE)


def names(typed: str) -> list[str]:
    return [one.name for one in found(LISTED, typed)]


def test_free_ones_stand_first_however_the_centre_lists_them() -> None:
    lines: tuple[Line, ...] = ("busy", "free", "unreachable", "wrap_up")
    for order in permutations(lines):
        everybody = tuple(a_colleague(line, line, "1", line) for line in order)
        listed = contacts(replace(desk.IDLE, directory=Directory(everybody)))
        assert [one.name for one in listed] == ["free", "wrap_up", "busy", "unreachable"]


def test_among_alike_the_centres_order_stands() -> None:
    free = [one.name for one in LISTED if one.standing is Standing.FREE]
    assert free == ["Noam Katz", "Bartholomew Featherstonehaugh-Cholmondeley"]


def test_the_agent_is_not_among_them() -> None:
    assert "Dana Levi" not in [one.name for one in LISTED]
    assert len(LISTED) == len(DIRECTORY.colleagues) - 1 + len(DIRECTORY.entries)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("noam", ["Noam Katz"]),
        ("KATZ no", ["Noam Katz"]),
        ("מזר", ["יעל מזרחי"]),
        ("yael", ["יעל מזרחי"]),
        ("1007", ["Gal [b]Stern[/b]"]),
        ("035550100", ["טכנאי שטח"]),
        ("03-555 0100", ["טכנאי שטח"]),
        ("+972 3", ["טכנאי שטח"]),
        ("nobody", []),
        ("1007 noam", []),
    ],
)
def test_found_by_name_in_either_script_or_by_number(typed: str, expected: list[str]) -> None:
    assert names(typed) == expected


def test_nothing_typed_finds_everybody() -> None:
    assert len(names("")) == len(LISTED)


@pytest.mark.parametrize(
    ("line", "presence", "standing"),
    [
        ("free", Presence.READY, Standing.FREE),
        ("free", Presence.AWAY, Standing.AWAY),
        ("busy", Presence.AWAY, Standing.TALKING),
        ("ringing", Presence.READY, Standing.RINGING),
        ("paused", Presence.READY, Standing.PAUSED),
        ("wrap_up", Presence.READY, Standing.WRAP_UP),
        ("unreachable", Presence.OFFLINE, Standing.UNREACHABLE),
        ("unknown", Presence.OFFLINE, Standing.OFFLINE),
        ("unknown", Presence.AWAY, Standing.UNKNOWN),
        ("unknown", Presence.READY, Standing.UNKNOWN),
    ],
)
def test_telephone_and_choice_make_one_standing(line: Line, presence: Presence, standing: Standing) -> None:
    one = a_colleague("noam", "Noam", "1002", line, presence=presence)
    listed = contacts(replace(desk.IDLE, directory=Directory((one,))))
    assert [one.standing for one in listed] == [standing]


@pytest.mark.parametrize("state", [replace(desk.IDLE, hub=Link.DOWN), replace(desk.IDLE, pbx=Link.DOWN)])
def test_without_hub_or_exchange_nobody_is_called_free(state: SessionState) -> None:
    standings = {one.standing for one in contacts(state)}
    assert standings == {Standing.PLACE, Standing.UNKNOWN}


def test_rows_keep_their_places_and_who_is_new_comes_last() -> None:
    first, second, third = LISTED[:3]
    now = (third, replace(second, standing=Standing.TALKING))
    assert [one.key for one in kept_in_order((first, second), now)] == [second.key, third.key]
    assert kept_in_order((first, second), now)[0].standing is Standing.TALKING
