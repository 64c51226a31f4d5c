"""What is missing is said in words, one line a topic, and goes away when it is there again."""

from __future__ import annotations

import pytest

from agent_tui.session import events as de
from agent_tui.session.state import Link, SessionState, Severity
from hub import contract as c
from sip import events as ev
from tests.stubs.messages import AT, ME
from tests.unit.test_session_calls import NOA, after

R = ev.RegistrationState


def words(state: SessionState) -> list[str]:
    return [str(notice.words) for notice in state.notices]


def test_a_refused_account_is_an_error_with_a_next_step_until_it_is_registered() -> None:
    state = after(ev.RegistrationChanged(R.REFUSED, 401, "wrong password"))
    assert state.notices[0].severity is Severity.ERROR
    assert "moked login" in words(state)[0]
    assert "wrong password" in words(state)[0]
    assert words(after(ev.RegistrationChanged(R.REGISTERED, 200), state=state)) == []


@pytest.mark.parametrize(
    ("down", "up"),
    [
        (ev.RegistrationChanged(R.UNREACHABLE), ev.RegistrationChanged(R.REGISTERED)),
        (de.PhoneLinkChanged(Link.DOWN, "x"), de.PhoneLinkChanged(Link.UP)),
        (de.HubLinkChanged(Link.DOWN, "x"), de.HubLinkChanged(Link.UP)),
        (c.PbxLinkEvent(up=False, words="x"), c.PbxLinkEvent(up=True)),
        (ev.AudioFault("no microphone"), ev.AudioFault("")),
    ],
)
def test_what_is_missing_has_one_line_until_it_is_back(down: de.DeskEvent, up: de.DeskEvent) -> None:
    state = after(down, down)
    assert len(state.notices) == 1
    assert state.notices[0].words
    assert after(up, state=state).notices == ()


def test_a_dismissed_notice_is_gone_and_others_stay() -> None:
    state = after(de.HubLinkChanged(Link.DOWN), de.PhoneLinkChanged(Link.DOWN))
    state = after(de.NoticeDismissed("hub"), state=state)
    assert [notice.topic for notice in state.notices] == ["phone"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (ev.CloseReason.BUSY, "+972521234567 is busy. (SIP 486)"),
        (ev.CloseReason.NO_ANSWER, "+972521234567 does not answer. (SIP 486)"),
        (ev.CloseReason.NOT_FOUND, "is not known"),
    ],
)
def test_a_call_of_ours_that_came_to_nothing_says_why(reason: ev.CloseReason, said: str) -> None:
    state = after(ev.CallDialling("call-1", NOA), ev.CallClosed("call-1", reason, 486))
    assert said in words(state)[0]
    assert words(after(ev.CallDialling("call-2", NOA), state=state)) == []


@pytest.mark.parametrize("reason", ev.CloseReason)
def test_a_ring_that_ends_says_so_in_its_own_words_unless_it_was_declined(reason: ev.CloseReason) -> None:
    state = after(ev.CallIncoming("call-1", NOA), ev.CallClosed("call-1", reason))
    silent = {ev.CloseReason.REJECTED}
    impossible = {  # of a call that rings here
        ev.CloseReason.NORMAL,
        ev.CloseReason.TRANSFERRED,
        ev.CloseReason.BUSY,
        ev.CloseReason.DECLINED,
        ev.CloseReason.NOT_FOUND,
        ev.CloseReason.MEDIA_LOST,
    }
    assert bool(words(state)) is (reason not in silent | impossible)
    assert all("Noa" in one for one in words(state))


@pytest.mark.parametrize("reason", ev.CloseReason)
def test_a_call_of_ours_that_ends_early_says_so_in_its_own_words_unless_we_gave_up(
    reason: ev.CloseReason,
) -> None:
    state = after(ev.CallDialling("call-1", NOA), ev.CallClosed("call-1", reason))
    silent = {ev.CloseReason.CANCELLED, ev.CloseReason.NORMAL}
    impossible = {  # of a call that we make
        ev.CloseReason.REJECTED,
        ev.CloseReason.LINES_FULL,
        ev.CloseReason.ANSWERED_ELSEWHERE,
        ev.CloseReason.TRANSFERRED,
        ev.CloseReason.MEDIA_LOST,
    }
    assert bool(words(state)) is (reason not in silent | impossible)


def test_a_call_we_ended_ourselves_needs_no_words() -> None:
    state = after(ev.CallDialling("call-1", NOA), ev.CallClosed("call-1", ev.CloseReason.CANCELLED))
    assert words(state) == []
    talk = (ev.CallIncoming("call-1", NOA), ev.CallEstablished("call-1"))
    assert words(after(*talk, ev.CallClosed("call-1", ev.CloseReason.NORMAL))) == []
    assert "sound" in words(after(*talk, ev.CallClosed("call-1", ev.CloseReason.MEDIA_LOST)))[0]
    lost = ev.CallClosed("call-1", ev.CloseReason.FAILED, 481, "the exchange was restarted")
    assert words(after(*talk, lost)) == ["The call broke off. (the exchange was restarted)"]


def test_a_snapshot_tells_of_a_hub_without_an_exchange() -> None:
    taken = c.Snapshot(cursor="1-1", me=ME, queues=(), pbx=False, pbx_words="no exchange configured")
    state = after(de.SnapshotTaken(taken, AT))
    assert state.pbx is Link.DOWN
    assert "no exchange configured" in words(state)[0]


@pytest.mark.parametrize(
    ("by", "said"),
    [
        ("", "You are away: missed calls. Choose Ready by F9 "),
        ("Dana", "Dana set you away: missed calls. Choose Ready by F9 "),
    ],
)
def test_a_presence_that_others_set_is_told_until_the_agent_chooses(by: str, said: str) -> None:
    state = after(c.PresenceSetEvent(by=by, presence=c.Presence.AWAY, words="missed calls"))
    assert words(state)[0].startswith(said)
    assert words(after(de.PresenceWanted(c.Presence.READY), state=state)) == []


def test_that_calls_come_again_is_told_until_it_is_wrapped_up() -> None:
    state = after(c.WrapUpOverEvent(contact="1.1"))
    assert [(one.topic, one.severity) for one in state.notices] == [("wrap_up", Severity.INFO)]
    assert "calls come again" in str(state.notices[0].words)
    record = c.ContactRecord(contact="1.1", queue="support", number="", joined_at=AT)
    assert after(c.WrapUpOverEvent(contact="1.1"), c.WrappedUpEvent(record=record)).notices == ()
