"""The hub as browsers' server asks it: whatever it answers, a session that is over is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from agent_tui.config import HubSection
from edge.tries import MOST
from hub.contract import Me, Presence
from serve.app import Pages
from serve.door import Door, Guest
from serve.gate import Gate
from serve.sessions import Sessions
from serve.settings import ServeSection, Settings


class AnsweringHub:
    """A hub that answers each request to end a device with ``status``."""

    def __init__(self) -> None:
        self.status = 204
        self.asked = 0

    async def me(self, _request: web.Request) -> web.Response:
        return web.json_response({})

    async def end(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(status=self.status)


@pytest.fixture
def hub() -> AnsweringHub:
    return AnsweringHub()


@pytest.fixture
async def sessions(hub: AnsweringHub) -> AsyncIterator[Sessions]:
    app = web.Application()
    app.router.add_get("/v1/me", hub.me)
    app.router.add_delete("/v1/device", hub.end)
    async with TestServer(app) as server:
        door = Door(HubSection(url=f"http://127.0.0.1:{server.port}"))
        yield Sessions(ServeSection(), door, lambda: 0.0)


@pytest.mark.parametrize("status", [204, 401, 404, 429, 500, 503])
async def test_a_session_ends_whatever_the_hub_answers(
    sessions: Sessions, hub: AnsweringHub, status: int
) -> None:
    hub.status = status
    me = Me(agent="yael", name="Yael", extension="1001", presence=Presence.AWAY, queues=())
    key = await sessions.open(Guest(me, "token"))
    await sessions.close()
    assert sessions.of(key) is None
    assert hub.asked == 1


async def test_who_was_not_let_in_is_logged_by_address_and_without_what_was_typed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whoever watches the server sees that somebody tries. A password typed as a name stands in no log."""
    hub = HubSection(url=f"http://127.0.0.1:{unused_port()}")
    port, door = unused_port(), Door(hub)
    gate = Gate(f"http://127.0.0.1:{port}", Sessions(ServeSection(), door, lambda: 0.0))
    pages = Pages(Settings(hub=hub), gate, door)
    async with TestClient(TestServer(pages.app(), port=port)) as browser:
        for _ in range(MOST + 1):
            form = {"agent": "my-secret-word", "secret": "x" * 500}
            async with browser.post("/sign-in", data=form, headers={"Origin": gate.origin}) as answer:
                assert answer.status in (403, 429)
    told = [record.getMessage() for record in caplog.records if record.name == "serve.app"]
    assert told == ["not let in from 127.0.0.1: NotLetIn"] * MOST + [
        "not let in from 127.0.0.1: TooManyTries"
    ]
    assert "my-secret-word" not in caplog.text
