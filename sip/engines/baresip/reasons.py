"""What baresip says in words, as the phone's own terms. Pure: the one place that reads these texts.

baresip reports the end of a call as one line: a SIP status (``486 Busy Here,Q.850;cause=17``, the part after
the comma being the Reason header of RFC 3326) or the text of an errno (``Connection reset by peer [104]``,
which stands for BYE and for CANCEL alike). The words of a status are the far end's and baresip's own are
English: neither goes on from here, but what the system says does.
"""

from __future__ import annotations

import re

from edge.text import clean
from sip.call_state import CallState
from sip.events import CloseReason, RegistrationChanged, RegistrationState
from sip.outcomes import (
    TALKING,
    Outcome,
    answered_outcome,
    ended_here_reason,
    reason_of_status,
    status_outcome,
)

_REASON_HEADER = re.compile(r",\s*(?=(?:SIP|Q\.850)\s*;)", re.IGNORECASE)
_STATUS = re.compile(r"([1-6]\d\d)(?:\s.*)?", re.DOTALL)
_ERRNO = re.compile(r"(.*?)\s*\[\d+\]", re.DOTALL)
_ELSEWHERE = re.compile(r"SIP\s*;.*?cause\s*=\s*200\b", re.IGNORECASE)
_LOST = re.compile(r"rtp (stream error|timeout)", re.IGNORECASE)
_TIMED_OUT = re.compile(r"timed out|local timeout", re.IGNORECASE)

_TRANSFERRED = "Call transfered"
"""The stack's own spelling for a REFER that succeeded."""


def close_outcome(text: str, state: CallState, *, ended_here: bool) -> Outcome:
    """Why a call that stood in ``state`` closed; ``ended_here`` when we asked for the end."""
    if text == _TRANSFERRED:
        return Outcome(CloseReason.TRANSFERRED)
    if ended_here:
        return Outcome(ended_here_reason(state))
    line, elsewhere = _split(text)
    if elsewhere and state is CallState.INCOMING:
        return Outcome(CloseReason.ANSWERED_ELSEWHERE)
    status = _STATUS.fullmatch(line)
    return status_outcome(int(status[1]), state) if status is not None else _without_status(line, state)


def plain_outcome() -> Outcome:
    """Why a call ended whose voice had to be encrypted and was not."""
    return Outcome(CloseReason.MEDIA_REFUSED, None, "the voice was not encrypted")


def suite_of(text: str | None) -> str:
    """The crypto suite in baresip's "0,audio,AES_CM_128_HMAC_SHA1_80" (stream number, media, suite).

    For keys by DTLS baresip names no suite but what is encrypted now, RTP or RTCP, each by itself: empty for
    the latter, which is no voice.
    """
    named = clean((text or "").rpartition(",")[2], limit=40)
    return {"RTP": "DTLS-SRTP", "RTCP": "", "": "SRTP"}.get(named, named)


def transfer_outcome(status: int | None, text: str) -> Outcome:
    """Why a transfer failed: the status of the NOTIFY's sipfrag (RFC 3515 §2.4.5), or the stack's words."""
    if status is None:
        return Outcome(CloseReason.NO_ANSWER if _TIMED_OUT.search(text) else CloseReason.FAILED)
    return Outcome(reason_of_status(status), status)


def registration_outcome(status: int | None, text: str) -> RegistrationChanged:
    """A REGISTER that failed: refused when the account is wrong, else unreachable and worth another try."""
    if status is not None:
        return answered_outcome(status)
    if "protocol error" in text.lower():
        told = "no trusted TLS with the registrar: check its certificate and ca_file; trying again"
        return RegistrationChanged(RegistrationState.UNREACHABLE, None, told)
    return unanswered_outcome(_of_the_system(text))


def unanswered_outcome(why: str = "") -> RegistrationChanged:
    """A REGISTER that was not answered, for a reason in words that a desk knows."""
    told = f"the registrar does not answer ({why or 'no reply'}); trying again"
    return RegistrationChanged(RegistrationState.UNREACHABLE, None, told)


def _without_status(line: str, state: CallState) -> Outcome:
    if _LOST.search(line):
        return Outcome(CloseReason.MEDIA_LOST)
    words = _of_the_system(line)
    if state in TALKING:
        by_bye = "connection reset" in line.lower() or not line
        return Outcome(CloseReason.NORMAL) if by_bye else Outcome(CloseReason.FAILED, None, words)
    if _TIMED_OUT.search(line):
        heard_of = state is not CallState.DIALLING
        return Outcome(CloseReason.NO_ANSWER if heard_of else CloseReason.UNREACHABLE, None, words)
    if state is CallState.INCOMING:
        return Outcome(CloseReason.CANCELLED)
    return Outcome(CloseReason.UNREACHABLE, None, words)


def _split(text: str) -> tuple[str, bool]:
    line, *reasons = _REASON_HEADER.split(text)
    return line, any(_ELSEWHERE.match(reason) for reason in reasons)


def _of_the_system(line: str) -> str:
    """The text of an errno, which a desk knows in its own language; empty where it is none."""
    found = _ERRNO.fullmatch(line)
    return clean(found[1]) if found is not None else ""
