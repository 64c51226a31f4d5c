"""What an answer of WhatsApp's Cloud API means that is no success: an error of the port, with words.

By code, as Meta advises; titles are to go
(https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes).
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from edge.text import clean
from hub.adapters.retry_after import retry_after as seconds_to_wait
from hub.ports.messages import MessageError, NotNow, PerhapsSent, Reason, Refused

_LONGEST_WORDS = 300
_MINUTES, _HOUR = 300.0, 3600.0
"""Seconds before another try: when an administrator has to act first; when the sender is restricted."""

LATER: Mapping[int, float] = {
    1: 0.0,  # an unknown error, perhaps of the server
    2: 0.0,  # the service is down or overloaded
    4: _MINUTES,  # the app made too many calls
    80007: _MINUTES,  # the business account did
    130429: 0.0,  # too many messages a second
    131000: 0.0,  # something went wrong
    131016: 0.0,  # the service is overloaded
    131048: _HOUR,  # this sender was blocked or reported as spam too often
    131056: 0.0,  # too many messages to this customer
    131057: _MINUTES,  # the account is in maintenance
    133004: 0.0,  # the server is unavailable
    0: _MINUTES,  # the token, as of the next ones, is no good: the message is not at fault
    3: _MINUTES,
    10: _MINUTES,
    190: _MINUTES,
    131005: _MINUTES,
    131042: _MINUTES,  # the account does not pay
}
"""The codes after which a message may be sent yet, with the seconds to wait at least, by Meta's own remedies.

All others are for good, among them: 131026 (the number takes no messages), 131047 (only a template may be
sent now), 131049 (Meta keeps it from this customer, and asks not to try again for a day), and the template's
own faults, 132000 to 132016 (its parameters, its name or language, paused, disabled).
"""

_TEMPLATE_FAULTS = range(132000, 132017)
_REASONS: Mapping[int, Reason] = {
    131047: Reason.WINDOW_CLOSED,
    131026: Reason.UNREACHABLE,
    4: Reason.TOO_FAST,
    80007: Reason.TOO_FAST,
    130429: Reason.TOO_FAST,
    131056: Reason.TOO_FAST_TO_CUSTOMER,
    131048: Reason.SENDER_RESTRICTED,
    131049: Reason.KEPT_FROM_CUSTOMER,
    **dict.fromkeys((0, 3, 10, 190, 131005, 131042), Reason.ACCOUNT),
    **dict.fromkeys((131051, 131052, 131053), Reason.FILE),
    **dict.fromkeys(_TEMPLATE_FAULTS, Reason.TEMPLATE),
}

WORDS: Mapping[Reason, str] = {
    Reason.WINDOW_CLOSED: "The customer wrote more than 24 hours ago: only a template may be sent.",
    Reason.UNREACHABLE: "The customer has no WhatsApp there, or takes no messages.",
    Reason.TOO_FAST: "Too many messages went out at once.",
    Reason.TOO_FAST_TO_CUSTOMER: "Too many messages went to this customer at once.",
    Reason.SENDER_RESTRICTED: "WhatsApp restricts the sender: customers blocked or reported it.",
    Reason.KEPT_FROM_CUSTOMER: "WhatsApp spares this customer such messages today.",
    Reason.ACCOUNT: "WhatsApp does not accept the hub's token or account: an administrator has to act.",
    Reason.TEMPLATE: "WhatsApp does not take the template: its name, language, parameters or state.",
    Reason.FILE: "WhatsApp does not take or no longer has the file.",
}


def reason_of(code: int | None) -> Reason:
    """Why, by the provider's code; None where it told none, for 0 is one."""
    return Reason.OTHER if code is None else _REASONS.get(code, Reason.OTHER)


def words_of(code: int | None, details: str) -> str:
    """The hub's words for ``code``, and what the provider adds to them, cleaned."""
    said = clean(details, limit=_LONGEST_WORDS)
    own = WORDS.get(reason_of(code), "")
    return clean(" ".join(part for part in (own, said) if part), limit=_LONGEST_WORDS)


def error_of(status: int, retry_after: str, told: Mapping[str, Any]) -> MessageError:
    """What an answer means that is no success; ``told`` is its JSON, or nothing."""
    error = told.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    after = seconds_to_wait(retry_after)
    if not isinstance(error, dict) or not isinstance(code, int):
        return _without_code(status, after)
    words = words_of(code, details_of(error)) or f"WhatsApp answers {status}."
    if code in LATER:
        return NotNow(words, code, max(after, LATER[code]), reason_of(code))
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotNow(words, code, after, reason_of(code))
    return Refused(words, code, reason_of(code))


def details_of(error: Mapping[str, Any]) -> str:
    """``details`` where it is told: titles in ``message`` are to go."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return str(details or error.get("message") or "")


def _without_code(status: int, after: float) -> MessageError:
    """Something on the way answers: below 500 it did not let the request through."""
    words = f"WhatsApp answers {status} in words that are not the API's."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PerhapsSent(words)
    return NotNow(words, after=after or _MINUTES)
