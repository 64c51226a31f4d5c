"""A caller who waits for one agent first is one visit of the team's queue, with the whole wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hub.adapters.ami_personal import PersonalQueues
from hub.ports.pbx import (
    AgentCompleted,
    AgentConnected,
    AgentOffered,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberChanged,
    MemberRow,
    MemberState,
    OfferEnded,
    PbxEvent,
    QueueRow,
    TalkingCaller,
    WaitingCaller,
)

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OWN, TEAM = "support.1001", "support"


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def joined(queue: str, seconds: float) -> CallerJoined:
    return CallerJoined(queue, "c1", "0525550101", "", 1, at(seconds))


def gone(queue: str, seconds: float, waited: float = 20.0) -> tuple[PbxEvent, PbxEvent]:
    return CallerAbandoned(queue, "c1", waited, at(seconds)), CallerLeft(queue, "c1", at(seconds))


def taken(queues: PersonalQueues, *events: PbxEvent) -> list[PbxEvent]:
    return [queues.whole(told) for event in events for told in queues.take(event)]


def to_the_team() -> PersonalQueues:
    """The caller has waited 20 s for one agent."""
    queues = PersonalQueues()
    taken(queues, joined(OWN, 0), *gone(OWN, 20), joined(TEAM, 20))
    return queues


def test_who_goes_on_to_the_team_has_come_once_and_not_given_up() -> None:
    queues = PersonalQueues()
    rung = AgentOffered(OWN, "c1", "1001", at(1)), OfferEnded(OWN, "c1", "1001", 15.0, at(16))
    told = taken(queues, joined(OWN, 0), *rung, *gone(OWN, 20), joined(TEAM, 20))
    assert told == [
        joined(TEAM, 0),
        AgentOffered(TEAM, "c1", "1001", at(1)),
        OfferEnded(TEAM, "c1", "1001", 15.0, at(16)),
    ]
    assert queues.hung_up("c1") == []


def test_what_the_team_answers_has_the_whole_wait() -> None:
    queues = to_the_team()
    connected = AgentConnected(TEAM, "c1", "1002", 5.0, at(25))
    done = AgentCompleted(TEAM, "c1", "1002", 5.0, 60.0, "caller", at(85))
    assert taken(queues, connected, done) == [
        AgentConnected(TEAM, "c1", "1002", 25.0, at(25)),
        AgentCompleted(TEAM, "c1", "1002", 25.0, 60.0, "caller", at(85)),
    ]


def test_who_gives_up_at_the_team_has_waited_for_both() -> None:
    assert taken(to_the_team(), *gone(TEAM, 30, 10.0)) == [*gone(TEAM, 30, 30.0)]


def test_who_hangs_up_while_they_wait_for_one_agent_gave_up_on_the_team() -> None:
    queues = PersonalQueues()
    assert taken(queues, joined(OWN, 0), *gone(OWN, 7, 7.0)) == [joined(TEAM, 0)]
    assert queues.hung_up("c1") == [*gone(TEAM, 7, 7.0)]
    assert queues.hung_up("c1") == []


def test_who_is_answered_by_the_one_agent_left_the_queue_for_that() -> None:
    queues = PersonalQueues()
    left = CallerLeft(OWN, "c1", at(3))
    told = taken(queues, joined(OWN, 0), left, AgentConnected(OWN, "c1", "1001", 3.0, at(3)))
    assert told == [
        joined(TEAM, 0),
        CallerLeft(TEAM, "c1", at(3)),
        AgentConnected(TEAM, "c1", "1001", 3.0, at(3)),
    ]
    assert queues.hung_up("c1") == []


def test_who_comes_to_another_queue_gave_up_on_this_one_and_begins_anew() -> None:
    queues = PersonalQueues()
    told = taken(queues, joined(OWN, 0), *gone(OWN, 4, 4.0), joined("sales", 4))
    assert told == [joined(TEAM, 0), *gone(TEAM, 4, 4.0), joined("sales", 4)]
    connected = AgentConnected("sales", "c1", "1002", 5.0, at(9))
    assert taken(queues, connected) == [connected]


def test_a_talk_that_is_sent_to_another_queue_takes_no_wait_along() -> None:
    queues = to_the_team()
    taken(queues, AgentConnected(TEAM, "c1", "1002", 5.0, at(25)), joined("sales", 60))
    connected = AgentConnected("sales", "c1", "1003", 2.0, at(62))
    assert taken(queues, connected) == [connected]


def test_calls_of_the_team_alone_and_members_of_agents_own_queues_are_as_they_were() -> None:
    queues = PersonalQueues()
    plain = joined(TEAM, 0), *gone(TEAM, 4, 4.0)
    assert taken(queues, *plain) == [*plain]
    assert taken(queues, MemberChanged(OWN, "1001", MemberState.FREE, False, "", True, T)) == []
    assert queues.queues_of(TEAM, "1001") == ((TEAM, False),)


def row(name: str, *members: str, waiting: float | None = None, completed: int = 0) -> QueueRow:
    callers = () if waiting is None else (WaitingCaller("c1", "0525550101", "", 1, waiting),)
    there = tuple(MemberRow(member, MemberState.FREE, False, "") for member in members)
    return QueueRow(name, callers, (), there, completed, 3, 20, 0.0)


def test_the_snapshot_shows_the_teams_queues_with_all_who_wait_and_talk() -> None:
    queues = PersonalQueues()
    talking = TalkingCaller("c2", "", "", "1001", 4.0, 20.0)
    own = row(OWN, "1001", waiting=8.0, completed=2)
    own = QueueRow(OWN, own.waiting, (talking,), own.members, 2, 3, 20, 0.0)
    (team,) = queues.merged([row(TEAM, "1001", "1002", completed=5), own], T)
    assert (team.name, [one.contact for one in team.waiting], team.talking) == (TEAM, ["c1"], (talking,))
    assert (team.completed, team.abandoned) == (7, 3)
    assert [member.agent for member in team.members] == ["1001", "1002"]
    assert queues.queues_of(TEAM, "1001") == ((OWN, True), (TEAM, False))
    assert queues.queues_of(TEAM, "1002") == ((TEAM, False),)


def test_who_lacks_their_own_queue_is_told_as_no_member_so_that_the_hub_asks_for_both() -> None:
    (team,) = PersonalQueues().merged([row(TEAM, "1001", "1002"), row(OWN)], T)
    assert [member.agent for member in team.members] == ["1002"]


def test_a_hub_that_comes_up_while_somebody_waits_for_one_agent_knows_their_whole_wait() -> None:
    queues = PersonalQueues()
    queues.merged([row(TEAM), row(OWN, "1001", waiting=12.0)], T)
    told = taken(queues, *gone(OWN, 8), joined(TEAM, 8), AgentConnected(TEAM, "c1", "1002", 5.0, at(13)))
    assert told == [AgentConnected(TEAM, "c1", "1002", 25.0, at(13))]


def test_who_went_on_to_the_team_while_nobody_looked_has_the_whole_wait() -> None:
    queues = PersonalQueues()
    taken(queues, joined(OWN, -30))
    (team,) = queues.merged([row(TEAM, waiting=10.0)], T)
    assert team.waiting[0].waited == 30.0
    assert taken(queues, AgentConnected(TEAM, "c1", "1002", 15.0, at(5))) == [
        AgentConnected(TEAM, "c1", "1002", 35.0, at(5))
    ]
