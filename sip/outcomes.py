"""How calls, transfers and registrations end, from SIP's statuses: the same words over every stack. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from sip.call_state import CallState
from sip.events import CloseReason, RegistrationChanged, RegistrationState

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

TALKING = frozenset({CallState.ESTABLISHED, CallState.HELD})
_REFUSED = frozenset({401, 403, 404, 407})


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call or a transfer ended: ``CloseReason``, the SIP status if one came, and words of ours or the
    system's that say more.
    """

    reason: CloseReason
    status: int | None = None
    words: str = ""


def lost_outcome(state: CallState, words: str) -> Outcome:
    """Why a call that stood in ``state`` closed when it was found dead, which ``words`` explain."""
    if state in TALKING:
        return Outcome(CloseReason.MEDIA_LOST, None, words)
    early = CloseReason.CANCELLED if state is CallState.INCOMING else CloseReason.UNREACHABLE
    return Outcome(early, None, words)


def status_outcome(status: int, state: CallState) -> Outcome:
    """Why a call in ``state`` closed by this final status. Its phrase is in the far end's language."""
    if status == _FORGOTTEN and state in TALKING:
        return Outcome(CloseReason.FAILED, status, _LOST_THERE)
    return Outcome(reason_of_status(status), status)


def reason_of_status(status: int) -> CloseReason:
    """The reason a final SIP status stands for (RFC 3261 §21); FAILED for what the table does not name."""
    return _BY_STATUS.get(status, CloseReason.FAILED)


def ended_here_reason(state: CallState) -> CloseReason:
    """Why a call that stood in ``state`` closed because we asked for its end."""
    if state is CallState.INCOMING:
        return CloseReason.REJECTED
    return CloseReason.NORMAL if state in TALKING else CloseReason.CANCELLED


def answered_outcome(status: int) -> RegistrationChanged:
    """A REGISTER that was answered by this final status (RFC 3261 §10.3).

    Refused when the account is wrong; else unreachable, and worth another try.
    """
    if status in _REFUSED:
        told = f"the registrar refuses this account ({status}): check user name and password"
        return RegistrationChanged(RegistrationState.REFUSED, status, told)
    told = f"the registrar answers {status}; trying again"
    return RegistrationChanged(RegistrationState.UNREACHABLE, status, told)
