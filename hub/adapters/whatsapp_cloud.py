"""The ports of ``hub.ports.messages`` by WhatsApp's Cloud API, over HTTPS.

Messages (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages) are asked for by
``POST ADDRESS/VERSION/PHONE_NUMBER_ID/messages``; the API has no idempotency key, so nothing is asked twice
here. Files go up to ``…/media``; down in two steps: ``GET ADDRESS/VERSION/MEDIA_ID`` names where
(https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media).

Connections are not kept: one that the other side closes just as it is used again leaves nobody knowing
whether the request was read. No redirect is followed, and the token goes to ``ADDRESS`` and the named hosts
of files alone. Answers are not decoded (``Accept-Encoding: identity``): a few compressed bytes can be a
gigabyte.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

import httpx

from edge.text import clean
from hub.adapters.whatsapp_errors import error_of
from hub.ports.messages import (
    LARGEST_DOCUMENT,
    LONGEST_CAPTION,
    LONGEST_NAME,
    LONGEST_TEXT,
    Attachment,
    Content,
    File,
    FileKind,
    NotNow,
    NotReached,
    PerhapsSent,
    Reason,
    Refused,
    Template,
    Text,
    is_user_id,
    refuse_unfit,
)

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_WITHIN, _FILE_WITHIN = 30.0, 120.0
"""Seconds for all of a request, however slowly an answer comes."""
_LARGEST_ANSWER = 64 * 1024
_LONGEST_ID = 200
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends. ``address`` and ``version`` are the Graph API's, ``phone_number_id`` the sender's there;
    ``media_hosts`` are those from which files are fetched, over https.
    """

    phone_number_id: str
    token: str = field(repr=False)
    address: str = "https://graph.facebook.com"
    version: str = "v24.0"
    media_hosts: tuple[str, ...] = ("lookaside.fbsbx.com",)

    @property
    def sender(self) -> str:
        """Where the sender's messages and files are asked for."""
        return f"{self.address}/{self.version}/{self.phone_number_id}"


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back, as far as an answer may go."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def good(self) -> bool:
        return httpx.codes.is_success(self.status)

    def json(self) -> dict[str, Any]:
        """What was told; nothing where it is no JSON object."""
        try:
            told = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return told if isinstance(told, dict) else {}


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
                "Accept-Encoding": "identity",
            },
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def send(self, to: str, content: Content, reference: str) -> str:
        """The port's ``send``."""
        asked = _asked(to, content, reference)
        request = self._http.build_request("POST", f"{self._account.sender}/messages", json=asked)
        answer = await self._ask(request, _LARGEST_ANSWER, _WITHIN)
        if answer.good:
            return _message_in(answer.json())
        raise error_of(answer.status, answer.headers.get("Retry-After", ""), answer.json())

    async def upload(self, file: File, name: str) -> str:
        """The port's ``upload``."""
        refuse_unfit(file.media_type, len(file.data))
        request = self._http.build_request(
            "POST",
            f"{self._account.sender}/media",
            data={"messaging_product": "whatsapp", "type": file.media_type},
            files={"file": (_file_name(name), file.data, file.media_type)},
        )
        told = (await self._file(request, _LARGEST_ANSWER)).json()
        media = told.get("id")
        if not isinstance(media, str) or not _MEDIA_ID.fullmatch(media):
            raise NotNow("WhatsApp took a file and named none.")
        return media

    async def download(self, media: str) -> File:
        """The port's ``download``. What came is what was named: its size, and its SHA-256."""
        if not _MEDIA_ID.fullmatch(media):
            raise Refused("WhatsApp has no file of this name.", reason=Reason.FILE)
        where = self._http.build_request("GET", f"{self._account.address}/{self._account.version}/{media}")
        told = (await self._file(where, _LARGEST_ANSWER)).json()
        media_type, size = _described(told)
        refuse_unfit(media_type, size)
        answer = await self._file(self._http.build_request("GET", self._place(told)), LARGEST_DOCUMENT)
        refuse_unfit(media_type, len(answer.body))
        if told.get("sha256") not in _digests(answer.body):
            raise NotNow("WhatsApp sent another file than it named.", reason=Reason.FILE)
        return File(media_type, answer.body)

    async def close(self) -> None:
        """Let go of what is open."""
        await self._http.aclose()

    def _place(self, told: dict[str, Any]) -> httpx.URL:
        """Where a file lies: the token goes nowhere else. Raises ``Refused``."""
        try:
            place, own = httpx.URL(str(told.get("url", ""))), httpx.URL(self._account.address)
        except httpx.InvalidURL as error:
            raise Refused("WhatsApp names no place of the file.", reason=Reason.FILE) from error
        at_home = (place.scheme, place.host, place.port) == (own.scheme, own.host, own.port)
        named = place.scheme == "https" and place.port is None and place.host in self._account.media_hosts
        if place.userinfo or not (at_home or named):
            host = clean(place.host, limit=80)
            raise Refused(f"The file lies at {host}, from where files are not fetched.", reason=Reason.FILE)
        return place

    async def _file(self, request: httpx.Request, most: int) -> _Answer:
        """What may be asked again has no open end. Raises ``Refused`` and ``NotNow``."""
        try:
            answer = await self._ask(request, most, _FILE_WITHIN)
            if not answer.good:
                raise error_of(answer.status, answer.headers.get("Retry-After", ""), answer.json())
        except PerhapsSent as error:
            raise NotNow(str(error), error.code) from error
        return answer

    async def _ask(self, request: httpx.Request, most: int, within: float) -> _Answer:
        """One request, whatever becomes of it. Raises ``NotReached`` and ``PerhapsSent``."""
        try:
            async with asyncio.timeout(within):
                answer = await self._http.send(request, stream=True)
                try:
                    body = await _read(answer, most)
                finally:
                    await answer.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.PoolTimeout) as error:
            raise NotReached("WhatsApp could not be reached.") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise PerhapsSent("WhatsApp did not answer in time.") from error
        except httpx.RequestError as error:
            raise PerhapsSent("WhatsApp ended the connection without an answer.") from error
        return _Answer(answer.status_code, answer.headers, body)


def _asked(to: str, content: Content, reference: str) -> dict[str, Any]:
    """The body; ``biz_opaque_callback_data`` comes back with each status of the message.

    Who has no number is named by ``recipient``
    (https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids).
    """
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        ("recipient" if is_user_id(to) else "to"): to,
        **_content(content),
        "biz_opaque_callback_data": reference,
    }


def _content(content: Content) -> dict[str, Any]:
    """Raises ``Refused`` for what is longer than the API takes."""
    match content:
        case Template():
            return {"type": "template", "template": _template(content)}
        case Text(body):
            if not body.strip() or len(body) > LONGEST_TEXT:
                raise Refused(f"A text has 1 to {LONGEST_TEXT} characters.")
            return {"type": "text", "text": {"body": body, "preview_url": False}}
        case Attachment(kind, media, caption, name):
            if len(caption) > LONGEST_CAPTION:
                raise Refused(f"A caption has at most {LONGEST_CAPTION} characters.")
            shown = {"caption": caption} if caption else {}
            named = {"filename": _file_name(name)} if kind is FileKind.DOCUMENT else {}
            return {"type": kind.value, kind.value: {"id": media, **shown, **named}}


def _template(template: Template) -> dict[str, Any]:
    parameters = [{"type": "text", "text": text} for text in template.parameters]
    components = [{"type": "body", "parameters": parameters}] if parameters else []
    return {
        "name": template.name,
        "language": {"policy": "deterministic", "code": template.language},
        **({"components": components} if components else {}),
    }


def _file_name(name: str) -> str:
    """One that is no path."""
    kept = clean(name, limit=LONGEST_NAME).replace("/", "_").replace("\\", "_").strip(". ")
    return kept or "file"


async def _read(answer: httpx.Response, most: int) -> bytes:
    """The body as it was sent. Nothing is read of it once it is larger than it may be."""
    body = bytearray()
    async for part in answer.aiter_raw():
        body += part
        if len(body) > most:
            break
    return bytes(body)


def _described(told: dict[str, Any]) -> tuple[str, int]:
    """A file's media type, without parameters, and its size. Raises ``NotNow``."""
    match told:
        case {"mime_type": str(media_type), "file_size": int(size) | str(size)} if str(size).isdecimal():
            return media_type.partition(";")[0].strip().lower(), int(size)
    raise NotNow("WhatsApp does not say what the file is.", reason=Reason.FILE)


def _digests(body: bytes) -> tuple[str, str]:
    """SHA-256 in the two ways in which Meta writes it: hex here, base64 in webhooks."""
    digest = hashlib.sha256(body)
    return digest.hexdigest(), base64.b64encode(digest.digest()).decode()


def _message_in(told: dict[str, Any]) -> str:
    match told:
        case {"messages": [{"id": str(name)}, *_]} if name:
            return clean(name, limit=_LONGEST_ID)
    raise PerhapsSent("WhatsApp took the request and named no message.")
