"""The port's promises about order, kept from the orders in which Asterisk really speaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.adapters.ami_events import pbx_event
from hub.adapters.ami_order import EventOrder
from hub.adapters.ami_wire import Message
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


def test_a_ring_that_was_told_before_it_began_is_told_once() -> None:
    ended = OfferEnded("support", "c1", "1001", 3.0, at(3))
    again = offered("1001", 4)
    assert told(offered("1001"), offered("1001", 0.05), ended, again) == [offered("1001"), ended, again]


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


def test_a_talk_that_ends_by_another_name_is_known_by_its_agent() -> None:
    """Recorded from Asterisk 22: the caller was joined with the agent's second call, to a number."""
    member: Message = {"Queue": "support", "Interface": "PJSIP/1101", "DestUniqueid": "1795840141.38"}
    recorded: tuple[Message, ...] = (
        {"Event": "AgentConnect", "Channel": "PJSIP/trunk-00000001", "Uniqueid": "c1", **member},
        {"Event": "AgentComplete", "Channel": "PJSIP/1101-00000013", "Uniqueid": "1795840141.39", **member}
        | {"TalkTime": "7", "Reason": "transfer"},
    )
    events = told(*(event for message in recorded if (event := pbx_event(message, T))))
    assert events[-1] == AgentCompleted("support", "c1", "1101", 0.0, 7.0, "transfer", T)


def test_an_end_is_of_the_caller_it_names_where_that_caller_talks() -> None:
    first, second = (AgentConnected("support", c, "1001", 5, at(5)) for c in ("c1", "c2"))
    ends = [AgentCompleted("support", c, "1001", 5, 9, "caller", at(9)) for c in ("c1", "c2")]
    assert told(first, second, *ends)[2:] == ends
    missed = AgentCompleted("support", "c9", "1001", 5, 9, "caller", at(9))
    assert told(missed) == [missed]
    assert told(first, ends[0], missed)[2:] == [missed]
    elsewhere = replace(missed, queue="sales")
    assert told(first, elsewhere)[1:] == [elsewhere]


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
    """Every event comes out; leavings may wait for their reason, ends of rings are added, and the end of
    a talk may get the contact of the one it was.
    """
    out = told(*events)
    for event in events:
        if not isinstance(event, CallerLeft | AgentCompleted):
            assert event in out
    assert names(out).count("AgentCompleted") == names(events).count("AgentCompleted")
    assert names(out).count("CallerLeft") <= names(events).count("CallerLeft")
    assert set(names(out)) - set(names(events)) <= {"OfferEnded"}


def test_a_talk_that_began_out_of_sight_ends_with_the_contact_of_the_snapshot() -> None:
    order = EventOrder()
    talk = TalkingCaller("c1", "0525550101", "", "1001", 5.0, 60.0)
    order.know_talks([QueueRow("support", (), (talk,), (), 0, 0, 20, 0.0)])
    ended = AgentCompleted("support", "", "1001", 5, 61, "caller", at(66))
    assert order.take(ended) == [replace(ended, contact="c1")]
    assert order.take(ended) == []
