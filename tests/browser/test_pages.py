"""Pages in this process, and the hub as a door that opens: what browsers are given, and when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from agent_tui.config import HubSection
from edge.tries import MOST
from hub.contract import Me, Presence
from serve import app
from serve.app import Pages
from serve.desk_process import environment_of
from serve.door import Door, Guest, HubAway
from serve.gate import Gate
from serve.sessions import Sessions
from serve.settings import ServeSection, Settings
from tests.browser.world import WITHIN

ME = Me(agent="yael", name="Yael", extension="1001", presence=Presence.AWAY, queues=())
HUB = HubSection(url="http://127.0.0.1:1")


class Opened:
    """A browser at the pages of one server. ``now`` is its clock, ``seen_out`` is set when a device ended."""

    def __init__(self, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        self.seen_out = asyncio.Event()

        async def let_in(_door: Door, _agent: str, _secret: str, _address: str) -> Guest:
            return Guest(ME, "token")

        async def knows(_door: Door, _token: str) -> bool:
            return True

        async def see_out(_door: Door, _token: str) -> None:
            self.seen_out.set()

        for name, does in (("let_in", let_in), ("knows", knows), ("see_out", see_out)):
            monkeypatch.setattr(Door, name, does)
        door, self.port = Door(HUB), unused_port()
        sessions = Sessions(ServeSection(), door, lambda: self.now)
        self.gate = Gate(f"{scheme}://127.0.0.1:{self.port}", sessions)
        self.pages = Pages(Settings(hub=HUB), self.gate, door)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[TestClient[web.Request, web.Application]]:
        async with TestClient(TestServer(self.pages.app(), port=self.port)) as browser:
            yield browser

    async def sign_in(self, browser: TestClient[web.Request, web.Application]) -> ClientResponse:
        return await browser.post(
            "/sign-in",
            data={"agent": "yael", "secret": "correct horse battery"},
            headers={"Origin": self.gate.origin},
            allow_redirects=False,
        )


@pytest.mark.parametrize(
    ("scheme", "name", "by_tls"), [("https", "__Host-moked", True), ("http", "moked", False)]
)
async def test_by_tls_a_browser_sends_the_cookie_to_nobody_else(
    monkeypatch: pytest.MonkeyPatch, scheme: str, name: str, by_tls: bool
) -> None:
    opened = Opened(scheme, monkeypatch)
    async with opened.browser() as browser, await opened.sign_in(browser) as answer:
        told = answer.headers["Set-Cookie"]
    assert told.startswith(f"{name}=")
    assert ("Secure" in [part.strip() for part in told.split(";")]) is by_tls


async def test_who_is_let_in_may_come_as_often_as_they_like(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Opened("http", monkeypatch)
    async with opened.browser() as browser:
        for _ in range(MOST + 1):
            async with await opened.sign_in(browser) as answer:
                assert answer.status == 303


async def test_a_session_that_nobody_uses_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_SWEEP", 0.01)
    opened = Opened("http", monkeypatch)
    async with opened.browser() as browser:
        async with await opened.sign_in(browser):
            pass
        assert not opened.seen_out.is_set()
        opened.now = 15 * 60.0
        async with asyncio.timeout(WITHIN):
            await opened.seen_out.wait()


def test_a_desk_sees_no_more_of_the_servers_surroundings_than_it_needs(tmp_path: Path) -> None:
    seen = environment_of(
        tmp_path, 80, 24, {"PATH": "/bin", "ADMIN": "secret", "HOME": "/root", "LD_PRELOAD": "x"}
    )
    assert seen["PATH"] == "/bin"
    assert seen["HOME"] == str(tmp_path)
    assert not {"ADMIN", "LD_PRELOAD"} & seen.keys()


@asynccontextmanager
async def elsewhere(asked: list[str]) -> AsyncIterator[str]:
    """The address of a server that is not the hub, and is to be asked nothing."""

    async def hear(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.json_response({})

    other = web.Application()
    other.router.add_route("*", "/{anything:.*}", hear)
    async with TestServer(other) as server:
        yield f"http://127.0.0.1:{server.port}"


async def test_a_password_goes_nowhere_that_an_answer_points_to() -> None:
    asked: list[str] = []
    async with elsewhere(asked) as other:

        async def points_away(_request: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect(f"{other}/v1/enrolment/password")

        hub = web.Application()
        hub.router.add_post("/v1/enrolment/password", points_away)
        async with TestServer(hub) as server:
            door = Door(HubSection(url=f"http://127.0.0.1:{server.port}"))
            with pytest.raises(HubAway):
                await door.let_in("yael", "correct horse battery", "192.0.2.1")
    assert asked == []


async def test_a_token_goes_by_no_proxy_of_the_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    async with elsewhere(asked) as other:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        with pytest.raises(HubAway):
            await Door(HubSection(url=f"http://127.0.0.1:{unused_port()}")).knows("token")
    assert asked == []
