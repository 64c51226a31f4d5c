"""What WhatsApp tells by its webhooks, as events of ``hub.ports.message_events``.

Messages and statuses
(https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages), and
customers who are known by ``user_id`` alone
(https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids). What is
not as they say is passed over piece by piece, so that one odd message keeps no other back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from edge.text import clean
from hub.adapters.whatsapp_errors import details_of, reason_of, words_of
from hub.ports.message_events import (
    Delivered,
    Delivery,
    Incoming,
    MessageEvent,
    SentFile,
    UnreadableDelivery,
    Writer,
)
from hub.ports.messages import KINDS, LONGEST_NAME, LONGEST_TEXT, is_user_id

_LONGEST_ID = 200
_ID = re.compile(rf"[!-~]{{1,{_LONGEST_ID}}}")
_MEDIA = re.compile(r"[A-Za-z0-9_-]{1,128}")
_WA_ID = re.compile(r"[1-9][0-9]{6,14}")
_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,32}")
_STATUSES = {one.value: one for one in Delivered}
_Told = Mapping[str, Any]


def events_of(body: bytes, sender: str) -> tuple[MessageEvent, ...]:
    """What ``body`` tells of the sender with this phone number id. Raises ``UnreadableDelivery``."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableDelivery("no JSON") from error
    if not isinstance(told, dict) or told.get("object") != "whatsapp_business_account":
        raise UnreadableDelivery("not of a WhatsApp account")
    return tuple(event for value in _values(told, sender) for event in _events(value))


def _values(told: _Told, sender: str) -> Iterator[_Told]:
    for entry in _dicts(told.get("entry")):
        for change in _dicts(entry.get("changes")):
            value = _dict(change.get("value"))
            own = _dict(value.get("metadata")).get("phone_number_id") == sender
            if own and change.get("field") == "messages":
                yield value


def _events(value: _Told) -> Iterator[MessageEvent]:
    contacts = _dicts(value.get("contacts"))
    for message in _dicts(value.get("messages")):
        incoming = _incoming(message, contacts)
        if incoming is not None:
            yield incoming
    for status in _dicts(value.get("statuses")):
        delivery = _delivery(status)
        if delivery is not None:
            yield delivery


def _incoming(message: _Told, contacts: list[_Told]) -> Incoming | None:
    name, at, writer = _id(message.get("id")), _time(message.get("timestamp")), _writer(message, contacts)
    if name is None or at is None or writer is None or message.get("type") == "system":
        return None
    kind = clean(_str(message.get("type")), limit=16) or "unknown"
    text, file = _text(kind, message), _file(_dict(message.get(kind)))
    if kind in {"button", "interactive"} and text:
        kind = "text"
    return Incoming(name, at, writer, file.kind.value if file else kind, text, file)


def _writer(message: _Told, contacts: list[_Told]) -> Writer | None:
    """By number or id, as far as either is told; the name is of the contact with the same."""
    number = _number(message.get("from"))
    user_id = _user_id(message.get("from_user_id"))
    contact = next(
        (
            one
            for one in contacts
            if (number and _number(one.get("wa_id")) == number)
            or (user_id and _user_id(one.get("user_id")) == user_id)
        ),
        {},
    )
    number = number or _number(contact.get("wa_id"))
    user_id = user_id or _user_id(contact.get("user_id"))
    if not (number or user_id):
        return None
    profile = _dict(contact.get("profile"))
    return Writer(number, user_id, clean(_str(profile.get("name") or profile.get("username")), limit=120))


def _text(kind: str, message: _Told) -> str:
    """What was written: by hand, by a button of ours, or beside a file."""
    part = _dict(message.get(kind))
    match kind:
        case "text":
            said = part.get("body")
        case "button":
            said = part.get("text")
        case "interactive":
            said = _dict(part.get("button_reply") or part.get("list_reply")).get("title")
        case "reaction":
            said = part.get("emoji")
        case _:
            said = part.get("caption")
    return clean(_str(said), limit=LONGEST_TEXT, multiline=True)


def _file(part: _Told) -> SentFile | None:
    media, media_type = _str(part.get("id")), _str(part.get("mime_type")).partition(";")[0].strip().lower()
    kind = KINDS.get(media_type)
    if kind is None or not _MEDIA.fullmatch(media):
        return None
    return SentFile(media, kind, media_type, clean(_str(part.get("filename")), limit=LONGEST_NAME))


def _delivery(status: _Told) -> Delivery | None:
    name, at = _id(status.get("id")), _time(status.get("timestamp"))
    said = _STATUSES.get(_str(status.get("status")))
    if name is None or at is None or said is None:
        return None
    reference = _str(status.get("biz_opaque_callback_data"))
    reference = reference if _REFERENCE.fullmatch(reference) else ""
    if said is not Delivered.FAILED:
        return Delivery(name, at, said, reference)
    error = next(iter(_dicts(status.get("errors"))), {})
    code = error.get("code")
    code = code if isinstance(code, int) and 0 <= code < 1 << 31 else None
    words = words_of(code, details_of(error)) or "WhatsApp did not bring it to the customer."
    return Delivery(name, at, Delivered.FAILED, reference, code or 0, words, reason_of(code))


def _id(value: object) -> str | None:
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def _number(value: object) -> str:
    return f"+{value}" if isinstance(value, str) and _WA_ID.fullmatch(value) else ""


def _user_id(value: object) -> str:
    return value if isinstance(value, str) and is_user_id(value) else ""


def _time(value: object) -> datetime | None:
    """Seconds since 1970, as digits."""
    seconds = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value) else 0
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _str(value: object) -> str:
    return value if isinstance(value, str) else ""


def _dict(value: object) -> _Told:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[_Told]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
