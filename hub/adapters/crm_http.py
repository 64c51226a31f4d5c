"""Asks a CRM over HTTPS: whatever it does, the hub gets an answer that it can read or an error with words.

Bounded are the time of each request, the size of each answer and how many are open. An answer is not decoded
(``Accept-Encoding: identity``): a few compressed bytes can be a gigabyte. No redirect is followed: it would
take the secret and the customer's number to another server. Only what asks is tried again, and at once only
where a connection or a server broke; a CRM that wants to be left alone (429) is.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import stamina

from edge.text import clean
from hub.adapters.retry_after import retry_after as seconds_to_wait
from hub.ports.crm import (
    CrmBusy,
    CrmDenied,
    CrmDown,
    CrmError,
    CrmGarbled,
    CrmNotReached,
    CrmRefused,
    CrmTimeout,
)

LARGEST_ANSWER = 1024 * 1024
WRITE_SECONDS = 15.0
"""Nobody waits for what is written, and it is better to know whether it was."""
_AT_ONCE = 16
_TRIES = 2
_LONGEST_WORDS = 200
_BUSY_SECONDS = 2.0
"""How long a CRM that names no time is left alone."""
_HEALED_SECONDS = 30.0
_DENIED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED})


class NotThere(CrmRefused):
    """There is nothing at this path (404)."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """One request and what became of it, for an administrator. Secrets are masked."""

    asked: str
    body: str
    told: str
    answer: str


class Auth(Protocol):
    """By what the hub proves itself."""

    async def headers(self, http: CrmHttp) -> Mapping[str, str]:
        """What each request carries. Raises ``CrmError``."""
        ...

    def outdated(self) -> bool:
        """It was not accepted; whether there may be a newer one."""
        ...

    def masked(self, text: str) -> str:
        """``text`` without what is secret."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as far as an answer may go."""

    status: int
    headers: httpx.Headers
    text: bytes


@dataclass(slots=True)
class CrmHttp:
    """``address`` is the server, ``limit`` the seconds for a question; ``watch`` sees all traffic."""

    address: str
    auth: Auth
    limit: float
    ca_file: Path | None
    extra: Mapping[str, str]
    watch: Callable[[Traffic], None]
    clock: Callable[[], float] = time.monotonic
    _asking: httpx.AsyncClient = field(init=False)
    _writing: httpx.AsyncClient = field(init=False)
    _busy_until: float = 0.0
    _failed_at: float | None = None

    def __post_init__(self) -> None:
        trusted = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        common = {
            "User-Agent": f"moked/{version('moked')}",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **self.extra,
        }
        self._asking = httpx.AsyncClient(
            verify=trusted, headers=common, limits=httpx.Limits(max_connections=_AT_ONCE)
        )
        # a connection that the other side closes as it is used again leaves nobody knowing what was read
        self._writing = httpx.AsyncClient(
            verify=trusted, headers=common, limits=httpx.Limits(max_keepalive_connections=0)
        )

    @property
    def healthy(self) -> bool:
        """Whether the last question was answered; what failed long ago says nothing any more."""
        return self._failed_at is None or self.clock() - self._failed_at > _HEALED_SECONDS

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the CRM knows. ``path`` begins at the server. Raises ``CrmError``."""
        try:
            async for attempt in stamina.retry_context(
                on=CrmDown, attempts=_TRIES, timeout=self.limit, wait_initial=0.1, wait_jitter=0.1
            ):
                with attempt:
                    found = await self._with_auth(self._asking, self.limit, method, path, body, {})
        except (CrmDown, CrmTimeout, CrmBusy, CrmDenied, CrmGarbled) as error:
            self._failed_at = self.clock()
            if isinstance(error, CrmBusy):
                self._busy_until = max(self._busy_until, self.clock() + (error.after or _BUSY_SECONDS))
            raise
        self._failed_at = None
        return found

    async def write(
        self, method: str, path: str, body: object, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Have something written, asked for once. Raises ``CrmError``.

        While the CRM takes no more questions nothing is written; that it takes nothing more to be written
        keeps no card back.
        """
        return await self._with_auth(self._writing, WRITE_SECONDS, method, path, body, headers or {})

    async def form(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Any:
        """What a login answers (RFC 6749 §3.2). Raises ``CrmError``."""
        request = self._asking.build_request("POST", url, data=dict(form), headers=dict(headers))
        answer = await self._send(self._asking, self.limit, request)
        self.watch(Traffic(f"POST {url}", "(the hub's id and secret)", str(answer.status), "(what it says)"))
        if answer.status in {HTTPStatus.BAD_REQUEST, *_DENIED}:
            raise CrmDenied("The CRM's login does not accept the hub's id and secret")
        return _read(answer, self.address, self.auth.masked)

    async def close(self) -> None:
        """Let go of what is open."""
        await self._asking.aclose()
        await self._writing.aclose()

    async def _with_auth(
        self,
        client: httpx.AsyncClient,
        seconds: float,
        method: str,
        path: str,
        body: object,
        headers: Mapping[str, str],
    ) -> Any:
        """A token that has ended since is renewed once: what was denied was not done."""
        left = self._busy_until - self.clock()
        if left > 0:
            raise CrmBusy("The CRM takes no more questions for now", left)
        url = self._url(path)
        answer = await self._once(client, seconds, method, url, body, headers)
        if answer.status == HTTPStatus.UNAUTHORIZED and self.auth.outdated():
            answer = await self._once(client, seconds, method, url, body, headers)
        return _read(answer, self.address, self.auth.masked)

    def _url(self, path: str) -> httpx.URL:
        """Always of the CRM's own server, whatever it named as the next page. Raises ``CrmGarbled``."""
        server = httpx.URL(self.address)
        try:
            url = server.join(path)
        except (httpx.InvalidURL, ValueError) as error:
            raise CrmGarbled("The CRM names an address that is none") from error
        if (url.scheme, url.host, url.port) != (server.scheme, server.host, server.port) or url.userinfo:
            raise CrmDenied(f"The CRM names an address at {_host(str(url))}, where the hub does not ask")
        return url

    async def _once(
        self,
        client: httpx.AsyncClient,
        seconds: float,
        method: str,
        url: httpx.URL,
        body: object,
        headers: Mapping[str, str],
    ) -> Answer:
        proof = await self.auth.headers(self)
        request = client.build_request(method, url, json=body, headers={**headers, **proof})
        shown = (self.auth.masked(_shown(request)), self.auth.masked(_json_text(body)))
        try:
            answer = await self._send(client, seconds, request)
        except CrmError as error:
            self.watch(Traffic(*shown, f"no answer: {error}", ""))
            raise
        told = self.auth.masked(answer.text.decode("utf-8", "replace"))
        self.watch(Traffic(*shown, str(answer.status), told))
        return answer

    async def _send(self, client: httpx.AsyncClient, seconds: float, request: httpx.Request) -> Answer:
        request.extensions["timeout"] = httpx.Timeout(seconds).as_dict()
        try:
            async with asyncio.timeout(seconds):
                answer = await client.send(request, stream=True)
                try:
                    return Answer(answer.status_code, answer.headers, await _within(answer))
                finally:
                    await answer.aclose()
        except httpx.PoolTimeout as error:
            raise CrmNotReached("The CRM has more open questions than it answers") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
            raise CrmNotReached(_unreached(error)) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise CrmTimeout("The CRM did not answer in time") from error
        except httpx.RequestError as error:
            raise CrmDown("The CRM broke off") from error


def _unreached(error: Exception) -> str:
    if "certificate" in str(error).lower():
        return "The CRM's certificate is not valid, or not of an authority that the hub knows"
    return "The CRM cannot be reached"


async def _within(answer: httpx.Response) -> bytes:
    """The body as it was sent. Raises ``CrmGarbled`` for more than any answer has."""
    text = bytearray()
    async for part in answer.aiter_raw():
        text += part
        if len(text) > LARGEST_ANSWER:
            raise CrmGarbled(f"The CRM answers with more than {LARGEST_ANSWER // 1024} kB")
    return bytes(text)


def _read(answer: Answer, address: str, masked: Callable[[str], str]) -> Any:
    """What ``answer`` says. Raises ``CrmError``, whose words are ``masked``: a CRM may say a secret back."""
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _json(answer)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        to = _host(answer.headers.get("Location", ""))
        raise CrmDenied(f"The CRM sends the hub on from {_host(address)} to {to}, where it does not go")
    if status in _DENIED:
        raise CrmDenied(
            f"The CRM does not let the hub in ({status}): its secret or its rights are to be mended"
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "Retry-After" in answer.headers
    ):
        after = seconds_to_wait(answer.headers.get("Retry-After", ""))
        raise CrmBusy("The CRM takes no more questions for now", after)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise CrmDown(f"The CRM has a fault of its own ({status})")
    if status == HTTPStatus.NOT_FOUND:
        raise NotThere(f"The CRM has nothing there ({status})" + _reason(answer, masked))
    raise CrmRefused(f"The CRM refuses this ({status})" + _reason(answer, masked))


def _json(answer: Answer) -> Any:
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise CrmGarbled("The CRM answers in a compressed form that nobody asked for")
    if not answer.text.strip():
        return None
    try:
        return json.loads(answer.text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        page = answer.text.lstrip()[:1] == b"<"
        what = "with a page and not with data" if page else "in a form that cannot be read"
        raise CrmGarbled(f"The CRM answers {what}") from error


def _no_number(name: str) -> float:
    raise ValueError(name)


def _reason(answer: Answer, masked: Callable[[str], str]) -> str:
    """The CRM's own words, where it has some."""
    try:
        told = json.loads(answer.text)
    except (ValueError, RecursionError):
        return ""
    words = told.get("message") if isinstance(told, dict) else None
    return f": {clean(masked(words), limit=_LONGEST_WORDS)}" if isinstance(words, str) and words else ""


def _host(address: str) -> str:
    try:
        return clean(urlsplit(address).netloc.rpartition("@")[2], limit=80) or "itself"
    except ValueError:
        return "an address that is none"


def _shown(request: httpx.Request) -> str:
    """Method, address and what the hub itself puts into the head."""
    left_out = {"host", "accept", "accept-encoding", "connection", "user-agent", "content-length"}
    head = [f"  {name}: {value}" for name, value in request.headers.items() if name not in left_out]
    return "\n".join([f"{request.method} {request.url}", *head])


def _json_text(body: object) -> str:
    return "" if body is None else json.dumps(body, ensure_ascii=False, indent=2)
