"""Lines on which nobody asks for anything: they end, and those of desks do not."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer, unused_port

from agent_tui.config import HubSection
from hub.contract import Me, Presence
from serve.app import Pages
from serve.door import Door, Guest
from serve.gate import Gate
from serve.patience import Patience
from serve.sessions import Sessions
from serve.settings import ServeSection, Settings
from tests.browser.world import WITHIN, write_settings
from tests.e2e.eventually import eventually_async
from tests.e2e.processes import moked_env


def connections(server: TestServer) -> list[web.RequestHandler]:
    assert server.runner is not None
    assert server.runner.server is not None
    return server.runner.server.connections


async def test_who_asks_for_nothing_is_not_waited_for_and_a_desk_is() -> None:
    patience = Patience()

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="page")

    async def desk(request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        patience.keep(request)
        async for message in line:
            await line.send_str(message.data)
        return line

    app = web.Application(middlewares=[patience.middleware()])
    app.add_routes([web.get("/", page), web.get("/socket", desk)])
    server = TestServer(app)
    async with TestClient(server) as browser, browser.ws_connect("/socket") as line:
        said_nothing = await asyncio.open_connection(server.host, server.port)
        half = await asyncio.open_connection(server.host, server.port)
        half[1].write(b"GET / HTTP/1.1\r\nHost: desk.exam")

        async def all_taken() -> bool:
            return len(connections(server)) == 3

        await eventually_async(all_taken, "the server has each line")
        async with browser.get("/") as answer:
            assert answer.status == 200
        patience.look(connections(server))
        async with browser.get("/") as answer:
            assert answer.status == 200
        patience.look(connections(server))
        async with asyncio.timeout(WITHIN):
            for reader, writer in (said_nothing, half):
                assert await _rest(reader) == b""
                writer.close()
        async with browser.get("/") as answer:
            assert await answer.text() == "page"
        await line.send_str("still there")
        assert await asyncio.wait_for(line.receive_str(), WITHIN) == "still there"


class NoDesk:
    """In the place of a desk's process."""

    def __init__(self, *_errand: object, **_line: object) -> None: ...

    async def start(self, _width: int, _height: int) -> None: ...

    async def stop(self) -> None: ...


async def test_an_open_desk_is_not_ended_for_saying_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def knows(_door: Door, _token: str) -> bool:
        return True

    async def see_out(_door: Door, _token: str) -> None: ...

    monkeypatch.setattr(Door, "knows", knows)
    monkeypatch.setattr(Door, "see_out", see_out)
    monkeypatch.setattr("serve.app.DeskProcess", NoDesk)
    hub = HubSection(url="http://127.0.0.1:1")
    port, door = unused_port(), Door(hub)
    gate = Gate(f"http://127.0.0.1:{port}", Sessions(ServeSection(), door, lambda: 0.0))
    pages = Pages(Settings(hub=hub), gate, door)
    me = Me(agent="yael", name="Yael", extension="1001", presence=Presence.AWAY, queues=())
    key = await gate.sessions.open(Guest(me, "token"))
    server = TestServer(pages.app(), port=port)
    asked = {"Origin": gate.origin, "Cookie": f"{gate.cookie}={key}"}
    async with TestClient(server) as browser, browser.ws_connect("/socket", headers=asked) as line:
        for _ in range(3):
            pages.patience.look(connections(server))
        await line.send_str('["ping", "still there"]')
        assert await asyncio.wait_for(line.receive_json(), WITHIN) == ["pong", "still there"]


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


_QUICK = """
import sys
from pathlib import Path
from serve import server
server.EVERY = 0.05
sys.exit(server.main(Path(sys.argv[1])))
"""


async def test_the_server_waits_for_nobody_who_says_nothing(tmp_path: Path) -> None:
    config = write_settings(tmp_path, "http://127.0.0.1:1")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _QUICK, str(config)),
        stdout=asyncio.subprocess.PIPE,
        env=moked_env(tmp_path, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WITHIN):
            port = (await process.stdout.readline()).decode().strip().rpartition(":")[2]
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await _rest(reader) == b""
            writer.close()
    finally:
        process.terminate()
        await process.wait()
