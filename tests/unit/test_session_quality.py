"""How a call sounds, as the agent is told of it and as the record keeps it."""

from __future__ import annotations

import pytest

from agent_tui.session import events as de
from agent_tui.session.reduce import reduce
from agent_tui.session.state import Link, SessionState, Severity
from hub import contract as c
from sip import events as ev
from sip.events import Complaint, Missing
from tests.stubs.messages import ME, a_card, an_offer

NOA = ev.Party("Noa", "+972521234567", "sip:noa@test")
OVERALL = ev.Overall(mos=4.1, least_mos=2.9, loss_in=1.5, loss_out=0.5, most_jitter=31.0, most_rtt=120.0)
VOICE = c.VoiceQuality(mos=4.1, least_mos=2.9, loss_in=1.5, loss_out=0.5, jitter=31.0, rtt=120.0)


def after(*events: de.DeskEvent, state: SessionState) -> SessionState:
    for event in events:
        state = reduce(state, event, 10.0)
    return state


TALK = after(
    c.OfferedEvent(offer=an_offer(), card=a_card()),
    ev.CallIncoming("call-1", NOA, "k-1"),
    ev.CallEstablished("call-1"),
    state=SessionState(phone=Link.UP, hub=Link.UP, pbx=Link.UP, me=ME),
)


def quality(*complaints: Complaint, call: str = "call-1") -> ev.CallQuality:
    return ev.CallQuality(call, 3.2, 7.5, 12.0, 44.4, 512.0, OVERALL, complaints)


def test_the_call_shows_it_and_the_contact_keeps_it() -> None:
    state = after(quality(), state=TALK)
    assert state.calls[0].quality == quality()
    assert [work.voice for work in state.work] == [VOICE]
    assert state.notices == ()


def test_a_call_without_a_contact_has_no_record() -> None:
    state = after(ev.CallDialling("call-2", NOA), quality(call="call-2"), state=TALK)
    assert state.calls[1].quality is not None
    assert [work.voice for work in state.work] == [None]


def test_a_call_that_is_over_is_told_nothing_of() -> None:
    state = after(ev.CallClosed("call-1", ev.CloseReason.NORMAL), state=TALK)
    assert (
        after(quality(Complaint.POOR), ev.SoundLost("call-1", Missing.NOTHING_ARRIVES), state=state) == state
    )


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        (Complaint.GAPS_IN, "you lose 7.5 % of what is said to you"),
        (Complaint.GAPS_OUT, "12 % of what you say is lost"),
        (Complaint.DELAY, "there and back takes 512 ms"),
        (Complaint.JITTER, "unsteady (44 ms)"),
        (Complaint.POOR, "MOS 3.2"),
    ],
)
def test_a_bad_line_is_one_notice_that_goes_when_the_line_is_good(complaint: Complaint, words: str) -> None:
    state = after(quality(complaint), quality(complaint), state=TALK)
    (notice,) = state.notices
    assert (notice.severity, words in str(notice.words)) == (Severity.WARNING, True)
    assert after(quality(), state=state).notices == ()


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (Missing.NOTHING_ARRIVES, "You hear nothing"),
        (Missing.MICROPHONE_SILENT, "mute switch"),
        (Missing.NOT_RECEIVED, "nothing you say arrives"),
    ],
)
def test_a_side_that_hears_nothing_is_told_until_it_hears(missing: Missing, words: str) -> None:
    state = after(ev.SoundLost("call-1", missing), state=TALK)
    (notice,) = state.notices
    assert (notice.severity, words in str(notice.words)) == (Severity.ERROR, True)
    assert after(ev.SoundBack("call-1", missing), state=state).notices == ()


@pytest.mark.parametrize(
    "over",
    [
        ev.CallHeld("call-1"),
        ev.CallClosed("call-1", ev.CloseReason.NORMAL),
    ],
)
def test_what_was_wrong_is_over_with_the_sound(over: de.DeskEvent) -> None:
    state = after(quality(Complaint.POOR), ev.SoundLost("call-1", Missing.NOTHING_ARRIVES), over, state=TALK)
    assert state.notices == ()
