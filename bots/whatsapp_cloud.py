"""WhatsApp's cloud as the hub under test sees it: takes its messages, and tells it what customers write.

The hub's ``[whatsapp] address`` leads here, and webhooks go to its listener, signed by the app's secret. Only
what scenarios need of Meta's pages (https://developers.facebook.com/documentation/business-messaging/whatsapp)
is here: texts and templates to the hub's customers, texts from them, and how far messages came.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bots.errors import NotReady, StepFailed
from bots.settings import WhatsApp
from edge.text import clean
from hub.server import Beside, served_beside
from sip.addresses import host_of

_WITHIN: Final = 5.0
_LONGEST: Final = 4096
_DISPLAYED: Final = "97239990000"
"""The centre's own number, which the hub does not read."""


class _Part(BaseModel):
    """What is not looked at may be there: the hub's own tests hold it to Meta's specification."""

    model_config = ConfigDict(extra="ignore", strict=True)


class _Text(_Part):
    body: str


class _Parameter(_Part):
    text: str


class _Component(_Part):
    parameters: list[_Parameter] = []


class _Template(_Part):
    name: str
    components: list[_Component] = []


class _Message(_Part):
    to: str
    type: Literal["text", "template"]
    text: _Text | None = None
    template: _Template | None = None
    biz_opaque_callback_data: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message at a customer's phone. ``text`` is what was written, or a template's parameters."""

    id: str
    reference: str
    text: str
    template: str = ""


class Cloud:
    """Serves from the first customer who joins to the last who leaves."""

    def __init__(self, settings: WhatsApp, token: str, app_secret: str) -> None:
        self._settings = settings
        self._token = token
        self._secret = app_secret
        self._phones: dict[str, Callable[[Arrived], None]] = {}
        self._serving: AsyncExitStack | None = None

    async def join(self, number: str, take: Callable[[Arrived], None]) -> None:
        """``take`` gets what comes for ``number`` (E.164) from now on. Raises ``NotReady``."""
        self._phones[number] = take
        if self._serving is None:
            self._serving = AsyncExitStack()
            try:
                listener = self._serving.enter_context(self._listener())
            except OSError as error:
                raise NotReady(f"nobody can be written to at {self._settings.listen}: {error}") from None
            routes = [Route("/{version}/{sender}/messages", self._take, methods=["POST"])]
            await self._serving.enter_async_context(
                served_beside(Beside(Starlette(routes=routes), listener, None, None))
            )

    async def leave(self, number: str) -> None:
        """Nobody is there with this number any more."""
        self._phones.pop(number, None)
        if not self._phones and self._serving is not None:
            serving, self._serving = self._serving, None
            await serving.aclose()

    async def write(self, number: str, name: str, text: str) -> None:
        """A customer writes to the centre. Raises ``StepFailed`` where the hub does not take it."""
        message = {"from": number[1:], "id": f"wamid.{secrets.token_hex(12)}", "timestamp": _now()}
        contact = {"profile": {"name": name}, "wa_id": number[1:]}
        written = {**message, "type": "text", "text": {"body": text}}
        await self._tell({"contacts": [contact], "messages": [written]})

    async def tick(self, number: str, message: Arrived, status: Literal["delivered", "read"]) -> None:
        """A message came so far at the customer's. Raises ``StepFailed``."""
        told = {"id": message.id, "status": status, "timestamp": _now(), "recipient_id": number[1:]}
        await self._tell({"statuses": [{**told, "biz_opaque_callback_data": message.reference}]})

    async def _take(self, request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self._token}"):
            return _refused(HTTPStatus.UNAUTHORIZED, 190, "the token is none")
        if request.path_params["sender"] != self._settings.phone_number_id:
            return _refused(HTTPStatus.NOT_FOUND, 100, "there is no such sender")
        try:
            message = _Message.model_validate_json(await request.body())
        except ValidationError as error:
            return _refused(HTTPStatus.BAD_REQUEST, 100, str(error))
        phone = self._phones.get(message.to)
        if phone is None:
            return _refused(HTTPStatus.BAD_REQUEST, 131026, "nobody with this number takes part")
        arrived = _arrived(message)
        phone(arrived)
        contact = {"input": message.to, "wa_id": message.to[1:]}
        taken = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": arrived.id}]}
        return JSONResponse(taken)

    async def _tell(self, value: dict[str, Any]) -> None:
        """One webhook."""
        sender = {"display_phone_number": _DISPLAYED, "phone_number_id": self._settings.phone_number_id}
        change = {
            "field": "messages",
            "value": {"messaging_product": "whatsapp", "metadata": sender, **value},
        }
        entry = {"id": "1", "changes": [change]}
        body = json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()
        signature = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        try:
            async with httpx.AsyncClient(timeout=_WITHIN, trust_env=False) as client:
                answer = await client.post(self._settings.webhooks, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise StepFailed(f"the hub's webhooks do not answer: {type(error).__name__}") from None
        if answer.status_code != HTTPStatus.OK:
            raise StepFailed(f"the hub's webhooks answered {answer.status_code}")

    def _listener(self) -> socket.socket:
        _, _, port = self._settings.listen.rpartition(":")
        return socket.create_server((host_of(self._settings.listen), int(port)))


def _arrived(message: _Message) -> Arrived:
    template, text = message.template, message.text.body if message.text is not None else ""
    if template is not None:
        text = " ".join(one.text for part in template.components for one in part.parameters)
    return Arrived(
        f"wamid.{secrets.token_hex(12)}",
        message.biz_opaque_callback_data,
        clean(text, limit=_LONGEST, multiline=True),
        clean(template.name) if template is not None else "",
    )


def _refused(status: HTTPStatus, code: int, words: str) -> JSONResponse:
    error = {"message": words, "type": "OAuthException", "code": code, "error_data": {"details": words}}
    return JSONResponse({"error": error}, status)


def _now() -> str:
    return str(int(time.time()))
