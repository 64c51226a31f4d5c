"""Which calls count as missed, and how they are forgotten."""

from __future__ import annotations

import pytest

from sip import events as ev
from sip.events import CloseReason
from sip.missed import MOST, Missed
from sip.wire import decode_message, encode

NOA = ev.Party("Noa", "0525550101", "sip:0525550101@test")
AT = 1_780_000_000.0


def rung(reason: CloseReason, call: str = "c1", contact: str = "k-1") -> tuple[ev.PhoneEvent, ev.PhoneEvent]:
    return ev.CallIncoming(call, NOA, contact, queue="support"), ev.CallClosed(call, reason)


def after(*events: ev.PhoneEvent) -> Missed:
    missed = Missed(lambda: AT)
    for event in events:
        missed.hear(event)
    return missed


@pytest.mark.parametrize("reason", CloseReason)
def test_a_ring_is_missed_unless_it_was_declined_or_taken(reason: CloseReason) -> None:
    taken = reason in (CloseReason.REJECTED, CloseReason.ANSWERED_ELSEWHERE)
    expected = () if taken else (ev.MissedCall("c1", "Noa", "0525550101", "k-1", "support", reason, AT),)
    assert after(*rung(reason)).tell() == ev.MissedCalls(expected)


def test_what_was_answered_or_dialled_is_not_missed() -> None:
    ring, end = rung(CloseReason.NORMAL)
    assert after(ring, ev.CallEstablished("c1"), end).tell().calls == ()
    assert after(ev.CallDialling("c1", NOA), ev.CallClosed("c1", CloseReason.BUSY)).tell().calls == ()


def test_only_a_missed_call_changes_the_list() -> None:
    missed = Missed()
    ring, end = rung(CloseReason.CANCELLED)
    assert [missed.hear(event) for event in (ring, end, end)] == [False, True, False]


def test_a_caller_whom_the_queue_offers_again_is_missed_once() -> None:
    missed = after(*rung(CloseReason.CANCELLED), *rung(CloseReason.CANCELLED, "c2"))
    assert [call.call for call in missed.tell().calls] == ["c2"]
    assert after(*rung(CloseReason.CANCELLED), *rung(CloseReason.REJECTED, "c2")).tell().calls == ()


@pytest.mark.parametrize(
    "later", [ev.CallDialling("c3", NOA), ev.CallIncoming("c3", NOA)], ids=["called back", "called again"]
)
def test_who_is_talked_to_after_all_is_missed_no_longer(later: ev.CallDialling | ev.CallIncoming) -> None:
    other = ev.CallIncoming("c2", ev.Party("", "", "sip:anonymous@test"))
    missed = after(*rung(CloseReason.CANCELLED), other, ev.CallClosed("c2", CloseReason.CANCELLED), later)
    assert [call.call for call in missed.tell().calls] == ["c1", "c2"]
    assert missed.hear(ev.CallEstablished("c3"))
    assert [call.call for call in missed.tell().calls] == ["c2"]


def test_one_is_forgotten_by_its_id_and_all_without() -> None:
    missed = after(*rung(CloseReason.CANCELLED), *rung(CloseReason.CANCELLED, "c2", "k-2"))
    assert missed.forget("c1")
    assert not missed.forget("c1")
    assert [call.call for call in missed.tell().calls] == ["c2"]
    assert missed.forget("")
    assert not missed.forget("")
    assert missed.tell().calls == ()


def test_the_list_is_bounded_and_the_oldest_go_first() -> None:
    events = [event for n in range(MOST + 5) for event in rung(CloseReason.CANCELLED, f"c{n}", f"k{n}")]
    calls = after(*events).tell().calls
    assert len(calls) == MOST
    assert (calls[0].call, calls[-1].call) == ("c5", f"c{MOST + 4}")


def test_the_longest_list_that_strangers_can_make_fits_into_a_line() -> None:
    longest = ev.Party("\u05d0" * 100, "\u05d0" * 64, "\u05d0" * 200)
    events = [
        event
        for n in range(MOST)
        for event in (
            ev.CallIncoming(f"c{n}", longest, f"{n:02}" + "\u05d0" * 126, "", "\u05d0" * 128),
            ev.CallClosed(f"c{n}", CloseReason.ANSWERED_ELSEWHERE),
            ev.CallIncoming(f"d{n}", longest, f"{n:02}" + "\u05d0" * 126, "", "\u05d0" * 128),
            ev.CallClosed(f"d{n}", CloseReason.CANCELLED),
        )
    ]
    missed = after(*events).tell()
    assert len(missed.calls) == MOST
    assert decode_message(encode(missed)) == missed
