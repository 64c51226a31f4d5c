"""The lab's queues: nobody is lost, one offer a member at a time, first come first served."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from hub.ports import pbx
from hub.ports.pbx import MemberState
from pbx.lab.queue import QueueFull, Queues, QueueSettings
from pbx.lab.roster import NoSuchMember, NoSuchQueue
from pbx.lab.timeline import Timeline

SUPPORT = QueueSettings("support", timeout=10.0, retry=2.0, wrap_up=3.0)
T0 = datetime(2026, 1, 1, tzinfo=UTC)
SALES = QueueSettings("sales", most_callers=3)
Event = TypeVar("Event", bound=pbx.PbxEvent)


def fresh() -> Queues:
    return Queues([SUPPORT, SALES], Timeline(T0, 0.0))


def staffed(*agents: str) -> Queues:
    queues = fresh()
    for second, agent in enumerate(agents):
        queues.members.join("support", agent, float(second), paused=False, reason="", device=MemberState.FREE)
    return queues


def only(kind: type[Event], events: list[pbx.PbxEvent]) -> Event:
    (found,) = (event for event in events if isinstance(event, kind))
    return found


def test_a_caller_is_offered_answered_and_completed() -> None:
    queues = staffed("1001")
    joined = only(pbx.CallerJoined, queues.enter("support", "c1", "+97250", "Dana", 5.0))
    assert (joined.position, joined.name) == (1, "Dana")
    assert only(pbx.AgentOffered, queues.offer(6.0)).agent == "1001"
    connected, left = queues.answered("c1", "1001", 9.0)
    assert isinstance(connected, pbx.AgentConnected)
    assert connected.waited == 4.0
    assert isinstance(left, pbx.CallerLeft)
    completed = only(pbx.AgentCompleted, queues.ended("c1", "1001", "agent", 29.0))
    assert (completed.waited, completed.talked, completed.ended_by) == (4.0, 20.0, "agent")
    assert completed.at == datetime(2026, 1, 1, 0, 0, 29, tzinfo=UTC)
    row = queues.rows(30.0)[0]
    assert (row.completed, row.abandoned, row.service_level_percent) == (1, 0, 100.0)


def test_the_member_idle_longest_rings_first() -> None:
    queues = staffed("1001", "1002")
    queues.enter("support", "c1", "1", "", 10.0)
    assert only(pbx.AgentOffered, queues.offer(10.0)).agent == "1001"
    queues.answered("c1", "1001", 11.0)
    queues.ended("c1", "1001", "caller", 12.0)
    queues.enter("support", "c2", "2", "", 60.0)
    assert only(pbx.AgentOffered, queues.offer(60.0)).agent == "1002"


def test_nobody_answers_so_the_next_member_rings() -> None:
    queues = staffed("1001", "1002")
    queues.enter("support", "c1", "1", "", 10.0)
    queues.offer(10.0)
    assert queues.expire(19.9) == []
    assert only(pbx.OfferEnded, queues.expire(20.0)).rang == 10.0
    assert only(pbx.AgentOffered, queues.offer(20.0)).agent == "1002"
    assert queues.answered("c1", "1001", 20.5) == []
    queues.refused("c1", "1002", 21.0)
    assert queues.offer(21.5) == []
    assert only(pbx.AgentOffered, queues.offer(22.0)).agent == "1001"


@pytest.mark.parametrize(
    "state", [MemberState.BUSY, MemberState.RINGING, MemberState.ON_HOLD, MemberState.UNAVAILABLE]
)
def test_only_free_phones_ring(state: MemberState) -> None:
    queues = staffed("1001")
    assert only(pbx.MemberChanged, queues.members.device("1001", state, 1.0)).state is state
    queues.enter("support", "c1", "1", "", 2.0)
    assert queues.offer(2.0) == []
    queues.members.device("1001", MemberState.FREE, 3.0)
    assert queues.offer(3.0) != []


def test_a_paused_member_does_not_ring_and_says_why() -> None:
    queues = staffed("1001")
    changed = only(pbx.MemberChanged, queues.members.pause("1001", 1.0, paused=True, reason="Lunch"))
    assert (changed.paused, changed.reason) == (True, "Lunch")
    queues.enter("support", "c1", "1", "", 2.0)
    assert queues.offer(2.0) == []
    assert (
        only(pbx.MemberChanged, queues.members.pause("1001", 3.0, paused=False, reason="Lunch")).reason == ""
    )
    assert queues.offer(3.0) != []


def test_after_a_call_a_member_is_left_alone_for_the_wrap_up() -> None:
    queues = staffed("1001")
    for contact in ("c1", "c2"):
        queues.enter("support", contact, contact, "", 1.0)
    queues.offer(1.0)
    queues.answered("c1", "1001", 2.0)
    queues.ended("c1", "1001", "caller", 5.0)
    assert queues.offer(7.9) == []
    assert only(pbx.AgentOffered, queues.offer(8.0)).contact == "c2"


def test_giving_up_while_it_rings_ends_the_offer_and_counts_once() -> None:
    queues = staffed("1001")
    queues.enter("support", "c1", "1", "", 1.0)
    queues.offer(1.0)
    abandoned, ended, left = queues.hang_up("c1", 4.0)
    assert isinstance(ended, pbx.OfferEnded)
    assert isinstance(abandoned, pbx.CallerAbandoned)
    assert abandoned.waited == 3.0
    assert isinstance(left, pbx.CallerLeft)
    assert queues.hang_up("c1", 5.0) == []
    assert queues.rows(5.0)[0].abandoned == 1


def test_a_late_answer_counts_against_the_service_level() -> None:
    queues = staffed("1001")
    queues.enter("support", "c1", "1", "", 1.0)
    queues.offer(30.0)
    queues.answered("c1", "1001", 31.0)
    queues.hang_up("c1", 40.0)
    assert queues.rows(41.0)[0].service_level_percent == 0.0


def test_joining_and_leaving_twice_tells_once() -> None:
    queues = staffed("1001")
    again = queues.members.join("support", "1001", 5.0, paused=False, reason="", device=MemberState.FREE)
    assert again == []
    assert only(pbx.MemberChanged, queues.members.leave("support", "1001", 6.0)).member is False
    assert queues.members.leave("support", "1001", 7.0) == []


def test_what_there_is_not_is_refused() -> None:
    queues = fresh()
    with pytest.raises(NoSuchQueue):
        queues.enter("billing", "c1", "1", "", 0.0)
    with pytest.raises(NoSuchQueue):
        queues.members.join("billing", "1001", 0.0, paused=False, reason="", device=MemberState.FREE)
    with pytest.raises(NoSuchMember):
        queues.members.pause("1001", 0.0, paused=True, reason="")
    for number in range(3):
        queues.enter("sales", f"c{number}", "1", "", 0.0)
    with pytest.raises(QueueFull):
        queues.enter("sales", "c3", "1", "", 0.0)


def test_a_hold_is_told_once_and_of_a_talk_alone() -> None:
    queues = staffed("1001")
    queues.enter("support", "c1", "1", "", 1.0)
    queues.offer(1.0)
    assert queues.held("c1", "1001", 2.0, held=True) == []
    queues.answered("c1", "1001", 3.0)
    assert queues.held("c1", "1002", 4.0, held=True) == []
    only(pbx.CallerHeld, queues.held("c1", "1001", 5.0, held=True))
    assert queues.held("c1", "1001", 6.0, held=True) == []
    assert [talk.held for talk in queues.rows(7.0)[0].talking] == [True]
    only(pbx.CallerResumed, queues.held("c1", "1001", 8.0, held=False))
    assert [talk.held for talk in queues.rows(9.0)[0].talking] == [False]


def test_who_is_handed_on_talks_with_another_and_counts_no_more() -> None:
    queues = staffed("1001")
    queues.enter("support", "c1", "+97250", "Dana", 1.0)
    queues.offer(1.0)
    queues.answered("c1", "1001", 3.0)
    completed, handed = queues.handed_on("c1", "1002", 10.0)
    assert (completed, handed) == (
        pbx.AgentCompleted("support", "c1", "1001", 2.0, 7.0, "transfer", T0 + timedelta(seconds=10)),
        pbx.HandedOn("support", "c1", "1002", T0 + timedelta(seconds=10)),
    )
    (talk,) = queues.rows(14.0)[0].talking
    assert talk == pbx.TalkingCaller("c1", "+97250", "Dana", "1002", 0.0, 4.0)
    assert only(pbx.AgentCompleted, queues.hang_up("c1", 15.0)).talked == 5.0
    row = queues.rows(16.0)[0]
    assert (row.completed, row.talking) == (1, ())


def test_who_is_handed_a_caller_stays_kept_for_nobody_else() -> None:
    """A colleague may be offered another caller at the moment of taking one over."""
    queues = staffed("1001", "1002")
    for contact in ("c1", "c2"):
        queues.enter("support", contact, contact, "", 5.0)
    queues.offer(5.0)
    queues.answered("c1", "1001", 6.0)
    queues.handed_on("c1", "1002", 7.0)
    queues.ended("c1", "1002", "agent", 8.0)
    queues.enter("support", "c3", "c3", "", 9.0)
    assert queues.offer(9.0) == []
    assert only(pbx.AgentConnected, queues.answered("c2", "1002", 9.0)).agent == "1002"


def test_who_is_handed_on_outside_is_gone_from_here() -> None:
    queues = staffed("1001")
    queues.enter("support", "c1", "+97250", "", 1.0)
    assert queues.handed_on("c1", "1002", 1.0) == []
    queues.offer(1.0)
    queues.answered("c1", "1001", 3.0)
    assert only(pbx.AgentCompleted, queues.handed_on("c1", "+97251", 10.0)).ended_by == "transfer"
    assert queues.handed_on("c1", "1002", 11.0) == []
    assert (queues.hang_up("c1", 12.0), queues.rows(12.0)[0].talking) == ([], ())


class QueueLife(RuleBasedStateMachine):
    """Any order of callers, members and answers; the events alone must tell where everybody is."""

    contacts = Bundle("contacts")
    AGENTS = ("1001", "1002", "1003")

    def __init__(self) -> None:
        super().__init__()
        self.queues = fresh()
        self.now = 0.0
        self.waiting: dict[str, list[str]] = {"support": [], "sales": []}
        self.offers: dict[str, str] = {}
        self.talks: dict[str, str] = {}
        self.handed_on: dict[str, str] = {}
        self.ended: Counter[str] = Counter()
        self.entered = 0

    def told(self, events: list[pbx.PbxEvent]) -> None:
        for event in events:
            match event:
                case pbx.CallerJoined():
                    self.waiting[event.queue].append(event.contact)
                    assert event.position == len(self.waiting[event.queue])
                case pbx.AgentOffered():
                    unoffered = [c for c in self.waiting[event.queue] if c not in self.offers]
                    assert event.contact == unoffered[0], "first come, first served"
                    assert event.agent not in self.offers.values()
                    assert event.agent not in self.talks.values()
                    self.offers[event.contact] = event.agent
                case pbx.OfferEnded():
                    assert self.offers.pop(event.contact) == event.agent
                case pbx.AgentConnected():
                    self.talks[event.contact] = event.agent
                    assert self.offers.pop(event.contact) == event.agent
                case pbx.CallerLeft():
                    self.waiting[event.queue].remove(event.contact)
                case pbx.CallerAbandoned():
                    assert event.contact in self.waiting[event.queue]
                    self.ended[event.contact] += 1
                case pbx.AgentCompleted():
                    talks = self.handed_on if event.contact in self.handed_on else self.talks
                    assert talks.pop(event.contact) == event.agent
                    self.ended[event.contact] += 1
                case pbx.HandedOn():
                    self.handed_on[event.contact] = event.agent
                    self.ended[event.contact] -= 1

    @rule(seconds=st.floats(0, 15))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.told(self.queues.expire(self.now))
        self.told(self.queues.offer(self.now))

    @rule(target=contacts, queue=st.sampled_from(["support", "sales"]))
    def enters(self, queue: str) -> str:
        contact = f"c{self.entered}"
        self.entered += 1
        try:
            self.told(self.queues.enter(queue, contact, contact, "", self.now))
        except QueueFull:
            self.ended[contact] += 1
        return contact

    @rule(contact=contacts)
    def hangs_up(self, contact: str) -> None:
        self.told(self.queues.hang_up(contact, self.now))

    @rule(contact=contacts, agent=st.sampled_from(AGENTS), takes=st.booleans())
    def phone_says(self, contact: str, agent: str, takes: bool) -> None:
        act = self.queues.answered if takes else self.queues.refused
        self.told(act(contact, agent, self.now))

    @rule(contact=contacts, agent=st.sampled_from(AGENTS))
    def talk_ends(self, contact: str, agent: str) -> None:
        self.told(self.queues.ended(contact, agent, "agent", self.now))

    @rule(contact=contacts, to=st.sampled_from((*AGENTS, "+97251")))
    def hands_on(self, contact: str, to: str) -> None:
        self.told(self.queues.handed_on(contact, to, self.now))

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from(["support", "sales"]), paused=st.booleans())
    def joins(self, agent: str, queue: str, paused: bool) -> None:
        self.queues.members.join(queue, agent, self.now, paused=paused, reason="", device=MemberState.FREE)

    @rule(agent=st.sampled_from(AGENTS), queue=st.sampled_from(["support", "sales"]))
    def leaves(self, agent: str, queue: str) -> None:
        self.queues.members.leave(queue, agent, self.now)

    @rule(agent=st.sampled_from(AGENTS), state=st.sampled_from(MemberState))
    def device(self, agent: str, state: MemberState) -> None:
        self.queues.members.device(agent, state, self.now)

    @invariant()
    def nobody_is_lost_or_counted_twice(self) -> None:
        for number in range(self.entered):
            contact = f"c{number}"
            talks = (contact in self.talks) + (contact in self.handed_on)
            places = sum(contact in line for line in self.waiting.values()) + talks
            assert places + self.ended[contact] == 1

    @invariant()
    def the_snapshot_equals_the_events(self) -> None:
        for row in self.queues.rows(self.now):
            assert [caller.contact for caller in row.waiting] == self.waiting[row.name]


TestQueueLife = QueueLife.TestCase
