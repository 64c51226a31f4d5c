"""A hub that does not lead: what goes through it, what it keeps to itself, what it says when it cannot."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import URL

import hub.relay
import hub.unread
from hub.contract import PbxLinkEvent, Problem
from hub.db.owner import Lead
from hub.hops import end_to_end
from hub.relay import CHANGING, Relay
from hub.relayed import CLIENT, RELAY
from hub.service.hub import Hub, open_hub
from tests.e2e.eventually import eventually_async
from tests.hub.centre import NOAH, sample_settings
from tests.hub.relays import leading, relaying
from tests.hub.served import WITHIN, events, next_of, served
from tests.hub.test_slow_desk import SleepyDesk
from tests.hub.tokens import token_of
from tests.stubs.pbx import FakePbx

_AWAY = "The hub that leads does not answer; try again."
_LARGE = PbxLinkEvent(up=True, words="x" * 60_000)


@dataclass
class Two:
    """A hub that leads, its exchange, and a relay to it; Yael's desk is at the relay."""

    hub: Hub
    pbx: FakePbx
    leader: str
    relay: Relay
    url: str
    desk: httpx.AsyncClient


@pytest.fixture
async def two(database: URL) -> AsyncIterator[Two]:
    pbx = FakePbx()
    opened = await open_hub(sample_settings(database), pbx)
    token = await token_of(opened, "yael")
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        leader = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await stack.enter_async_context(served(opened, listener))

        async def linked() -> bool:
            return opened.floor.link.up

        await eventually_async(linked, "the hub reaches the exchange")
        relay, url = await stack.enter_async_context(relaying(leader, opened))
        headers = {"Authorization": f"Bearer {token}"}
        desk = httpx.AsyncClient(base_url=url, headers=headers, timeout=WITHIN)
        yield Two(opened, pbx, leader, relay, url, await stack.enter_async_context(desk))


@asynccontextmanager
async def _lonely(leader: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a relay whose leader is no hub."""
    async with relaying(leader) as (_, url), httpx.AsyncClient(base_url=url, timeout=WITHIN) as http:
        yield http


def _told(answer: httpx.Response, status: int = 503) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return Problem.model_validate_json(answer.content).detail


async def test_a_desk_at_a_relay_works_as_at_the_hub_that_leads(two: Two) -> None:
    cursor = (await two.desk.get("/v1/snapshot")).json()["cursor"]
    async with events(two.desk, cursor) as stream:
        answer = await two.desk.put("/v1/presence", json={"presence": "ready"})
        assert answer.json()["presence"] == "ready"
        contact = two.pbx.caller_joins("support", NOAH)
        offered = json.loads((await next_of(stream, "offered")).data)
    assert offered["offer"]["contact"] == contact
    refused = await two.desk.put("/v1/presence", json={"presence": "asleep"})
    assert "presence" in _told(refused, 422)


async def test_events_missed_at_one_hub_are_replayed_at_another(two: Two) -> None:
    async with events(two.desk) as stream:
        cursor = (await anext(stream)).id
    two.hub.bus.publish("yael", _LARGE)
    async with (
        relaying(two.leader, two.hub) as (_, url),
        httpx.AsyncClient(base_url=url, headers=two.desk.headers) as desk,
        events(desk, cursor) as stream,
    ):
        replayed = await next_of(stream, "pbx_link")
    assert json.loads(replayed.data)["words"] == _LARGE.words


async def test_a_desk_that_leaves_the_relay_leaves_the_hub_that_leads(two: Two) -> None:
    async def none() -> bool:
        return two.hub.bus.streams == 0

    async with events(two.desk):
        assert two.hub.bus.listens("yael")
    await eventually_async(none, "the stream has ended at the hub that leads, too")


async def test_a_token_that_is_revoked_ends_its_stream_at_the_relay(two: Two) -> None:
    async with events(two.desk) as stream:
        await anext(stream)
        two.hub.bus.keep_only(())
        async with asyncio.timeout(WITHIN):
            assert [event.event async for event in stream if event.event == "resync"] == []
    assert two.hub.bus.streams == 0


async def test_a_desk_that_reads_nothing_is_cut_off_by_the_relay(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none() -> bool:
        return two.hub.bus.streams == 0

    monkeypatch.setattr(hub.unread, "LONGEST", 0.05)
    token = two.desk.headers["Authorization"].split()[1]
    port = httpx.URL(two.url).port or 0
    with SleepyDesk(port, token, two.hub.bus.cursor("yael")):

        async def listens() -> bool:
            return two.hub.bus.listens("yael")

        await eventually_async(listens, "the desk listens")
        async with asyncio.timeout(WITHIN):
            while two.hub.bus.streams:
                two.hub.bus.publish("yael", _LARGE)
                await asyncio.sleep(0)
        await eventually_async(none, "the desk is cut off")


async def test_tries_are_limited_by_the_address_of_who_asks_the_relay(two: Two) -> None:
    async def tried(address: str) -> int:
        asked = {"code": "00" * 3, "secret": "00" * 16}
        headers = {"X-Forwarded-For": address, CLIENT: "203.0.113.99"}
        async with httpx.AsyncClient(base_url=two.url, headers=headers) as http:
            return (await http.post("/v1/enrolment", json=asked)).status_code

    assert [await tried("203.0.113.1") for _ in range(11)] == [403] * 10 + [429]
    assert await tried("203.0.113.2") == 403


async def test_nobody_but_a_hub_says_for_whom_it_asks(two: Two) -> None:
    asked = {"code": "00" * 3, "secret": "00" * 16}
    async with httpx.AsyncClient(base_url=two.leader) as http:
        for number in range(10):
            named = {CLIENT: f"203.0.113.{number}"}
            assert (await http.post("/v1/enrolment", json=asked, headers=named)).status_code == 403
        assert (await http.post("/v1/enrolment", json=asked)).status_code == 429
        forged = await http.get("/v1/me", headers={**two.desk.headers, RELAY: "x" * 43})
        assert "does not know" in _told(forged)


async def test_a_request_keeps_its_id(two: Two) -> None:
    answer = await two.desk.get("/v1/me", headers={"X-Request-ID": "asked-by-a-desk"})
    assert answer.headers.get_list("X-Request-ID") == ["asked-by-a-desk"]
    assert len(answer.headers.get_list("Date")) == 1


async def test_a_relay_never_relays_to_a_relay(two: Two) -> None:
    async with relaying(two.url) as (_, url), httpx.AsyncClient(base_url=url) as http:
        assert _told(await http.get("/v1/me", headers=two.desk.headers)) == CHANGING


async def test_a_relay_lives_by_itself_and_is_ready_when_the_hub_that_leads_is(two: Two) -> None:
    async def ready() -> bool:
        return bool((await two.desk.get("/health/ready")).json()["exchange"])

    await eventually_async(ready, "the hub that leads is ready")
    two.relay.follow(Lead("", database=False))
    assert (await two.desk.get("/health/live")).json() == {"live": True}
    answer = await two.desk.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": False, "exchange": False, "words": CHANGING}
    assert _told(await two.desk.get("/v1/me")) == CHANGING


async def test_a_stream_ends_when_another_hub_leads_and_goes_on_there(two: Two) -> None:
    async with events(two.desk) as stream:
        first = await anext(stream)
        two.relay.follow(Lead("http://127.0.0.1:1"))
        async with asyncio.timeout(WITHIN):
            async for _ in stream:
                pass
    two.relay.follow(Lead(two.leader))
    two.hub.bus.publish("yael", _LARGE)
    async with events(two.desk, first.id) as stream:
        assert json.loads((await next_of(stream, "pbx_link")).data)["words"] == _LARGE.words


@pytest.mark.parametrize("address", ["http://hub.example.com:8750", "ftp://127.0.0.1", "https://a@b:1"])
async def test_no_token_is_sent_in_the_clear_to_another_machine(address: str) -> None:
    async with _lonely(address) as http:
        assert "tell your administrator" in _told(await http.get("/v1/me"))


async def test_what_is_of_one_connection_ends_there() -> None:
    heard: list[bytes] = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        heard.append(request.lower())
        writer.write(
            b"HTTP/1.1 200 OK\r\nConnection: close, X-Mine\r\nKeep-Alive: timeout=9\r\nX-Mine: 1\r\n"
            b"Transfer-Encoding: chunked\r\nX-Yours: 2\r\n\r\n4\r\nyes!\r\n0\r\n\r\n"
        )

    async with leading(answer) as leader, _lonely(leader) as http:
        sent = {
            "Connection": "keep-alive, X-Mine",
            "X-Mine": "1",
            "TE": "trailers",
            "Upgrade": "h2c",
            "Proxy-Authorization": "Basic eDp5",
            "X-Forwarded-For": "203.0.113.5",
            "X-Yours": "2",
            "Idempotency-Key": "key-00000001",
        }
        got = await http.put("/v1/a%2Fb?c=%20d", content=b"body", headers=sent)
    assert (got.status_code, got.text, got.headers["x-yours"]) == (200, "yes!", "2")
    assert not {"x-mine", "keep-alive"} & set(got.headers)
    assert heard[0].startswith(b"put /v1/a%2fb?c=%20d http/1.1\r\n")
    assert heard[0].endswith(b"\r\n\r\nbody")
    assert b"\r\nx-yours: 2\r\n" in heard[0]
    assert b"\r\nidempotency-key: key-00000001\r\n" in heard[0]
    assert b"\r\nx-moked-client: 203.0.113.5\r\n" in heard[0]
    for gone in (
        b"x-mine",
        b"te:",
        b"upgrade",
        b"proxy-authorization",
        b"x-forwarded-for",
        b"connection: keep",
    ):
        assert gone not in heard[0]


def test_fields_that_a_connection_names_are_its_own() -> None:
    fields = [(b"Connection", b"close , X-One"), (b"connection", b"x-two"), (b"X-One", b""), (b"X-Two", b"")]
    assert end_to_end([*fields, (b"X-Three", b"3")], {b"x-four"}) == [(b"x-three", b"3")]


async def _nothing(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _half(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()


async def _rubbish(_request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.com ESMTP\r\n\r\n")


@pytest.mark.parametrize("answer", [_nothing, _half, _rubbish])
async def test_an_answer_that_breaks_is_told_whole_as_one_to_try_again(answer: Any) -> None:
    async with leading(answer) as leader, _lonely(leader) as http:
        assert _told(await http.post("/v1/callbacks", json={})) == _AWAY


async def test_a_hub_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.relay, "_WITHIN", 0.05)

    async def hang(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(WITHIN)

    async with leading(hang) as leader, _lonely(leader) as http:
        assert _told(await http.get("/v1/me")) == _AWAY


async def test_what_waits_for_a_hub_that_hangs_is_told_when_another_one_leads() -> None:
    asked = asyncio.Event()

    async def hang(_request: bytes, _writer: asyncio.StreamWriter) -> None:
        asked.set()
        await asyncio.sleep(WITHIN)

    async with (
        leading(hang) as leader,
        relaying(leader) as (relay, url),
        httpx.AsyncClient(base_url=url, timeout=WITHIN) as http,
    ):
        waiting = asyncio.create_task(http.get("/v1/me"))
        await asked.wait()
        relay.follow(Lead("http://127.0.0.1:1"))
        assert _told(await waiting) == CHANGING


async def test_bodies_have_bounds_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub.relay, "_LARGEST_ANSWER", 10)
    asked = 0

    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n" + b"x" * 11)

    async with leading(answer) as leader, _lonely(leader) as http:
        assert "too large" in _told(await http.post("/v1/callbacks", content=b"x" * 300_000), 413)
        assert asked == 0
        assert "too much" in _told(await http.get("/v1/me"), 502)


async def test_a_stream_that_breaks_ends_in_order() -> None:
    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        writer.write(head + b"7\r\n: here\n\r\n")
        await writer.drain()
        writer.transport.abort()

    async with (
        leading(answer) as leader,
        _lonely(leader) as http,
        http.stream("GET", "/v1/events") as stream,
    ):
        assert await stream.aread() in {b": here\n", b""}
