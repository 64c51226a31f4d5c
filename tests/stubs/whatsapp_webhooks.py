"""Webhooks as WhatsApp sends them: built after Meta's pages, signed by the app's secret.

Pages are below https://developers.facebook.com/documentation/business-messaging/whatsapp; each function names
its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from tests.stubs.whatsapp import SENDER

APP_SECRET = "the-apps-secret-of-this-run"
VERIFY_TOKEN = "a-verify-token-of-this-run"
NOAH_ID = "972505550101"
NOAH_USER = "IL.13491208655302741918"


def text_message(
    at: datetime, name: str = "wamid.in1", body: str = "Shalom", **writer: str
) -> dict[str, Any]:
    """``webhooks/reference/messages/text``: ``text.body``. ``writer`` is of ``_message``."""
    return _message(at, name, "text", {"body": body}, writer)


def file_message(at: datetime, name: str, kind: str, file: dict[str, str], **writer: str) -> dict[str, Any]:
    """``webhooks/reference/messages/image`` and ``…/document``: ``id``, ``mime_type``, ``sha256``,
    ``caption``, and a document's ``filename``.
    """
    return _message(at, name, kind, file, writer)


def _message(
    at: datetime, name: str, kind: str, part: dict[str, Any], writer: dict[str, str]
) -> dict[str, Any]:
    """``webhooks/reference/messages``: ``id``, ``timestamp`` (Unix, a string), ``type``, and who wrote:
    ``from``, or ``from_user_id`` without a number (``business-scoped-user-ids``).
    """
    wrote = writer or {"from": NOAH_ID}
    return {**wrote, "id": name, "timestamp": str(int(at.timestamp())), "type": kind, kind: part}


def status(at: datetime, name: str, said: str, reference: str = "", **more: object) -> dict[str, Any]:
    """``webhooks/reference/messages/status``: ``id`` of the message, ``status``, ``timestamp``,
    ``recipient_id``, and ``biz_opaque_callback_data`` as it was sent with the message.
    """
    told = {"id": name, "status": said, "timestamp": str(int(at.timestamp())), "recipient_id": NOAH_ID}
    return {**told, **({"biz_opaque_callback_data": reference} if reference else {}), **more}


def failure(code: int, details: str = "some details") -> dict[str, Any]:
    """One of a status's ``errors``: ``webhooks/reference/messages/status``; its codes are those of
    ``support/error-codes``.
    """
    return {"code": code, "title": "A title", "message": "A title", "error_data": {"details": details}}


def delivery(
    *, messages: Any = None, statuses: Any = None, contacts: Any = None, sender: str = SENDER
) -> bytes:
    """The body of one POST: ``webhooks/reference/messages`` for ``object``, ``entry``, ``changes`` and
    ``metadata``; ``contacts`` are with messages, ``profile.name`` and ``wa_id``.
    """
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "97239990000", "phone_number_id": sender},
    }
    if messages is not None:
        known = [{"profile": {"name": "Noah Levi"}, "wa_id": NOAH_ID}]
        value |= {"contacts": known if contacts is None else contacts, "messages": messages}
    if statuses is not None:
        value["statuses"] = statuses
    changes = [{"value": value, "field": "messages"}]
    told = {"object": "whatsapp_business_account", "entry": [{"id": "1022", "changes": changes}]}
    return json.dumps(told, ensure_ascii=False).encode()


def signature(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    """The header that proves it: ``webhooks/create-webhook-endpoint``, *validate payloads*."""
    return {"X-Hub-Signature-256": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}
