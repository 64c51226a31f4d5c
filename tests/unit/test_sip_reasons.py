"""What baresip says in words, as the phone's own terms: the texts were seen on the wire."""

from __future__ import annotations

import re

import baresip
import pytest

from agent_tui.text.catalogue import use
from agent_tui.text.others import said
from sip.call_state import CallState
from sip.engines.baresip.reasons import close_outcome, registration_outcome, suite_of, transfer_outcome
from sip.engines.baresip.refusals import why
from sip.events import CloseReason, RegistrationState

S, R = CallState, CloseReason


@pytest.mark.parametrize(
    ("text", "state", "ended_here", "reason", "status"),
    [
        ("Connection reset by peer [104]", S.ESTABLISHED, False, R.NORMAL, None),
        ("Connection reset by peer [104]", S.HELD, False, R.NORMAL, None),
        ("Connection reset by peer [104]", S.INCOMING, False, R.CANCELLED, None),
        (
            'Connection reset by peer [104],SIP;cause=200;text="Call completed elsewhere"',
            S.INCOMING,
            False,
            R.ANSWERED_ELSEWHERE,
            None,
        ),
        ("486 Busy Here,Q.850;cause=17", S.RINGING, False, R.BUSY, 486),
        ("404 Not Found", S.DIALLING, False, R.NOT_FOUND, 404),
        ("488 Not Acceptable Here", S.DIALLING, False, R.MEDIA_REFUSED, 488),
        ("603 Decline", S.RINGING, False, R.DECLINED, 603),
        ("480 Temporarily Unavailable", S.RINGING, False, R.NO_ANSWER, 480),
        ("503 Service Unavailable", S.DIALLING, False, R.UNREACHABLE, 503),
        ("499 Whatever", S.DIALLING, False, R.FAILED, 499),
        ("Connection timed out [110]", S.DIALLING, False, R.UNREACHABLE, None),
        ("Connection timed out [110]", S.RINGING, False, R.NO_ANSWER, None),
        ("RTP timeout", S.ESTABLISHED, False, R.MEDIA_LOST, None),
        ("481 Call/Transaction Does Not Exist", S.HELD, False, R.FAILED, 481),
        ("", S.ESTABLISHED, True, R.NORMAL, None),
        ("", S.INCOMING, True, R.REJECTED, None),
        ("", S.RINGING, True, R.CANCELLED, None),
        ("Call transfered", S.ESTABLISHED, False, R.TRANSFERRED, None),
        ("Call transfered", S.ESTABLISHED, True, R.TRANSFERRED, None),
    ],
)
def test_why_a_call_closed(
    text: str, state: CallState, ended_here: bool, reason: CloseReason, status: int | None
) -> None:
    outcome = close_outcome(text, state, ended_here=ended_here)
    assert (outcome.reason, outcome.status) == (reason, status)
    assert "[" not in outcome.words


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("486 \x1b[31mBusy\x07", S.RINGING),
        ("603 Number blocked by carrier", S.RINGING),
        ("RTP timeout", S.ESTABLISHED),
        ("audio rtp stream error", S.ESTABLISHED),
        ("Local timeout", S.DIALLING),
        ("Local timeout", S.RINGING),
        ("Software caused connection abort [103]", S.DIALLING),
        ("Connection timed out [110]", S.RINGING),
        ("Something of libre", S.ESTABLISHED),
        ("Something of libre", S.DIALLING),
    ],
)
def test_an_agent_hears_no_word_of_the_stack_or_the_far_end(text: str, state: CallState) -> None:
    use("he")
    words = close_outcome(text, state, ended_here=False).words
    assert not re.search("[A-Za-z]", str(said(words)))


def test_a_call_that_the_exchange_lost_says_so() -> None:
    told = "481 Call/Transaction Does Not Exist"
    assert "restarted" in close_outcome(told, S.HELD, ended_here=False).words
    assert "restarted" not in close_outcome(told, S.DIALLING, ended_here=False).words


@pytest.mark.parametrize(
    ("status", "text", "state", "says"),
    [
        (401, "Unauthorized", RegistrationState.REFUSED, "password"),
        (403, "Forbidden", RegistrationState.REFUSED, "password"),
        (404, "Not Found", RegistrationState.REFUSED, "user name"),
        (503, "Service Unavailable", RegistrationState.UNREACHABLE, "503"),
        (None, "Protocol error [71]", RegistrationState.UNREACHABLE, "certificate"),
        (None, "Connection timed out [110]", RegistrationState.UNREACHABLE, "timed out"),
        (None, "Something of libre", RegistrationState.UNREACHABLE, "no reply"),
    ],
)
def test_why_a_registration_failed(
    status: int | None, text: str, state: RegistrationState, says: str
) -> None:
    outcome = registration_outcome(status, text)
    assert (outcome.state, outcome.status) == (state, status)
    assert says in outcome.words
    assert text not in outcome.words or status is None
    use("he")
    assert not re.search("[A-Za-z]", re.sub("TLS|ca_file", "", str(said(outcome.words))))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (baresip.BaresipError("hold failed: Connection refused"), "Connection refused"),
        (baresip.BaresipError("transfer failed to send: Network is unreachable"), "Network is unreachable"),
        (baresip.BaresipError("hold requires an established call"), "the phone could not do it"),
        (ValueError("'x' is not a DTMF digit"), "the phone could not do it"),
        (baresip.CommandTimeout("no completion within 5 s"), "the phone did not do it in time"),
        (baresip.CommandQueueFull("queue full"), "the phone did not do it in time"),
        (baresip.RuntimeDead("the SIP thread has exited"), "the phone is ending"),
        (baresip.NoLocalAddressError("no source address"), "this machine has no network that leads there"),
    ],
)
def test_what_the_stack_refuses_is_told_in_words_of_ours_and_logged_in_its_own(
    error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert why(error) == words
    assert str(error) in caplog.text
    use("he")
    assert not re.search("[A-Za-z]", str(said(words)))


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (486, "Busy Here", R.BUSY),
        (404, "Not Found", R.NOT_FOUND),
        (None, "no transfer outcome, Local timeout", R.NO_ANSWER),
        (None, "replaces unsupported", R.FAILED),
    ],
)
def test_why_a_transfer_failed(status: int | None, text: str, reason: CloseReason) -> None:
    assert transfer_outcome(status, text).reason is reason


@pytest.mark.parametrize(
    ("text", "suite"),
    [
        ("0,audio,AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80"),
        ("AES_256_GCM", "AES_256_GCM"),
        ("1,audio,\x1b]0;x\x07", "]0;x"),
        ("0,audio,RTP", "DTLS-SRTP"),
        ("0,audio,RTCP", ""),
        (None, "SRTP"),
        ("", "SRTP"),
    ],
)
def test_what_the_voice_is_encrypted_with(text: str | None, suite: str) -> None:
    assert suite_of(text) == suite
