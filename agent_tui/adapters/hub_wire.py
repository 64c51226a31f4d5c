"""What travels between desk and hub, made safe: whose word counts, what came back.

Every answer is bounded, cleaned and validated by the contract. A hub that does not answer, or cannot now,
is ``HubUnreachable`` and may be asked again; a hub that says no is ``HubRefused``.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from httpx_sse import SSEError
from pydantic import BaseModel, TypeAdapter, ValidationError

from agent_tui.adapters.hub_address import HubAddress
from agent_tui.ports import HubKnowsUsNot, HubRefused, HubUnreachable
from agent_tui.text.catalogue import Phrase
from agent_tui.text.others import reason, said
from edge.text import clean
from hub import contract as c

ANSWER = httpx.Timeout(5.0, connect=3.0)
STREAM = httpx.Timeout(5.0, connect=3.0, read=45.0)
"""The hub pings its streams at least twice in this while; a silent line is a dead one."""
REQUEST_WITHIN = 8.0
"""Seconds a whole request may take, however slowly its answer trickles in."""
FILE = httpx.Timeout(30.0, connect=3.0, read=160.0)
FILE_WITHIN = 165.0
LARGEST_FILE = 17 * 2**20
"""Files go on to WhatsApp, or come from there, before the hub answers."""
LARGEST_ANSWER = 4 * 2**20
LARGEST_EVENT = 2**20

_LONGEST_TEXT = 20_000
_BUSY = frozenset({408, 425, 429})
_HUB_EVENT: TypeAdapter[c.HubEvent] = TypeAdapter(c.HubEvent)
_OTHER_VERSION = Phrase(
    "The hub speaks another version of the desk's language. Bring both to the same version."
)

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


async def open_client(address: HubAddress) -> httpx.AsyncClient:
    """A client for this hub alone: it follows no redirect, so the token goes nowhere else."""
    trust = await asyncio.to_thread(_trust, address)
    socket = str(address.socket) if address.socket is not None else None
    return httpx.AsyncClient(
        base_url=address.url,
        headers={"Authorization": f"Bearer {address.token}"},
        transport=httpx.AsyncHTTPTransport(verify=trust, uds=socket) if socket else None,
        verify=trust,
        timeout=ANSWER,
        follow_redirects=False,
        trust_env=False,
    )


def _trust(address: HubAddress) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(address.ca_file) if address.ca_file else None)
    except OSError as error:
        raise HubRefused(
            Phrase("The CA file {file} cannot be used: {why}", file=str(address.ca_file), why=reason(error))
        ) from None


@contextmanager
def failures_told() -> Iterator[None]:
    """What can go wrong on the way to the hub, as ``HubUnreachable`` in words."""
    try:
        yield
    except (httpx.TimeoutException, TimeoutError):
        raise HubUnreachable(Phrase("It did not answer in time.")) from None
    except httpx.ConnectError as error:
        words = clean(str(error))
        if "CERTIFICATE" in words:
            raise HubUnreachable(Phrase("Its certificate is not trusted: {why}", why=words)) from None
        raise HubUnreachable(Phrase("It cannot be reached: {why}", why=reason(error))) from None
    except (httpx.HTTPError, httpx.StreamError, SSEError) as error:
        raise HubUnreachable(
            Phrase("The line broke: {why}", why=clean(str(error)) or type(error).__name__)
        ) from None


async def body_of(response: httpx.Response, most: int = LARGEST_ANSWER) -> bytes:
    """The body, up to the largest there may be; then the answer's status is looked at."""
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > most:
            raise HubRefused(Phrase("The hub's answer is too large."))
    check(response.status_code, bytes(body))
    return bytes(body)


def check(status: int, body: bytes) -> None:
    """Raise for any status but success (RFC 9110 §15), with the hub's words in the desk's language."""
    if httpx.codes.is_success(status):
        return
    told = _problem_words(body)
    words = said(told) if told else Phrase("The hub answered {status}.", status=status)
    if status in _BUSY or httpx.codes.is_server_error(status):
        raise HubUnreachable(words)
    raise HubKnowsUsNot(words) if status == httpx.codes.UNAUTHORIZED else HubRefused(words)


def read(model: type[M], body: bytes) -> M:
    """The answer as the contract has it, every text in it clean."""
    try:
        return model.model_validate(_json(body))
    except ValidationError:
        raise HubRefused(_OTHER_VERSION) from None


def read_as(kind: TypeAdapter[T], body: bytes) -> T:
    """The same for what is no model of its own."""
    try:
        return kind.validate_python(_json(body))
    except ValidationError:
        raise HubRefused(_OTHER_VERSION) from None


def event(data: str) -> c.HubEvent:
    """One event of the stream, every text in it clean."""
    if len(data) > LARGEST_EVENT:
        raise HubRefused(Phrase("An event of the hub is too large."))
    try:
        return _HUB_EVENT.validate_python(_json(data))
    except ValidationError:
        raise HubRefused(_OTHER_VERSION) from None


def _problem_words(body: bytes) -> str:
    try:
        problem = c.Problem.model_validate_json(body)
    except ValidationError:
        return ""
    return clean(problem.detail or problem.title, limit=300)


def _json(text: bytes | str) -> Any:
    try:
        return _cleaned(json.loads(text))
    except (ValueError, RecursionError):
        raise HubRefused(_OTHER_VERSION) from None


def _cleaned(value: Any) -> Any:
    """JSON with every text in it clean."""
    if isinstance(value, str):
        return clean(value, limit=_LONGEST_TEXT, multiline=True)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean(name): _cleaned(one) for name, one in value.items()}
    return value
