"""The call-state table, and the book that is kept by it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip import events as ev
from sip.call_book import CallBook
from sip.call_state import CallState, ImpossibleTransition, first_state, next_state

CALL = "c1"
PARTY = ev.Party("Dana", "1001", "sip:1001@pbx")
MOVES: tuple[ev.CallEvent, ...] = (
    ev.CallProgress(CALL),
    ev.CallEstablished(CALL),
    ev.CallHeld(CALL),
    ev.CallResumed(CALL),
    ev.CallClosed(CALL, ev.CloseReason.NORMAL),
)
TELLS: tuple[ev.CallEvent, ...] = (
    ev.CallMuted(CALL, muted=True),
    ev.CallMuted(CALL, muted=False),
    ev.CallMerged(CALL, merged=True),
    ev.CallMerged(CALL, merged=False),
    ev.CallEncrypted(CALL, "AES_CM_128"),
    ev.CallTransferring(CALL, "1002"),
    ev.TransferFailed(CALL, "1002", 486, ev.CloseReason.BUSY),
    ev.DtmfReceived(CALL, "5"),
)
beginnings = st.sampled_from((ev.CallIncoming(CALL, PARTY, "contact-1"), ev.CallDialling(CALL, PARTY)))


@pytest.mark.parametrize(
    ("state", "event", "reached"),
    [
        (CallState.DIALLING, MOVES[0], CallState.RINGING),
        (CallState.DIALLING, MOVES[1], CallState.ESTABLISHED),
        (CallState.RINGING, MOVES[1], CallState.ESTABLISHED),
        (CallState.INCOMING, MOVES[1], CallState.ESTABLISHED),
        (CallState.ESTABLISHED, MOVES[2], CallState.HELD),
        (CallState.HELD, MOVES[3], CallState.ESTABLISHED),
        *((state, MOVES[4], CallState.CLOSED) for state in CallState if state is not CallState.CLOSED),
    ],
)
def test_the_table(state: CallState, event: ev.CallEvent, reached: CallState) -> None:
    assert next_state(state, event) is reached


@pytest.mark.parametrize("event", [*MOVES, *TELLS])
def test_nothing_leads_out_of_closed(event: ev.CallEvent) -> None:
    with pytest.raises(ImpossibleTransition):
        next_state(CallState.CLOSED, event)


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (CallState.INCOMING, MOVES[2]),
        (CallState.INCOMING, MOVES[0]),
        (CallState.ESTABLISHED, MOVES[3]),
        (CallState.HELD, MOVES[1]),
        (CallState.DIALLING, MOVES[2]),
    ],
)
def test_what_the_table_does_not_name_is_impossible(state: CallState, event: ev.CallEvent) -> None:
    with pytest.raises(ImpossibleTransition):
        next_state(state, event)


def possible(begin: ev.CallIncoming | ev.CallDialling, wishes: Sequence[ev.CallEvent]) -> list[ev.CallEvent]:
    """The longest run of ``wishes`` that the table allows."""
    state, allowed = first_state(begin), []
    for wish in wishes:
        try:
            state = next_state(state, wish)
        except ImpossibleTransition:
            continue
        allowed.append(wish)
    return allowed


def heard(events: Sequence[ev.PhoneEvent]) -> CallBook:
    book = CallBook()
    for event in events:
        book.hear(event)
    return book


def plain(told: ev.PhoneReport) -> ev.PhoneEvent:
    assert not isinstance(told, ev.EngineCapabilities | ev.TakenAway | ev.TakenOver | ev.MissedCalls)
    assert not isinstance(told, ev.RingSilenced | ev.DialledCalls | ev.DevicesSeen | ev.SoundTried)
    return told.event if isinstance(told, ev.Retold) else told


@given(beginnings, st.lists(st.sampled_from(MOVES + TELLS), max_size=12))
def test_a_newcomer_who_hears_the_story_knows_as_much(
    begin: ev.CallIncoming | ev.CallDialling, wishes: list[ev.CallEvent]
) -> None:
    registered = ev.RegistrationChanged(ev.RegistrationState.REGISTERED, 200)
    book = heard([registered, begin, *possible(begin, wishes)])
    story = list(book.tell())
    again = heard([plain(told) for told in story])
    assert [plain(told) for told in again.tell()] == [plain(told) for told in story]
    assert again.busy == book.busy
    assert story[0] == registered


@given(beginnings, st.lists(st.sampled_from(MOVES + TELLS), max_size=12))
def test_the_story_ends_in_the_state_that_holds(
    begin: ev.CallIncoming | ev.CallDialling, wishes: list[ev.CallEvent]
) -> None:
    events = possible(begin, wishes)
    state = first_state(begin)
    for event in events:
        state = next_state(state, event)
    others = (ev.RegistrationChanged, ev.AudioLevels, ev.AudioFault, ev.SoundChanged)
    story = map(plain, heard([begin, *events]).tell())
    told = [event for event in story if not isinstance(event, others)]
    if state is CallState.CLOSED:
        assert told == []
        return
    reached = first_state(begin)
    for event in told[1:]:
        reached = next_state(reached, event)
    assert reached is state
    muted = [event.muted for event in events if isinstance(event, ev.CallMuted)]
    assert (ev.CallMuted(CALL, muted=True) in told) == (bool(muted) and muted[-1])
    merged = [event.merged for event in events if isinstance(event, ev.CallMerged)]
    assert (ev.CallMerged(CALL, merged=True) in told) == (bool(merged) and merged[-1])


def test_each_turn_of_a_call_is_retold_with_its_age() -> None:
    now = [100.0]
    book = CallBook(lambda: now[0])
    party = ev.Party("", "1", "sip:1@x")
    story: list[tuple[float, ev.CallEvent]] = [
        (0.0, ev.CallIncoming("a", party)),
        (4.0, ev.CallEstablished("a")),
        (10.0, ev.CallHeld("a")),
        (11.0, ev.CallDialling("b", party)),
        (12.0, ev.CallProgress("b")),
        (13.0, ev.CallProgress("b", early_media=True)),
    ]
    for at, event in story:
        now[0] = 100.0 + at
        book.hear(event)
    now[0] = 120.0
    turns = [told for told in book.tell() if isinstance(told, ev.Retold)]
    assert turns == [
        ev.Retold(story[0][1], 20.0),
        ev.Retold(story[1][1], 16.0),
        ev.Retold(story[2][1], 10.0),
        ev.Retold(story[3][1], 9.0),
        ev.Retold(ev.CallProgress("b", early_media=True), 8.0),
    ]


def test_the_call_that_was_turned_to_last_is_turned_to_last_again() -> None:
    now = [0.0]
    book = CallBook(lambda: now[0])
    party = ev.Party("", "1", "sip:1@x")
    for event in (
        ev.CallIncoming("a", party),
        ev.CallEstablished("a"),
        ev.CallHeld("a"),
        ev.CallDialling("b", party),
        ev.CallEstablished("b"),
        ev.CallHeld("b"),
        ev.CallResumed("a"),
    ):
        now[0] += 1.0
        book.hear(event)
    turns = [told.event for told in book.tell() if isinstance(told, ev.Retold)]
    assert turns[-2:] == [ev.CallHeld("a"), ev.CallResumed("a")]


def test_of_two_merged_calls_the_one_that_had_the_keys_is_told_first() -> None:
    party = ev.Party("", "1", "sip:1@x")
    book = heard([ev.CallIncoming("a", party), ev.CallEstablished("a"), ev.CallHeld("a")])
    for event in (
        ev.CallDialling("b", party),
        ev.CallEstablished("b"),
        ev.CallResumed("a"),
        ev.CallMerged("b", merged=True),
        ev.CallMerged("a", merged=True),
    ):
        book.hear(event)
    turns = [told.event for told in book.tell() if isinstance(told, ev.Retold)]
    assert turns[-2:] == [ev.CallMerged("b", merged=True), ev.CallMerged("a", merged=True)]
