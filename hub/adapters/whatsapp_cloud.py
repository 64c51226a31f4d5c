"""The port ``hub.ports.messages`` by WhatsApp's Cloud API, over HTTPS.

The request (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages) is
``POST ADDRESS/VERSION/PHONE_NUMBER_ID/messages``; the API has no idempotency key, so nothing is asked twice
here. Connections are not kept: one that the other side closes just as it is used again leaves nobody knowing
whether the request was read.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import httpx

from edge.text import clean
from hub.ports.messages import MessageError, NotNow, NotReached, PerhapsSent, Refused, Template

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_WITHIN = 30.0
"""Seconds for all of it, however slowly an answer comes."""
_LARGEST_ANSWER = 64 * 1024
_LONGEST_WORDS = 300
_LONGEST_ID = 200
_LONGEST_WAIT = 3600.0
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
"""The codes after which a message may be sent yet, with the seconds to wait at least, by Meta's own remedies
(https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes).

All others are for good, among them: 131026 (the number takes no messages), 131047 (only a template may be
sent now), 131049 (Meta keeps it from this customer, and asks not to try again for a day), and the template's
own faults, 132000 to 132016 (its parameters, its name or language, paused, disabled).
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends. ``address`` and ``version`` are the Graph API's, ``phone_number_id`` the sender's there."""

    phone_number_id: str
    token: str = field(repr=False)
    address: str = "https://graph.facebook.com"
    version: str = "v24.0"

    @property
    def messages(self) -> str:
        """Where messages are asked for."""
        return f"{self.address}/{self.version}/{self.phone_number_id}/messages"


class WhatsAppCloud:
    """One sender; ``timeout`` is for tests."""

    def __init__(self, account: Account, timeout: httpx.Timeout = _TIMEOUT) -> None:
        self._account = account
        self._http = httpx.AsyncClient(
            timeout=timeout,
            headers={
                "Authorization": f"Bearer {account.token}",
                "User-Agent": f"moked/{version('moked')}",
                "Accept": "application/json",
            },
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def send(self, to: str, template: Template, reference: str) -> str:
        """The port's ``send``."""
        asked = _asked(to, template, reference)
        try:
            async with (
                asyncio.timeout(_WITHIN),
                self._http.stream("POST", self._account.messages, json=asked) as answer,
            ):
                text = await _read(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout) as error:
            raise NotReached("WhatsApp could not be reached.") from error
        except (httpx.RequestError, TimeoutError) as error:
            raise PerhapsSent(f"WhatsApp did not answer ({type(error).__name__}).") from error
        told = _json(text)
        if answer.is_success:
            return _id_in(told)
        raise _error(answer, told)

    async def close(self) -> None:
        """Let go of what is open."""
        await self._http.aclose()


def _asked(to: str, template: Template, reference: str) -> dict[str, Any]:
    """The body; ``biz_opaque_callback_data`` comes back with each status of the message."""
    parameters = [{"type": "text", "text": text} for text in template.parameters]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "template": {
            "name": template.name,
            "language": {"policy": "deterministic", "code": template.language},
            **({"components": components} if components else {}),
        },
        "biz_opaque_callback_data": reference,
    }


async def _read(answer: httpx.Response) -> bytes:
    """The body, as far as any answer of the API goes."""
    text = b""
    async for part in answer.aiter_bytes():
        text += part
        if len(text) > _LARGEST_ANSWER:
            break
    return text


def _json(text: bytes) -> dict[str, Any]:
    """What was told; nothing where it is no JSON object."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _id_in(told: dict[str, Any]) -> str:
    match told:
        case {"messages": [{"id": str(name)}, *_]} if name:
            return clean(name, limit=_LONGEST_ID)
    raise PerhapsSent("WhatsApp took the request and named no message.")


def _error(answer: httpx.Response, told: dict[str, Any]) -> MessageError:
    """What an answer means that is no success."""
    error = told.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    status, after = answer.status_code, _retry_after(answer.headers.get("Retry-After", ""))
    if not isinstance(error, dict) or not isinstance(code, int):
        return _without_code(status, after)
    words = clean(_words(error), limit=_LONGEST_WORDS) or f"WhatsApp answers {status}."
    if code in LATER:
        return NotNow(words, code, max(after, LATER[code]))
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return NotNow(words, code, after)
    return Refused(words, code)


def _without_code(status: int, after: float) -> MessageError:
    """Something on the way answers: below 500 it did not let the request through."""
    words = f"WhatsApp answers {status} in words that are not the API's."
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PerhapsSent(words)
    return NotNow(words, after=after or _MINUTES)


def _words(error: dict[str, Any]) -> str:
    """``details`` where it is told: titles in ``message`` are to go."""
    data = error.get("error_data")
    details = data.get("details") if isinstance(data, dict) else None
    return str(details or error.get("message") or "")


def _retry_after(value: str) -> float:
    """Seconds to wait (RFC 9110 §10.2.3: seconds or a date); 0 when it says nothing sensible."""
    try:
        seconds = float(value) if value.isdecimal() else _until(parsedate_to_datetime(value))
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _until(moment: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
