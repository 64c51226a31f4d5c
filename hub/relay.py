"""A hub that does not lead: each request goes to the one that does, and its answer comes back.

Nothing is kept here but connections. An event stream is passed on as it comes, and no faster than its desk
reads; every other answer is taken whole before a word of it is sent, so that whatever goes wrong on the way
is told as a ``Problem`` that may be tried again. A stream that breaks ends, and its desk comes again.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import structlog
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from hub.addresses import is_private
from hub.db.devices import new_token, secret_digest
from hub.db.owner import Lead
from hub.event_stream import gone
from hub.file_paths import FILE_WITHIN, LARGEST_FILE, brings_file, fetches_file
from hub.hops import Fields, end_to_end
from hub.refusals import LeaderAway
from hub.relayed import CLIENT, RELAY
from hub.requests import REQUEST_ID, request_id
from hub.server import MOST_AT_ONCE

log = structlog.get_logger(__name__)

CHANGING: Final = "The hub that leads is being changed; try again."
_AWAY: Final = "The hub that leads does not answer; try again."
_UNSAFE: Final = "The hub that leads is asked by http on another machine; tell your administrator."
_SLOW: Final = "The request did not come whole in time; try again."
_WITHIN = 15.0
"""Seconds for a whole answer, or for the beginning of a stream: more than any request of a desk's takes but
those with files.
"""
_CONNECT, _WRITE, _FREE = 3.0, 5.0, 1.0
_SILENT = 45.0
"""Seconds: the hub that leads shows every 15 that a stream lives."""
_KEPT_SECONDS = 30.0
"""An idle connection; the other end keeps it for longer."""
_LARGEST_ANSWER = LARGEST_FILE + 2**10
_EVENTS = "/v1/events"
_EVENT_STREAM = "text/event-stream"
_OURS = frozenset(
    name.lower().encode()
    for name in (
        RELAY,
        CLIENT,
        REQUEST_ID,
        "Host",
        "Content-Length",
        "Expect",
        "Forwarded",
        "X-Forwarded-For",
    )
) | {b"x-forwarded-proto", b"x-forwarded-host", b"x-real-ip"}
"""Fields of a request that are written anew: what they say is of the connection to us."""
_SERVERS = frozenset({b"date", b"server"})
"""Fields of an answer that every server writes itself."""

T = TypeVar("T")


class Relay:
    """Asks the hub that leads, as ``follow`` tells which one that is, for whoever asks this one.

    ``ca_file`` is the authority by which hubs are known, None the system's; over http only this machine is
    asked, unless ``kept_apart`` says that nobody else reads what travels. Raises ``OSError`` for the file.
    """

    def __init__(self, ca_file: Path | None, *, kept_apart: bool) -> None:
        trust = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
        self._kept_apart = kept_apart
        self._token = new_token()
        self._asking = _client(trust)
        self._listening = _client(trust)
        """Of its own: many connections that are never free make others wait while they are looked through."""
        self._moved = asyncio.Event()
        self.lead = Lead()

    @property
    def token_digest(self) -> str:
        """By what the hub that leads knows this one."""
        return secret_digest(self._token.encode())

    def follow(self, lead: Lead) -> None:
        """Ask there from now on; what is under way elsewhere ends."""
        if lead.address != self.lead.address:
            log.info("another hub leads", address=lead.address)
            self.end()
            self._moved = asyncio.Event()
        self.lead = lead

    def end(self) -> None:
        """End all that is under way."""
        self._moved.set()

    async def close(self) -> None:
        """Let all connections go."""
        await self._asking.aclose()
        await self._listening.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Raises ``LeaderAway`` and ``HTTPException``."""
        moved = self._moved
        response = await self._asked(scope, receive, moved)
        if response is None:
            return
        try:
            if response.headers.get("content-type", "").startswith(_EVENT_STREAM):
                await _pass_events(response, moved, receive, send)
            else:
                answer = await _whole(response, moved, _seconds(scope))
                await answer(scope, receive, send)
        finally:
            await response.aclose()

    async def ask(self, scope: Scope, receive: Receive) -> Response:
        """The whole answer to one request without a body. Raises ``LeaderAway`` and ``HTTPException``."""
        moved = self._moved
        response = await self._asked(scope, receive, moved)
        if response is None:
            raise LeaderAway(_AWAY)
        try:
            return await _whole(response, moved, _WITHIN)
        finally:
            await response.aclose()

    async def _asked(self, scope: Scope, receive: Receive, moved: asyncio.Event) -> httpx.Response | None:
        """The beginning of the answer; None when who asked has gone."""
        if RELAY in Headers(scope=scope):
            raise LeaderAway(CHANGING)  # the one that asks takes us for the hub that leads
        address = self.lead.address
        if not address:
            raise LeaderAway(CHANGING)
        if not is_private(address, kept_apart=self._kept_apart):
            raise LeaderAway(_UNSAFE)
        try:
            async with asyncio.timeout(_seconds(scope)):
                body = await Request(scope, receive).body()
        except ClientDisconnect:
            return None
        except TimeoutError:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, _SLOW) from None
        client = self._listening if scope["path"] == _EVENTS else self._asking
        request = _request(scope, body, address, self._token)
        return await _in_time(client.send(request, stream=True), moved, _seconds(scope))


def _seconds(scope: Scope) -> float:
    """How long a request may take."""
    method, path = scope["method"], scope["path"]
    return FILE_WITHIN if brings_file(method, path) or fetches_file(method, path) else _WITHIN


def _client(trust: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        verify=trust,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(_SILENT, connect=_CONNECT, write=_WRITE, pool=_FREE),
        limits=httpx.Limits(max_connections=MOST_AT_ONCE, keepalive_expiry=_KEPT_SECONDS),
    )


def _request(scope: Scope, body: bytes, address: str, token: str) -> httpx.Request:
    """The request as the hub that leads gets it: the same, but who relays, and for whom."""
    query = scope["query_string"]
    target = scope["raw_path"] + (b"?" + query if query else b"")
    try:
        url = httpx.URL(address).copy_with(raw_path=target)
    except httpx.InvalidURL:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "The request names no path.") from None
    client = scope["client"][0] if scope["client"] else ""
    fields: Fields = [
        *end_to_end(scope["headers"], _OURS),
        (REQUEST_ID.encode(), request_id().encode()),
        (RELAY.encode(), token.encode()),
        (CLIENT.encode(), client.encode()),
    ]
    return httpx.Request(scope["method"], url, headers=fields, content=body)


async def _whole(response: httpx.Response, moved: asyncio.Event, within: float) -> Response:
    body = await _in_time(_body(response), moved, within)
    answer = Response(body, response.status_code)
    kept = end_to_end(response.headers.raw, _SERVERS)
    answer.raw_headers = kept
    return answer


async def _body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > _LARGEST_ANSWER:
            raise HTTPException(HTTPStatus.BAD_GATEWAY, "The hub that leads answered too much.")
    return bytes(body)


async def _in_time(asking: Coroutine[Any, Any, T], moved: asyncio.Event, within: float) -> T:
    """What comes of ``asking``. Raises ``LeaderAway`` when that fails, takes too long, or has ``moved``."""
    ends = asyncio.create_task(moved.wait())
    asked = asyncio.create_task(asking)
    try:
        await asyncio.wait({asked, ends}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if asked.done():
            return asked.result()
    except httpx.HTTPError as error:
        log.warning("the hub that leads is not reached", error=type(error).__name__)
    finally:
        await _cancel(asked, ends)
    raise LeaderAway(CHANGING if moved.is_set() else _AWAY)


async def _pass_events(response: httpx.Response, moved: asyncio.Event, receive: Receive, send: Send) -> None:
    """Send what comes, until it ends or breaks, who asked is gone, or another hub leads."""
    fields = end_to_end(response.headers.raw, _SERVERS)
    await send({"type": "http.response.start", "status": response.status_code, "headers": fields})
    tasks = [asyncio.create_task(doing) for doing in (_pass_on(response, send), gone(receive), moved.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _cancel(*tasks)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pass_on(response: httpx.Response, send: Send) -> None:
    try:
        async for piece in response.aiter_raw():
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except httpx.HTTPError as error:
        log.info("a stream of the hub that leads has ended", error=type(error).__name__)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
