"""Callers handed on by one agent to another, as Asterisk's own events tell of them (seen on Asterisk 22)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.adapters.ami_handed import HandedTalks
from hub.adapters.ami_wire import Message
from hub.ports.pbx import AgentCompleted, AgentConnected, HandedOn, PbxEvent, QueueRow, TalkingCaller

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
JOINED: Message = {
    "Event": "AttendedTransfer",
    "Result": "Success",
    "TransfereeUniqueid": "c1",
    "TransfereeChannel": "PJSIP/trunk-00000001",
    "TransferTargetUniqueid": "170.3",
    "TransferTargetChannel": "PJSIP/1102-00000003",
}
TAKEN: Message = {
    "Event": "DialEnd",
    "Uniqueid": "c1",
    "Context": "hand-to",
    "DialStatus": "ANSWER",
    "DestChannel": "PJSIP/1102-00000003",
}
CALLER_GONE: Message = {"Event": "Hangup", "Uniqueid": "c1", "Channel": "PJSIP/trunk-00000001"}
COLLEAGUE_GONE: Message = {"Event": "Hangup", "Uniqueid": "170.3", "Channel": "PJSIP/1102-00000003"}
HANDED = HandedOn("support", "c1", "1102", T)


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def completed(agent: str = "1101", talked: float = 30.0, by: str = "transfer", end: float = 0) -> PbxEvent:
    return AgentCompleted("support", "c1", agent, 0.0, talked, by, at(end))


def in_talk() -> HandedTalks:
    talks = HandedTalks()
    assert talks.follow(AgentConnected("support", "c1", "1101", 4.0, at(-30))) == []
    return talks


def test_joined_is_told_after_the_end_of_the_first_talk_whichever_comes_first() -> None:
    early = in_talk()
    assert early.take(JOINED, T) == []
    assert early.follow(completed()) == [HANDED]
    late = in_talk()
    assert late.follow(completed()) == []
    assert late.take(JOINED, T) == [HANDED]


def test_either_side_of_a_join_may_be_the_caller() -> None:
    turned = {
        **JOINED,
        "TransfereeUniqueid": JOINED["TransferTargetUniqueid"],
        "TransfereeChannel": JOINED["TransferTargetChannel"],
        "TransferTargetUniqueid": "c1",
        "TransferTargetChannel": JOINED["TransfereeChannel"],
    }
    talks = in_talk()
    talks.follow(completed())
    assert talks.take(turned, T) == [HANDED]


def test_who_was_sent_is_told_once_the_colleague_answers() -> None:
    talks = in_talk()
    talks.follow(completed())
    assert talks.take({**TAKEN, "DialStatus": "BUSY"}, T) == []
    assert talks.take({**TAKEN, "Context": "from-agents"}, T) == []
    assert talks.take(TAKEN, T) == [HANDED]


def test_a_talk_that_was_handed_on_ends_once_and_with_whom() -> None:
    talks = in_talk()
    talks.follow(completed())
    talks.take(JOINED, T)
    assert talks.take(COLLEAGUE_GONE, at(12)) == [completed("1102", 12.0, "agent", 12)]
    assert talks.take(CALLER_GONE, at(12)) == []
    talks = in_talk()
    talks.follow(completed())
    talks.take(JOINED, T)
    assert talks.take(CALLER_GONE, at(7)) == [completed("1102", 7.0, "caller", 7)]
    assert talks.take(COLLEAGUE_GONE, at(7)) == []


def test_who_hung_up_is_who_asked_for_it_whichever_channel_goes_first() -> None:
    for request in ("HangupRequest", "SoftHangupRequest"):
        talks = in_talk()
        talks.follow(completed())
        talks.take(JOINED, T)
        assert talks.take({**CALLER_GONE, "Event": request}, at(7)) == []
        assert talks.take({**COLLEAGUE_GONE, "Event": "SoftHangupRequest"}, at(7)) == []
        assert talks.take(COLLEAGUE_GONE, at(7)) == [completed("1102", 7.0, "caller", 7)]
    talks = in_talk()
    talks.follow(completed())
    talks.take(JOINED, T)
    talks.take({**COLLEAGUE_GONE, "Event": "HangupRequest"}, at(7))
    assert talks.take(CALLER_GONE, at(7)) == [completed("1102", 7.0, "agent", 7)]


def test_who_is_handed_on_twice_ends_the_talk_between() -> None:
    talks = in_talk()
    talks.follow(completed())
    talks.take(JOINED, T)
    onward = {**JOINED, "TransferTargetChannel": "PJSIP/1103-0000000a"}
    assert talks.take(onward, at(5)) == [
        completed("1102", 5.0, "transfer", 5),
        HandedOn("support", "c1", "1103", at(5)),
    ]
    assert talks.take(COLLEAGUE_GONE, at(5)) == []


def test_a_caller_who_hung_up_in_the_first_talk_is_forgotten() -> None:
    talks = in_talk()
    talks.follow(completed(by="caller"))
    assert talks.take(JOINED, T) == []


def test_others_calls_and_failures_tell_nothing() -> None:
    talks = in_talk()
    assert talks.take(CALLER_GONE, T) == []
    assert talks.take(JOINED, T) == []
    talks = in_talk()
    talks.follow(completed())
    assert talks.take({**JOINED, "Result": "Fail"}, T) == []
    assert talks.take({**JOINED, "TransferTargetChannel": "PJSIP/trunk-00000009"}, T) == []
    assert talks.take({"Event": "Hangup"}, T) == []


def test_a_hub_that_comes_up_meanwhile_hears_the_end() -> None:
    talking = TalkingCaller("c1", "", "", "1102", 4.0, 20.0)
    row = QueueRow("support", (), (talking,), (), 0, 0, 20, 0.0)
    channels: list[Message] = [
        {"Uniqueid": "c1", "BridgeID": "b", "Application": "Queue", "Channel": "PJSIP/trunk-00000001"},
        {"Uniqueid": "170.3", "BridgeID": "b", "Application": "AppDial", "Channel": "PJSIP/1102-00000003"},
    ]
    talks = HandedTalks()
    talks.know_talks((row,), channels, T)
    assert talks.take(COLLEAGUE_GONE, at(5)) == [completed("1102", 25.0, "agent", 5)]
    queues_own = HandedTalks()
    queues_own.know_talks((row,), [channels[0], {**channels[1], "Application": "AppQueue"}], T)
    assert queues_own.take(COLLEAGUE_GONE, at(5)) == []
    queues_own.follow(completed("1102"))
    assert queues_own.take({**JOINED, "TransferTargetChannel": "PJSIP/1103-0000000a"}, T) == [
        HandedOn("support", "c1", "1103", T)
    ]
