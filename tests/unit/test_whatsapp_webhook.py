"""The listener for WhatsApp's webhooks: what is taken, and what is refused before it is read."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import NoReturn

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from starlette.types import Message

from hub.webhooks import whatsapp
from hub.webhooks.whatsapp import LARGEST, WebhookSecrets, WhatsAppWebhook
from tests.stubs.whatsapp_webhooks import APP_SECRET, VERIFY_TOKEN, signature

BODY = b'{"object": "whatsapp_business_account", "entry": []}'


@dataclass
class _Inbox:
    bodies: list[bytes] = field(default_factory=list)
    broken: bool = False

    async def put(self, body: bytes) -> None:
        if self.broken:
            raise OperationalError("insert", {}, OSError("gone"))
        self.bodies.append(body)


@pytest.fixture
def inbox() -> _Inbox:
    return _Inbox()


@pytest.fixture
def webhook(inbox: _Inbox) -> WhatsAppWebhook:
    return WhatsAppWebhook(WebhookSecrets(APP_SECRET, VERIFY_TOKEN), inbox)


@pytest.fixture
async def http(webhook: WhatsAppWebhook) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(webhook), base_url="http://hub") as client:
        yield client


def _query(**changes: str) -> dict[str, str]:
    known = {"mode": "subscribe", "verify_token": VERIFY_TOKEN, "challenge": "1158201444"}
    return {f"hub.{name}": value for name, value in {**known, **changes}.items()}


async def test_who_knows_the_verify_token_gets_the_challenge_back(http: httpx.AsyncClient) -> None:
    answer = await http.get("/whatsapp", params=_query())
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        _query(verify_token="a-verify-token-of-this-ruN"),
        _query(verify_token=""),
        _query(verify_token="פרוטה"),
        _query(mode="unsubscribe"),
        _query(challenge=""),
        _query(challenge="<script>"),
        _query(challenge="1" * 257),
    ],
)
async def test_who_does_not_know_it_gets_nothing(http: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await http.get("/whatsapp", params=query)
    assert (answer.status_code, answer.text) == (403, "")


async def test_what_is_signed_is_stored_as_it_came(http: httpx.AsyncClient, inbox: _Inbox) -> None:
    answer = await http.post("/whatsapp", content=BODY, headers=signature(BODY))
    assert (answer.status_code, inbox.bodies) == (200, [BODY])


async def test_it_is_the_bytes_that_are_signed_and_stored_and_not_what_they_mean(
    http: httpx.AsyncClient, inbox: _Inbox
) -> None:
    odd = b' {"entry":[],\n"object" :"whatsapp_\\u0062usiness_account", "entry":[]}\r\n'
    answer = await http.post("/whatsapp", content=odd, headers=signature(odd))
    assert (answer.status_code, inbox.bodies) == (200, [odd])


async def test_what_proves_somebody_is_compared_in_a_time_that_tells_nothing(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str | bytes] = []
    in_constant_time = hmac.compare_digest

    def compare(told: bytes, own: bytes) -> bool:
        compared.extend((told, own))
        return in_constant_time(told, own)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    headers = signature(BODY)
    await http.post("/whatsapp", content=BODY, headers=headers)
    await http.get("/whatsapp", params=_query())
    digest = headers["X-Hub-Signature-256"].removeprefix("sha256=").encode()
    assert compared == [digest] * 2 + [VERIFY_TOKEN.encode()] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signature(BODY, "another secret"),
        signature(BODY + b" "),
        {"X-Hub-Signature-256": signature(BODY)["X-Hub-Signature-256"].upper()},
        {"X-Hub-Signature-256": signature(BODY)["X-Hub-Signature-256"].removeprefix("sha256=")},
        {"X-Hub-Signature-256": signature(BODY)["X-Hub-Signature-256"][:-1]},
        {"X-Hub-Signature-256": signature(BODY)["X-Hub-Signature-256"] + "0"},
        {"X-Hub-Signature-256": "sha256="},
        {"X-Hub-Signature": signature(BODY)["X-Hub-Signature-256"].replace("sha256", "sha1")},
    ],
)
async def test_a_forged_one_is_refused(
    http: httpx.AsyncClient, inbox: _Inbox, headers: dict[str, str]
) -> None:
    answer = await http.post("/whatsapp", content=BODY, headers=headers)
    assert (answer.status_code, inbox.bodies) == (401, [])
    assert answer.headers["connection"] == "close", "what else was sent is not read"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v1/snapshot", 404),
        ("GET", "/health/live", 404),
        ("GET", "/metrics", 404),
        ("POST", "/whatsapp/", 404),
        ("POST", "/v1/whatsapp", 404),
        ("PUT", "/whatsapp", 405),
        ("DELETE", "/whatsapp", 405),
        ("HEAD", "/whatsapp", 405),
    ],
)
async def test_nothing_else_is_served(http: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    answer = await http.request(method, path, headers=signature(b""))
    assert answer.status_code == status


async def test_what_is_not_stored_is_to_come_again(http: httpx.AsyncClient, inbox: _Inbox) -> None:
    inbox.broken = True
    answer = await http.post("/whatsapp", content=BODY, headers=signature(BODY))
    assert answer.status_code == 503


@dataclass
class _Wire:
    """A request whose body comes in parts; ``asked`` counts those that were read."""

    headers: list[tuple[bytes, bytes]]
    parts: list[Message]
    asked: int = 0
    sent: list[Message] = field(default_factory=list)

    async def ask(self, webhook: WhatsAppWebhook) -> int:
        scope = {"type": "http", "method": "POST", "path": "/whatsapp", "query_string": b""}
        await webhook({**scope, "headers": self.headers}, self._receive, self._send)
        return int(self.sent[0]["status"])

    async def _receive(self) -> Message:
        self.asked += 1
        return self.parts.pop(0)

    async def _send(self, message: Message) -> None:
        self.sent.append(message)


def _signed(body: bytes, length: str | None = None) -> list[tuple[bytes, bytes]]:
    headers = {**signature(body), **({} if length is None else {"Content-Length": length})}
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def _part(body: bytes, *, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("length", [str(LARGEST + 1), "9" * 4000, "-1", "ten"])
async def test_what_says_it_is_too_large_is_not_read(
    webhook: WhatsAppWebhook, inbox: _Inbox, length: str
) -> None:
    wire = _Wire(_signed(BODY, length), [_part(BODY, more=False)])
    assert (await wire.ask(webhook), wire.asked, inbox.bodies) == (413, 0, [])


async def test_a_forged_header_costs_no_reading(webhook: WhatsAppWebhook) -> None:
    wire = _Wire([(b"x-hub-signature-256", b"sha256=no")], [_part(BODY, more=False)])
    assert (await wire.ask(webhook), wire.asked) == (401, 0)


async def test_no_more_is_read_than_may_come(
    webhook: WhatsAppWebhook, inbox: _Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = bytes(LARGEST // 4)
    wire = _Wire(_signed(part * 8), [_part(part, more=True) for _ in range(8)])

    def reckoned(*_: object) -> NoReturn:
        raise AssertionError("over what is too large nothing is reckoned")

    monkeypatch.setattr(whatsapp, "_digest", reckoned)
    assert (await wire.ask(webhook), wire.asked, inbox.bodies) == (413, 5, [])


async def test_the_largest_is_taken(webhook: WhatsAppWebhook, inbox: _Inbox) -> None:
    assert LARGEST == 256 * 1024
    body = bytes(LARGEST)
    wire = _Wire(_signed(body, str(LARGEST)), [_part(body[:9], more=True), _part(body[9:], more=False)])
    assert (await wire.ask(webhook), inbox.bodies) == (200, [body])


async def test_who_goes_in_the_middle_leaves_nothing(webhook: WhatsAppWebhook, inbox: _Inbox) -> None:
    wire = _Wire(_signed(BODY), [_part(BODY[:9], more=True), {"type": "http.disconnect"}])
    assert (await wire.ask(webhook), inbox.bodies) == (400, [])


class _Silent(_Wire):
    async def _receive(self) -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nothing comes")


async def test_a_body_that_does_not_come_is_not_waited_for_long(
    webhook: WhatsAppWebhook, inbox: _Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatsapp, "_WITHIN", 0.01)
    assert (await _Silent(_signed(BODY), []).ask(webhook), inbox.bodies) == (408, [])


def test_secrets_are_in_no_words(webhook: WhatsAppWebhook) -> None:
    assert APP_SECRET not in repr(webhook)
    assert VERIFY_TOKEN not in repr(webhook)
