"""The event stream over a real server: replay, resync, figures, and the end of the hub."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from httpx_sse import ServerSentEvent
from sqlalchemy.engine import URL

from hub.private import Connections, only_this_user
from hub.service.hub import Hub, open_hub
from tests.hub.centre import NOAH, sample_settings
from tests.hub.served import events, next_of, served
from tests.hub.tokens import token_of
from tests.stubs.pbx import FakePbx


@asynccontextmanager
async def _desk(database: URL, pbx: FakePbx) -> AsyncIterator[tuple[Hub, httpx.AsyncClient]]:
    """A whole hub behind a port of this machine, with a line to the exchange, and Yael's desk."""
    hub = await open_hub(sample_settings(database), pbx)
    start = hub.bus.cursor("yael")
    token = await token_of(hub, "yael")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        async with served(hub, listener), _client(f"http://127.0.0.1:{port}", token) as http:
            async with events(http, start) as stream:
                assert json.loads((await next_of(stream, "pbx_link")).data)["up"]
            yield hub, http


def _client(url: str, token: str, **how: object) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=20, **how)  # type: ignore[arg-type]


async def test_a_call_comes_down_the_stream_with_its_figures(database: URL) -> None:
    pbx = FakePbx()
    async with _desk(database, pbx) as (_hub, http):
        cursor = (await http.get("/v1/snapshot")).json()["cursor"]
        async with events(http, cursor) as stream:
            await http.put("/v1/presence", json={"presence": "ready"})
            contact = pbx.caller_joins("support", NOAH)
            offered = json.loads((await next_of(stream, "offered")).data)
            pbx.agent_answers("1001")
            await next_of(stream, "connected")
            figures = await next_of(stream, "queues")
            while json.loads(figures.data)["queues"][0]["today"]["answered"] == 0:
                figures = await next_of(stream, "queues")
    assert offered["offer"]["contact"] == contact
    assert json.loads(figures.data)["queues"][0]["title"] == "Support"


async def test_a_desk_that_comes_back_gets_what_it_missed_and_nothing_twice(database: URL) -> None:
    async with _desk(database, FakePbx()) as (_hub, http):
        async with events(http, (await http.get("/v1/snapshot")).json()["cursor"]) as stream:
            await http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
            seen = await next_of(stream, "me")
            while json.loads(seen.data)["me"]["reason"] != "Lunch":
                seen = await next_of(stream, "me")
        await http.put("/v1/presence", json={"presence": "offline", "reason": "Home"})
        cursor = (await http.get("/v1/snapshot")).json()["cursor"]
        ids = [seen.id]
        async with events(http, seen.id) as stream:
            while ids[-1] != cursor:
                ids.append((await next_of(stream, "me")).id)
    numbers = [int(one.rpartition("-")[2]) for one in ids]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) > 1


async def test_without_a_cursor_and_after_a_restart_a_desk_is_told_to_resync(database: URL) -> None:
    pbx = FakePbx()
    async with _desk(database, pbx) as (_hub, http):
        await http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
        cursor = (await http.get("/v1/snapshot")).json()["cursor"]
        async with events(http) as stream:
            assert (await anext(stream)).event == "resync"
    async with _desk(database, pbx) as (_hub, http):
        async with events(http, cursor) as stream:
            resync = await anext(stream)
        assert (resync.event, resync.id != cursor) == ("resync", True)
        assert (await http.get("/v1/me")).json()["reason"] == "Lunch"


async def test_each_stream_begins_with_the_whole_directory_also_after_a_gap(database: URL) -> None:
    async with _desk(database, FakePbx()) as (_hub, http):
        async with events(http, (await http.get("/v1/snapshot")).json()["cursor"]) as stream:
            first = json.loads((await next_of(stream, "directory")).data)
            await http.put("/v1/presence", json={"presence": "away", "reason": "Lunch"})
            change = json.loads((await next_of(stream, "directory")).data)
        async with events(http) as stream:
            again = json.loads((await next_of(stream, "directory")).data)
    assert (first["whole"], change["whole"], again["whole"]) == (True, False, True)
    assert [one["reason"] for one in change["colleagues"]] == ["Lunch"]
    assert [one["reason"] for one in again["colleagues"]] == ["Lunch", "", "", ""]


async def test_a_line_to_the_exchange_that_breaks_is_told_of_each_colleague_by_itself(database: URL) -> None:
    pbx = FakePbx()
    async with _desk(database, pbx) as (hub, http), events(http, hub.bus.cursor("yael")) as stream:
        await http.put("/v1/presence", json={"presence": "ready"})
        while "free" not in await _lines(stream):
            pass
        pbx.link_down()
        while await _lines(stream) != ["unknown"]:
            pass


async def _lines(stream: AsyncIterator[ServerSentEvent]) -> list[str]:
    """The lines of the next directory event."""
    told = json.loads((await next_of(stream, "directory")).data)
    return [one["line"] for one in told["colleagues"]]


async def test_streams_end_with_the_hub(database: URL) -> None:
    hub = await open_hub(sample_settings(database), FakePbx())
    token = await token_of(hub, "yael")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with served(hub, listener) as server, _client(url, token) as http, events(http) as stream:
            await anext(stream)
            server.stop()
            assert {event.event async for event in stream} <= {"directory", "me", "pbx_link", "queues"}


async def test_more_streams_than_any_use_explains_are_refused(database: URL) -> None:
    async with _desk(database, FakePbx()) as (hub, http):
        streams = [hub.bus.subscribe("yael", "en", None) for _ in range(8)]
        for stream in streams:
            await anext(stream)
        answer = await http.get("/v1/events")
        assert answer.status_code == 429
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_part_of_the_hub_that_fails_ends_the_serving(database: URL) -> None:
    class BrokenPbx(FakePbx):
        async def run(self) -> None:
            raise RuntimeError("a bug")

    hub = await open_hub(sample_settings(database), BrokenPbx())
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(ExceptionGroup, match="unhandled"):
        async with served(hub, listener):
            pass


async def test_somebody_else_at_the_socket_is_not_served(
    database: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = await open_hub(sample_settings(database), FakePbx())
    with socket.socket(socket.AF_UNIX) as listener:
        path = str(tmp_path / "s")
        listener.bind(path)
        listener.listen()
        uds = httpx.AsyncHTTPTransport(uds=path)
        async with served(hub, listener, only_this_user(Connections(60.0))):
            async with _client("http://hub", "", transport=uds) as http:
                assert (await http.get("/v1/health")).status_code == 200
            monkeypatch.setattr("hub.private.peer_is_us", lambda connection: False)
            other = httpx.AsyncHTTPTransport(uds=path)
            async with _client("http://hub", "", transport=other) as http:
                with pytest.raises(httpx.TransportError):
                    await http.get("/v1/health")
