"""The hub as browsers' server asks it: whatever it answers, a session that is over is over."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from agent_tui.config import HubSection
from hub.contract import Me, Presence
from serve.door import Door, Guest
from serve.sessions import Sessions
from serve.settings import ServeSection


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
