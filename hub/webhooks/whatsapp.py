"""Where WhatsApp tells of messages and of what became of them: one path, on a listener that serves no other.

Meta's rules (https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint):
a GET with the verify token proves once that the address is ours; each POST is signed by the app's secret over
the bytes of its body. What is signed is stored and answered at once; Meta sends anew what is not answered by
200, for days. Whatever is to come of it comes later (``hub.service.inbox``).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol
from urllib.parse import parse_qs

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import Receive, Scope, Send

log = structlog.get_logger(__name__)

PATH = "/whatsapp"
LARGEST = 256 * 1024
"""Bytes of a body; no more is read, and nothing is reckoned over more."""
_WITHIN = 10.0
"""Seconds in which a body has to come."""
_SIGNATURE = re.compile(rb"sha256=([0-9a-f]{64})")
_CHALLENGE = re.compile(r"[A-Za-z0-9._-]{1,256}")
_Answer = tuple[HTTPStatus, str]


class Inbox(Protocol):
    """Where deliveries are stored."""

    async def put(self, body: bytes) -> None:
        """Store one, once for its bytes. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookSecrets:
    """The app's secret, which signs, and the token by which the address is verified."""

    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)


class _Cut(Exception):
    """The rest of a request is not read."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class WhatsAppWebhook:
    """The ASGI application of the listener."""

    secrets: WebhookSecrets
    inbox: Inbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        try:
            status, words = await self._answer(scope, receive)
        except _Cut as cut:
            status, words = cut.status, ""
        if status >= HTTPStatus.BAD_REQUEST:
            log.warning("a webhook is refused", status=int(status))
        await _send(send, status, words)

    async def _answer(self, scope: Scope, receive: Receive) -> _Answer:
        if scope["path"] != PATH:
            return HTTPStatus.NOT_FOUND, ""
        match scope["method"]:
            case "GET":
                return self._verified(scope["query_string"])
            case "POST":
                return await self._taken(dict(scope["headers"]), receive)
        return HTTPStatus.METHOD_NOT_ALLOWED, ""

    def _verified(self, query: bytes) -> _Answer:
        """The challenge, for who knows the token."""
        told = {name: values[0] for name, values in parse_qs(query.decode("ascii", "replace")).items()}
        known = _same(told.get("hub.verify_token", ""), self.secrets.verify_token)
        challenge = told.get("hub.challenge", "")
        if not (known and told.get("hub.mode") == "subscribe" and _CHALLENGE.fullmatch(challenge)):
            return HTTPStatus.FORBIDDEN, ""
        return HTTPStatus.OK, challenge

    async def _taken(self, headers: Mapping[bytes, bytes], receive: Receive) -> _Answer:
        signed = _SIGNATURE.fullmatch(headers.get(b"x-hub-signature-256", b""))
        if signed is None:
            return HTTPStatus.UNAUTHORIZED, ""
        body = await _body(headers, receive)
        if not hmac.compare_digest(_digest(self.secrets.app_secret, body), signed[1]):
            return HTTPStatus.UNAUTHORIZED, ""
        try:
            await self.inbox.put(body)
        except SQLAlchemyError as error:
            log.warning("a webhook is not stored", error=type(error).__name__)
            return HTTPStatus.SERVICE_UNAVAILABLE, ""
        return HTTPStatus.OK, ""


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """All of a body that is not too large. Raises ``_Cut``."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told[:12]) > LARGEST:
        raise _Cut(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(_WITHIN):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _Cut(HTTPStatus.BAD_REQUEST)
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > LARGEST:
                    raise _Cut(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except TimeoutError as error:
        raise _Cut(HTTPStatus.REQUEST_TIMEOUT) from error
    return bytes(body)


def _digest(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()


def _same(told: str, own: str) -> bool:
    """Whether they are equal, in a time that does not say where they differ."""
    return hmac.compare_digest(told.encode(), own.encode())


async def _send(send: Send, status: HTTPStatus, words: str) -> None:
    body = words.encode()
    head = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    if status >= HTTPStatus.BAD_REQUEST:
        head.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": int(status), "headers": head})
    await send({"type": "http.response.body", "body": body})
