"""Which calls count as dialled, how long was talked, and how many are kept."""

from __future__ import annotations

import pytest

from sip import events as ev
from sip.dialled import MOST, Dialled
from sip.events import CloseReason
from sip.wire import LONGEST_LINE, decode_message, encode

NOA = ev.Party("Noa", "0525550101", "sip:0525550101@test")
AT = 1_780_000_000.0


class Time:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def after(*events: ev.PhoneEvent) -> Dialled:
    dialled = Dialled(lambda: AT, lambda: 0.0)
    for event in events:
        dialled.hear(event)
    return dialled


@pytest.mark.parametrize("reason", CloseReason)
def test_a_dialled_call_is_kept_however_it_ended(reason: CloseReason) -> None:
    told = after(ev.CallDialling("c1", NOA), ev.CallClosed("c1", reason)).tell()
    assert told == ev.DialledCalls((ev.DialledCall("c1", "Noa", "0525550101", reason, AT),))


def test_the_talk_counts_from_the_answer_whatever_is_held_meanwhile() -> None:
    timer = Time()
    dialled = Dialled(lambda: AT, timer)
    dialled.hear(ev.CallDialling("c1", NOA))
    timer.seconds += 7
    dialled.hear(ev.CallEstablished("c1"))
    timer.seconds += 5
    dialled.hear(ev.CallHeld("c1"))
    dialled.hear(ev.CallResumed("c1"))
    timer.seconds += 30
    assert dialled.hear(ev.CallClosed("c1", CloseReason.NORMAL))
    assert dialled.tell().calls[0].talked == 35.0


def test_calls_that_came_in_are_none() -> None:
    answered = (ev.CallIncoming("c1", NOA), ev.CallEstablished("c1"), ev.CallClosed("c1", CloseReason.NORMAL))
    assert after(*answered).tell().calls == ()
    assert not Dialled().hear(ev.CallClosed("c1", CloseReason.NORMAL))


def test_a_colleague_who_was_asked_is_marked() -> None:
    asked = after(ev.CallDialling("c2", NOA, consults="c1"), ev.CallClosed("c2", CloseReason.TRANSFERRED))
    assert asked.tell().calls[0].consulted


def test_the_last_are_kept_and_fit_into_a_line() -> None:
    dialled = Dialled(lambda: AT)
    longest = ev.Party("ש" * 120, "9" * 120, "sip:" + "x" * 200)
    for number in range(MOST + 5):
        dialled.hear(ev.CallDialling(f"c{number}", longest))
        dialled.hear(ev.CallClosed(f"c{number}", CloseReason.BUSY))
    told = dialled.tell()
    assert [call.call for call in told.calls] == [f"c{number}" for number in range(5, MOST + 5)]
    line = encode(told)
    assert len(line) <= LONGEST_LINE
    assert decode_message(line) == told
