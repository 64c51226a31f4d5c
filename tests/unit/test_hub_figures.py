"""Figures: sums over events, by Asterisk's own formula."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.contract import Presence
from hub.domain.contacts import Contact, State
from hub.domain.figures import Tally, load
from hub.domain.presence import Intent, Membership, wanted
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberRow,
    MemberState,
)

_NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_before_the_first_answer_there_is_no_level_and_no_average() -> None:
    tally = Tally(threshold=20)
    tally.add(CallerJoined("support", "a", "1", "", 1, _NOW))
    tally.add(CallerAbandoned("support", "a", 5.0, _NOW))
    tally.add(CallerLeft("support", "a", _NOW))
    assert (tally.offered, tally.abandoned, tally.answered) == (1, 1, 0)
    assert (tally.service_level, tally.average_wait, tally.average_talk) == (None, None, None)


def test_the_service_level_is_of_the_answered_and_counts_the_threshold_itself() -> None:
    tally = Tally(threshold=20)
    for waited in (1.0, 20.0, 20.1, 90.0):
        tally.add(AgentConnected("support", "a", "yael", waited, _NOW))
    for talked in (60.0, 180.0):
        tally.add(AgentCompleted("support", "a", "yael", 1.0, talked, "caller", _NOW))
    tally.add(CallerAbandoned("support", "b", 5.0, _NOW))
    assert tally.service_level == 50.0
    assert tally.average_wait == pytest.approx(131.1 / 4)
    assert tally.average_talk == 120.0


def test_the_load_of_a_queue() -> None:
    def contact(name: str, seconds: int, state: State = State.WAITING, queue: str = "support") -> Contact:
        return Contact(name, queue, _NOW - timedelta(seconds=seconds), state=state)

    members = [
        MemberRow("free", MemberState.FREE, False, ""),
        MemberRow("paused", MemberState.FREE, True, "lunch"),
        MemberRow("ringing", MemberState.RINGING, False, ""),
        MemberRow("talking", MemberState.BUSY, True, "wrap-up"),
        MemberRow("gone", MemberState.UNAVAILABLE, False, ""),
    ]
    contacts = [
        contact("a", 5),
        contact("b", 40),
        contact("c", 90, State.TALKING),
        contact("d", 99, queue="sales"),
    ]
    now = load("support", contacts, members, _NOW)
    assert (now.waiting, now.longest_wait, now.agents_ready, now.agents_busy) == (2, 40.0, 1, 2)
    assert load("sales", [], [], _NOW).longest_wait == 0.0


@pytest.mark.parametrize(
    ("intent", "working", "membership"),
    [
        (Intent(Presence.READY), False, Membership(member=True)),
        (Intent(Presence.READY), True, Membership(member=True, paused=True, reason="wrap-up")),
        (Intent(Presence.AWAY, "lunch"), False, Membership(member=True, paused=True, reason="lunch")),
        (Intent(Presence.AWAY, "lunch"), True, Membership(member=True, paused=True, reason="lunch")),
        (Intent(Presence.OFFLINE), False, Membership(member=False)),
        (Intent(Presence.OFFLINE), True, Membership(member=False)),
    ],
)
def test_what_the_exchange_should_hold(intent: Intent, working: bool, membership: Membership) -> None:
    assert wanted(intent, working=working) == membership
