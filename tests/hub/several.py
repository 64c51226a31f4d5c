"""Several hubs of one centre as processes of their own, on one Postgres."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy.engine import URL

from hub.db.devices import DeviceStore, new_token
from hub.db.engine import open_database
from hub.service.hub import utc_now
from tests.e2e.eventually import eventually_async
from tests.hub.served import WITHIN, HubProcess

LEADS, RELAYS = "serving ", "relaying "


@dataclass(frozen=True)
class Served:
    """One hub and its URL."""

    process: HubProcess
    url: str

    async def leads(self) -> None:
        """It says that it leads now, where it relayed before."""
        assert await self.process.line() == f"{LEADS}{self.url}/v1"

    def kill(self) -> None:
        self.process.process.kill()


@dataclass(frozen=True)
class Hubs:
    """Starts hubs; all of them end with ``stack``."""

    stack: AsyncExitStack
    env: dict[str, str]

    async def start(self, config: Path, does: str) -> Served:
        """A hub that says that it ``does``."""
        hub = await HubProcess.start("serve", "--config", config, env=self.env)
        self.stack.push_async_callback(hub.stop)
        words = await hub.line()
        assert words.startswith(does), words or await hub.stop()
        return Served(hub, words.removeprefix(does).removesuffix(": another hub leads").removesuffix("/v1"))


async def token_in(database: URL, agent: str) -> str:
    """The token of a new device of ``agent``."""
    engine, token = await open_database(database), new_token()
    await DeviceStore(engine).admit(agent, token, utc_now())
    await engine.dispose()
    return token


def desk_at(url: str, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=WITHIN)


async def answered(http: httpx.AsyncClient, path: str = "/v1/snapshot") -> httpx.Response:
    """The first answer that is no problem; until then each problem may be tried again."""

    async def good() -> httpx.Response | None:
        answer = await http.get(path)
        assert answer.status_code in {200, 503}, answer.text
        return answer if answer.status_code == 200 else None

    return await eventually_async(good, "a hub leads")


class Door:
    """Stands before a hub; while ``holds``, the hub's answers do not come out."""

    def __init__(self) -> None:
        self.holds = False
        self.held = asyncio.Event()
        self.to = ""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Door:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner = httpx.URL(self.to)
        try:
            back, into = await asyncio.open_connection(inner.host, inner.port)
        except OSError:
            writer.close()
            return
        for task in (self._carry(reader, into, out=False), self._carry(back, writer, out=True)):
            running = asyncio.create_task(task)
            self._tasks.add(running)
            running.add_done_callback(self._tasks.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, out: bool) -> None:
        try:
            while piece := await reader.read(65536):
                if out and self.holds:
                    self.held.set()
                    continue
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
