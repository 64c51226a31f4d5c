"""Holds as Asterisk's own events tell of them (seen on Asterisk 22)."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.adapters.ami_held import HeldTalks
from hub.adapters.ami_wire import Message
from hub.ports.pbx import (
    AgentConnected,
    CallerHeld,
    CallerResumed,
    HandedOn,
    QueueRow,
    TalkingCaller,
)

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
CHANNEL = "PJSIP/1101-00000002"
HOLD: Message = {"Event": "Hold", "Channel": CHANNEL, "Uniqueid": "170.2", "Linkedid": "c1"}
UNHOLD: Message = {**HOLD, "Event": "Unhold"}


def in_talk() -> HeldTalks:
    talks = HeldTalks()
    talks.begin(AgentConnected("support", "c1", "1101", 4.0, T), CHANNEL)
    return talks


def test_the_agent_puts_the_caller_on_hold_and_takes_them_off() -> None:
    talks = in_talk()
    assert talks.take(HOLD, T) == [CallerHeld("support", "c1", "1101", T)]
    assert talks.take(UNHOLD, T) == [CallerResumed("support", "c1", "1101", T)]


def test_what_others_hold_is_told_of_nobody() -> None:
    """The caller's own phone, and the agent's second call to a colleague."""
    talks = in_talk()
    for channel in ("PJSIP/trunk-00000001", "PJSIP/1101-00000009", ""):
        assert talks.take({**HOLD, "Channel": channel}, T) == []


def test_a_channel_that_is_gone_is_forgotten() -> None:
    talks = in_talk()
    assert talks.take({**HOLD, "Event": "Hangup"}, T) == []
    assert talks.take(HOLD, T) == []


def test_who_was_handed_on_is_held_by_their_new_agent() -> None:
    talks = in_talk()
    talks.begin(HandedOn("support", "c1", "1102", T), "PJSIP/1102-00000003")
    assert talks.take({**HOLD, "Channel": "PJSIP/1102-00000003"}, T) == [
        CallerHeld("support", "c1", "1102", T)
    ]


def test_a_hub_that_comes_up_meanwhile_hears_of_holds() -> None:
    talk = TalkingCaller("c1", "", "", "1101", 4.0, 20.0)
    row = QueueRow("support", (), (talk,), (), 0, 0, 20, 0.0)
    channels: list[Message] = [
        {"Uniqueid": "c1", "BridgeID": "b", "Application": "Queue", "Channel": "PJSIP/trunk-00000001"},
        {"Uniqueid": "170.2", "BridgeID": "b", "Application": "AppQueue", "Channel": CHANNEL},
    ]
    talks = HeldTalks()
    talks.know_talks((row,), channels)
    assert talks.take(UNHOLD, T) == [CallerResumed("support", "c1", "1101", T)]
