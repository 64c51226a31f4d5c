"""The port's promises about order, kept from the orders in which Asterisk really speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.ami_order import EventOrder
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
    QueueRow,
    TalkingCaller,
)

T = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T + timedelta(seconds=seconds)


def offered(agent: str, seconds: float = 0, contact: str = "c1") -> AgentOffered:
    return AgentOffered("support", contact, agent, at(seconds))


def told(*events: PbxEvent) -> list[PbxEvent]:
    order = EventOrder()
    return [out for event in events for out in order.take(event)]


def names(events: list[PbxEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_leaving_is_told_after_the_answer() -> None:
    left, connected = (
        CallerLeft("support", "c1", at(5)),
        AgentConnected("support", "c1", "1001", 5, at(5.001)),
    )
    assert told(offered("1001"), left, connected)[1:] == [connected, left]


def test_when_one_answers_the_others_rings_end() -> None:
    events = told(offered("1001"), offered("1002", 1), AgentConnected("support", "c1", "1002", 5, at(5)))
    assert events[3] == OfferEnded("support", "c1", "1001", 5.0, at(5))
    assert names(events) == ["AgentOffered", "AgentOffered", "AgentConnected", "OfferEnded"]


def test_when_the_caller_gives_up_all_rings_end_and_leaving_comes_last() -> None:
    abandoned, left = CallerAbandoned("support", "c1", 4, at(4)), CallerLeft("support", "c1", at(4))
    events = told(offered("1001"), offered("1002", 1), abandoned, left)
    assert names(events[2:]) == ["CallerAbandoned", "OfferEnded", "OfferEnded", "CallerLeft"]
    assert [event.rang for event in events if isinstance(event, OfferEnded)] == [4.0, 3.0]


def test_a_caller_lost_between_leaving_and_the_answer() -> None:
    left, abandoned = CallerLeft("support", "c1", at(4)), CallerAbandoned("support", "c1", 4, at(4))
    events = told(offered("1001"), left, abandoned)
    assert names(events) == ["AgentOffered", "CallerAbandoned", "OfferEnded", "CallerLeft"]


def test_a_caller_who_leaves_unoffered_leaves_at_once() -> None:
    assert names(told(CallerLeft("support", "c1", at(4)))) == ["CallerLeft"]


def test_a_ring_that_ended_is_not_ended_twice() -> None:
    ended = OfferEnded("support", "c1", "1001", 3, at(3))
    events = told(offered("1001"), ended, CallerAbandoned("support", "c1", 4, at(4)))
    assert names(events) == ["AgentOffered", "OfferEnded", "CallerAbandoned"]


def test_a_talk_whose_caller_is_not_named_is_known_by_its_agent() -> None:
    talk = AgentConnected("support", "c1", "1001", 5, at(5))
    nameless = AgentCompleted("support", "", "1001", 5, 0, "caller", at(5))
    assert [getattr(event, "contact", None) for event in told(talk, nameless)] == ["c1", "c1"]
    assert told(nameless) == []
    assert told(talk, nameless, nameless) == told(talk, nameless)


def test_a_ring_whose_caller_is_not_named_is_known_by_its_agent() -> None:
    events = told(offered("1001"), OfferEnded("support", "", "1001", 3, at(3)))
    assert events[1] == OfferEnded("support", "c1", "1001", 3, at(3))


def test_a_member_is_told_once_for_each_change() -> None:
    def member(seconds: float, state: MemberState, *, stays: bool = True) -> MemberChanged:
        return MemberChanged("support", "1001", state, False, "", stays, at(seconds))

    free, again, busy = member(0, MemberState.FREE), member(1, MemberState.FREE), member(2, MemberState.BUSY)
    gone, back = member(3, MemberState.BUSY, stays=False), member(4, MemberState.BUSY)
    assert told(free, again, busy, gone, back) == [free, busy, gone, back]


_CONTACTS, _AGENTS = st.sampled_from(["c1", "c2"]), st.sampled_from(["1001", "1002"])
_EVENTS = st.lists(
    st.one_of(
        st.builds(lambda c: CallerJoined("support", c, "", "", 1, T), _CONTACTS),
        st.builds(lambda c, a: offered(a, contact=c), _CONTACTS, _AGENTS),
        st.builds(lambda c, a: OfferEnded("support", c, a, 1, T), _CONTACTS, _AGENTS),
        st.builds(lambda c: CallerAbandoned("support", c, 1, T), _CONTACTS),
        st.builds(lambda c: CallerLeft("support", c, T), _CONTACTS),
        st.builds(lambda c, a: AgentConnected("support", c, a, 1, T), _CONTACTS, _AGENTS),
        st.builds(lambda c, a: AgentCompleted("support", c, a, 1, 1, "agent", T), _CONTACTS, _AGENTS),
    ),
    max_size=30,
)


@given(_EVENTS)
def test_in_no_order_is_an_event_lost_but_a_leaving_that_still_waits(events: list[PbxEvent]) -> None:
    """Every event comes out; leavings may wait for their reason, and ends of rings are added."""
    out = told(*events)
    for event in events:
        if not isinstance(event, CallerLeft):
            assert event in out
    assert names(out).count("CallerLeft") <= names(events).count("CallerLeft")
    assert set(names(out)) - set(names(events)) <= {"OfferEnded"}


def test_a_talk_that_began_out_of_sight_ends_with_the_contact_of_the_snapshot() -> None:
    order = EventOrder()
    talk = TalkingCaller("c1", "0525550101", "", "1001", 5.0, 60.0)
    order.know_talks([QueueRow("support", (), (talk,), (), 0, 0, 20, 0.0)])
    ended = AgentCompleted("support", "", "1001", 5, 61, "caller", at(66))
    assert order.take(ended) == [replace(ended, contact="c1")]
    assert order.take(ended) == []
