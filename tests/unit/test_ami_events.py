"""Asterisk's queue events in the port's words. The samples are what Asterisk 22 sends."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.ami_events import pbx_event, queue_rows
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    MemberState,
    OfferEnded,
    PbxEvent,
    TalkingCaller,
)

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AT = datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)
COMMON = {"Timestamp": str(AT.timestamp()), "Queue": "support", "Uniqueid": "1795320926.2"}
MEMBER = {"Interface": "PJSIP/1001", "Status": "1", "Paused": "0", "InCall": "0"}


@pytest.mark.parametrize(
    ("message", "event"),
    [
        (
            {
                "Event": "QueueCallerJoin",
                "CallerIDNum": "+972525550101",
                "CallerIDName": "דנה",
                "Position": "2",
            },
            CallerJoined("support", "1795320926.2", "+972525550101", "דנה", 2, AT),
        ),
        (
            {
                "Event": "QueueCallerJoin",
                "CallerIDNum": "<unknown>",
                "CallerIDName": "<unknown>",
                "Position": "1",
            },
            CallerJoined("support", "1795320926.2", "", "", 1, AT),
        ),
        (
            {"Event": "QueueCallerAbandon", "HoldTime": "7", "Position": "1"},
            CallerAbandoned("support", "1795320926.2", 7.0, AT),
        ),
        ({"Event": "QueueCallerLeave", "Position": "1"}, CallerLeft("support", "1795320926.2", AT)),
        ({"Event": "AgentCalled", **MEMBER}, AgentOffered("support", "1795320926.2", "1001", AT)),
        (
            {
                "Event": "UserEvent",
                "UserEvent": "MokedOffer",
                "Contact": "1795320926.2",
                "Interface": "PJSIP/1001",
                "Uniqueid": "1795320927.3",
            },
            AgentOffered("support", "1795320926.2", "1001", AT),
        ),
        (
            {"Event": "AgentRingNoAnswer", "RingTime": "3000", **MEMBER},
            OfferEnded("support", "1795320926.2", "1001", 3.0, AT),
        ),
        (
            {"Event": "AgentConnect", "HoldTime": "4", "RingTime": "2", **MEMBER},
            AgentConnected("support", "1795320926.2", "1001", 4.0, AT),
        ),
        (
            {"Event": "AgentComplete", "HoldTime": "4", "TalkTime": "61", "Reason": "transfer", **MEMBER},
            AgentCompleted("support", "1795320926.2", "1001", 4.0, 61.0, "transfer", AT),
        ),
        (
            {
                "Event": "QueueMemberPause",
                **MEMBER,
                "Paused": "1",
                "PausedReason": "lunch",
                "Status": "6",
                "Penalty": "2",
            },
            MemberChanged("support", "1001", MemberState.RINGING, True, "lunch", True, AT, level=2),
        ),
        (
            {"Event": "QueueMemberRemoved", **MEMBER, "Status": "5", "Penalty": "1"},
            MemberChanged("support", "1001", MemberState.UNAVAILABLE, False, "", False, AT),
        ),
    ],
)
def test_each_event(message: dict[str, str], event: PbxEvent) -> None:
    assert pbx_event({**COMMON, **message}, NOW) == event


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("0", MemberState.UNAVAILABLE),
        ("1", MemberState.FREE),
        ("2", MemberState.BUSY),
        ("3", MemberState.BUSY),
        ("4", MemberState.UNAVAILABLE),
        ("5", MemberState.UNAVAILABLE),
        ("6", MemberState.RINGING),
        ("7", MemberState.BUSY),
        ("8", MemberState.ON_HOLD),
        ("9", MemberState.UNAVAILABLE),
    ],
)
def test_each_device_state(status: str, state: MemberState) -> None:
    event = pbx_event({**COMMON, **MEMBER, "Event": "QueueMemberStatus", "Status": status}, NOW)
    assert isinstance(event, MemberChanged)
    assert event.state is state


@pytest.mark.parametrize(
    "message",
    [
        {"Event": "Newchannel"},
        {"Response": "Success"},
        {**COMMON, "Event": "AgentCalled", "Interface": "Local/1001@agents"},
        {**COMMON, "Event": "AgentCalled", "Interface": "PJSIP/1001&PJSIP/premium"},
        {**COMMON, "Event": "QueueCallerJoin", "Uniqueid": "../../etc"},
        {**COMMON, "Event": "QueueCallerJoin", "Uniqueid": "1" * 129},
        {"Event": "QueueCallerJoin", "Queue": "support"},
    ],
)
def test_what_is_not_ours_says_nothing(message: dict[str, str]) -> None:
    assert pbx_event(message, NOW) is None


def test_a_completed_talk_may_lack_its_caller() -> None:
    message = {"Event": "AgentComplete", "Queue": "support", **MEMBER, "Reason": "caller"}
    event = pbx_event(message, NOW)
    assert isinstance(event, AgentCompleted)
    assert (event.contact, event.agent, event.at) == ("", "1001", NOW)


def test_a_callers_words_are_cleaned() -> None:
    hostile = {"CallerIDNum": "1&PJSIP/9@trunk\x1b", "CallerIDName": "\x1b]0;owned\x07Da\u202ena"}
    event = pbx_event({**COMMON, "Event": "QueueCallerJoin", **hostile, "Position": "1"}, NOW)
    assert isinstance(event, CallerJoined)
    assert (event.number, event.name) == ("19", "]0;ownedDana")


_VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["PJSIP/1001", "1", "-3", "nan", "inf", "1e999", ""])
)
_NAMES = [
    *("QueueCallerJoin", "QueueCallerAbandon", "QueueCallerLeave", "AgentCalled", "AgentRingNoAnswer"),
    *("AgentConnect", "AgentComplete", "QueueMemberAdded", "QueueMemberStatus", "QueueMember", "QueueEntry"),
    *("QueueParams",),
]
_FIELDS = [
    *(
        "Timestamp",
        "Queue",
        "Uniqueid",
        "Interface",
        "Location",
        "Status",
        "Paused",
        "PausedReason",
        "HoldTime",
    ),
    *("Application", "Data", "BridgeID", "Channel", "Seconds"),
    *("Variable: QEHOLDTIME", "Variable: CHANNEL(onhold)"),
    *("TalkTime", "RingTime", "Reason", "Position", "Wait", "CallerIDNum", "CallerIDName", "Completed"),
]


@given(st.sampled_from(_NAMES), st.dictionaries(st.sampled_from(_FIELDS), _VALUES))
def test_no_message_harms_the_reader(name: str, fields: dict[str, str]) -> None:
    message = {**fields, "Event": name}
    event = pbx_event(message, NOW)
    for quantity in ("waited", "talked", "rang"):
        assert 0.0 <= getattr(event, quantity, 0.0) < 1e9
    queue_rows([message], [message])


def test_a_snapshot() -> None:
    rows = queue_rows(
        [
            {"Response": "Success", "EventList": "start"},
            {
                "Event": "QueueParams",
                "Queue": "support",
                "Completed": "4",
                "Abandoned": "2",
                "ServiceLevel": "20",
                "ServicelevelPerf": "75.0",
            },
            {**MEMBER, "Event": "QueueMember", "Queue": "support", "Interface": "", "Location": "PJSIP/1001"},
            {"Event": "QueueMember", "Queue": "support", "Location": "Local/x@y", "Status": "1"},
            {"Event": "QueueEntry", "Queue": "support", "Position": "2", "Uniqueid": "2.2", "Wait": "3"},
            {
                "Event": "QueueEntry",
                "Queue": "support",
                "Position": "1",
                "Uniqueid": "1.1",
                "Wait": "9",
                "CallerIDNum": "0525550101",
                "CallerIDName": "Dana",
            },
            {"Event": "QueueParams", "Queue": "sales", "ServiceLevel": "30"},
        ],
        [{"Response": "Success", "EventList": "start"}],
    )
    assert [row.name for row in rows] == ["support", "sales"]
    support = rows[0]
    assert (support.completed, support.abandoned) == (4, 2)
    assert (support.service_level_seconds, support.service_level_percent) == (20, 75.0)
    assert [(c.contact, c.number, c.name, c.position, c.waited) for c in support.waiting] == [
        ("1.1", "0525550101", "Dana", 1, 9.0),
        ("2.2", "", "", 2, 3.0),
    ]
    assert [(m.agent, m.state) for m in support.members] == [("1001", MemberState.FREE)]
    assert (rows[1].waiting, rows[1].members) == ((), ())


CALLER = {
    "Event": "Status",
    "Channel": "PJSIP/trunk-00000007",
    "Uniqueid": "1.7",
    "CallerIDNum": "0525550101",
    "CallerIDName": "Da\x1bna",
    "BridgeID": "b-1",
    "Application": "Queue",
    "Data": "support,b(offer^s^1)",
    "Seconds": "100",
    "Variable: QEHOLDTIME": "40",
}
AGENT = {
    "Event": "Status",
    "Channel": "PJSIP/1001-00000008",
    "Uniqueid": "1.8",
    "BridgeID": "b-1",
    "Application": "AppQueue",
    "Seconds": "70",
}


def talking(*channels: dict[str, str]) -> tuple[TalkingCaller, ...]:
    (row,) = queue_rows([{"Event": "QueueParams", "Queue": "support"}], channels)
    return row.talking


def test_a_talk_is_two_channels_in_one_bridge() -> None:
    (talk,) = talking(AGENT, CALLER)
    assert talk == TalkingCaller("1.7", "0525550101", "Dana", "1001", waited=40.0, talked=60.0)


def test_without_the_wait_the_agents_channel_tells_both() -> None:
    (talk,) = talking({**CALLER, "Variable: QEHOLDTIME": ""}, AGENT)
    assert (talk.waited, talk.talked) == (30.0, 70.0)


def test_on_hold_is_who_waits_for_their_agent_alone() -> None:
    (talk,) = talking(CALLER, {**AGENT, "Variable: CHANNEL(onhold)": "1"})
    assert not talk.held
    (talk,) = talking({**CALLER, "Variable: CHANNEL(onhold)": "1"}, AGENT)
    assert talk.held


def test_a_caller_who_chose_from_a_menu_first_did_not_talk_that_long() -> None:
    (talk,) = talking({**CALLER, "Seconds": "500"}, AGENT)
    assert (talk.waited, talk.talked) == (40.0, 70.0)


@pytest.mark.parametrize(
    ("caller", "agent"),
    [
        ({"BridgeID": ""}, {"BridgeID": ""}),
        ({"BridgeID": "b-2"}, {}),
        ({"Application": "Dial"}, {}),
        ({"Data": "sales"}, {}),
        ({"Uniqueid": ""}, {}),
        ({}, {"Channel": "Local/1001@agents-00000008;1"}),
    ],
)
def test_what_is_no_talk_of_a_queue_with_an_agent(caller: dict[str, str], agent: dict[str, str]) -> None:
    assert talking({**CALLER, **caller}, {**AGENT, **agent}) == ()


def test_an_agent_who_calls_a_queue_is_its_caller() -> None:
    colleague = {**CALLER, "Channel": "PJSIP/1002-00000007"}
    assert [talk.agent for talk in talking(AGENT, colleague)] == ["1001"]
    assert [talk.agent for talk in talking(colleague, AGENT)] == ["1001"]


@pytest.mark.parametrize(
    "other", [{"UserEvent": "Another"}, {"Contact": ""}, {"Contact": "x\ny"}, {"Interface": "Local/7@x"}, {}]
)
def test_of_the_dialplans_own_events_only_a_whole_offer_is_one(other: dict[str, str]) -> None:
    offer = {"UserEvent": "MokedOffer", "Contact": "1795320926.2", "Interface": "PJSIP/1001"}
    told = pbx_event({**COMMON, "Event": "UserEvent", **offer, **other}, NOW)
    assert (told is None) == bool(other)
