"""What baresip says in words, as the phone's own terms. Pure: the one place that reads these texts.

baresip reports the end of a call as one line: a SIP status (``486 Busy Here,Q.850;cause=17``, the part after
the comma being the Reason header of RFC 3326) or the text of an errno (``Connection reset by peer [104]``,
which stands for BYE and for CANCEL alike).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.text import clean
from sip.call_state import CallState
from sip.events import CloseReason, RegistrationChanged, RegistrationState

_REASON_HEADER = re.compile(r",\s*(?=(?:SIP|Q\.850)\s*;)", re.IGNORECASE)
_STATUS = re.compile(r"([1-6]\d\d)(?:\s+(.*))?", re.DOTALL)
_ERRNO = re.compile(r"\s*\[\d+\]$")
_ELSEWHERE = re.compile(r"SIP\s*;.*?cause\s*=\s*200\b", re.IGNORECASE)
_LOST = re.compile(r"rtp (stream error|timeout)", re.IGNORECASE)
_TIMED_OUT = re.compile(r"timed out|local timeout", re.IGNORECASE)

_TRANSFERRED = "Call transfered"
"""The stack's own spelling for a REFER that succeeded."""

_BY_STATUS: dict[int, CloseReason] = {
    403: CloseReason.DECLINED,
    404: CloseReason.NOT_FOUND,
    408: CloseReason.NO_ANSWER,
    410: CloseReason.NOT_FOUND,
    415: CloseReason.MEDIA_REFUSED,
    480: CloseReason.NO_ANSWER,
    484: CloseReason.NOT_FOUND,
    485: CloseReason.NOT_FOUND,
    486: CloseReason.BUSY,
    487: CloseReason.CANCELLED,
    488: CloseReason.MEDIA_REFUSED,
    502: CloseReason.UNREACHABLE,
    503: CloseReason.UNREACHABLE,
    504: CloseReason.UNREACHABLE,
    600: CloseReason.BUSY,
    603: CloseReason.DECLINED,
    604: CloseReason.NOT_FOUND,
    606: CloseReason.MEDIA_REFUSED,
    607: CloseReason.DECLINED,
    608: CloseReason.DECLINED,
}

_FORGOTTEN = 481
"""Call/Transaction Does Not Exist (RFC 3261 §12.2.1.2): the answer of an exchange that lost the call."""
_LOST_THERE = "the exchange no longer has it: it was restarted"

_TALKING = frozenset({CallState.ESTABLISHED, CallState.HELD})
_REFUSED = frozenset({401, 403, 404, 407})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call or a transfer ended: ``CloseReason``, the SIP status if one came, the other side's words."""

    reason: CloseReason
    status: int | None = None
    words: str = ""


def close_outcome(text: str, state: CallState, *, ended_here: bool) -> Outcome:
    """Why a call that stood in ``state`` closed; ``ended_here`` when we asked for the end."""
    if text == _TRANSFERRED:
        return Outcome(CloseReason.TRANSFERRED)
    if ended_here:
        return Outcome(_ended_here(state))
    line, elsewhere = _split(text)
    if elsewhere and state is CallState.INCOMING:
        return Outcome(CloseReason.ANSWERED_ELSEWHERE)
    status, words = _status(line)
    if status == _FORGOTTEN and state in _TALKING:
        return Outcome(CloseReason.FAILED, status, _LOST_THERE)
    if status is not None:
        return Outcome(reason_of_status(status), status, words)
    return _without_status(words, state)


def plain_outcome() -> Outcome:
    """Why a call ended whose voice had to be encrypted and was not."""
    return Outcome(CloseReason.MEDIA_REFUSED, None, "the voice was not encrypted")


def lost_outcome(state: CallState, words: str) -> Outcome:
    """Why a call that stood in ``state`` closed when it was found dead, which ``words`` explain."""
    if state in _TALKING:
        return Outcome(CloseReason.MEDIA_LOST, None, words)
    early = CloseReason.CANCELLED if state is CallState.INCOMING else CloseReason.UNREACHABLE
    return Outcome(early, None, words)


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
        reason = CloseReason.NO_ANSWER if _TIMED_OUT.search(text) else CloseReason.FAILED
        return Outcome(reason, None, _words(text))
    return Outcome(reason_of_status(status), status, _words(text))


def reason_of_status(status: int) -> CloseReason:
    """The reason a final SIP status stands for (RFC 3261 §21); FAILED for what the table does not name."""
    return _BY_STATUS.get(status, CloseReason.FAILED)


def registration_outcome(status: int | None, text: str) -> RegistrationChanged:
    """A REGISTER that failed: refused when the account is wrong, else unreachable and worth another try."""
    words = _words(text)
    if status in _REFUSED:
        told = f"the registrar refuses this account ({status} {words}): check user name and password"
        return RegistrationChanged(RegistrationState.REFUSED, status, told)
    if status is not None:
        told = f"the registrar answers {status} {words}; trying again"
    elif "protocol error" in words.lower():
        told = "no trusted TLS with the registrar: check its certificate and ca_file; trying again"
    else:
        told = f"the registrar does not answer ({words or 'no reply'}); trying again"
    return RegistrationChanged(RegistrationState.UNREACHABLE, status, told)


def _ended_here(state: CallState) -> CloseReason:
    if state is CallState.INCOMING:
        return CloseReason.REJECTED
    return CloseReason.NORMAL if state in _TALKING else CloseReason.CANCELLED


def _without_status(words: str, state: CallState) -> Outcome:
    if _LOST.search(words):
        return Outcome(CloseReason.MEDIA_LOST, None, words)
    if state in _TALKING:
        by_bye = "connection reset" in words.lower() or not words
        return Outcome(CloseReason.NORMAL) if by_bye else Outcome(CloseReason.FAILED, None, words)
    if _TIMED_OUT.search(words):
        heard_of = state is not CallState.DIALLING
        return Outcome(CloseReason.NO_ANSWER if heard_of else CloseReason.UNREACHABLE, None, words)
    if state is CallState.INCOMING:
        return Outcome(CloseReason.CANCELLED)
    return Outcome(CloseReason.UNREACHABLE, None, words)


def _split(text: str) -> tuple[str, bool]:
    line, *reasons = _REASON_HEADER.split(text)
    return line, any(_ELSEWHERE.match(reason) for reason in reasons)


def _status(line: str) -> tuple[int | None, str]:
    found = _STATUS.fullmatch(line)
    if found is None:
        return None, _words(line)
    return int(found[1]), _words(found[2] or "")


def _words(text: str) -> str:
    return clean(_ERRNO.sub("", text))
