"""A hub with an exchange in memory, and ``moked serve`` as a process before it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy.engine import URL

from edge.tries import MOST
from hub.db.customers import CustomerStore
from hub.domain.passwords import hashed
from hub.seed import seed
from hub.service.hub import Hub, open_hub
from tests.e2e.processes import moked_env
from tests.hub.centre import sample_settings
from tests.hub.served import served
from tests.stubs.pbx import FakePbx

WITHIN: Final = 30.0
PASSWORD: Final = "correct horse battery"
_KEPT: Final = hashed(PASSWORD)
AGENTS: Final = ("yael", "tal")
"""Those who have the password: one works in English, one in Hebrew."""
TRIES: Final = MOST


@dataclass(frozen=True, slots=True)
class World:
    """``origin`` is what browsers come to; ``runtime`` the server's private directory."""

    hub: Hub
    pbx: FakePbx
    origin: str
    process: asyncio.subprocess.Process
    runtime: Path

    def browser(self) -> aiohttp.ClientSession:
        """A browser without a screen: it keeps cookies, and follows nothing by itself."""
        return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def sign_in(
        self, browser: aiohttp.ClientSession, agent: str = "yael", secret: str = PASSWORD, **headers: str
    ) -> aiohttp.ClientResponse:
        """Send the form as our own page does, unless ``headers`` say otherwise."""
        return await browser.post(
            f"{self.origin}/sign-in",
            data={"agent": agent, "secret": secret},
            headers={"Origin": self.origin, **headers},
            allow_redirects=False,
        )

    async def devices(self, agent: str = "yael") -> list[str]:
        """The names of the agent's devices at the hub."""
        return [device.name for device in await self.hub.access.devices.store.live(agent)]

    def desks(self) -> list[int]:
        """The processes of desks that this server started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(one) for one in children if b"serve.desk" in surroundings_of(int(one))]

    def homes(self) -> set[int]:
        """The modes of the desks' homes."""
        return {home.stat().st_mode & 0o777 for home in (self.runtime / "browser").iterdir()}

    def is_kept(self, secret: str) -> bool:
        """Whether a file of the server or of a desk holds it."""
        files = [file for file in self.runtime.rglob("*") if file.is_file()]
        return any(secret.encode() in file.read_bytes() for file in files)


async def raw(origin: str, request: bytes) -> bytes:
    """What the server answers to these bytes, ``%b`` in them being its name, until it ends the line."""
    name = origin.partition("://")[2]
    reader, writer = await asyncio.open_connection(*name.rsplit(":", 1))
    try:
        writer.write(request.replace(b"%b", name.encode()))
        async with asyncio.timeout(WITHIN):
            return await reader.read()
    finally:
        writer.close()


def surroundings_of(pid: int) -> bytes:
    """A process's environment and arguments; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def write_settings(directory: Path, hub_url: str, serve: str = "") -> Path:
    """A ``serve.toml`` on a free port."""
    path = directory / "serve.toml"
    path.write_text(f'[serve]\nport = 0\n{serve}\n[hub]\nurl = "{hub_url}"\n')
    return path


@asynccontextmanager
async def open_world(database: URL, home: Path, serve: str = "") -> AsyncIterator[World]:
    """All of it, for as long as the context lasts."""
    settings = sample_settings(database)
    pbx = FakePbx()
    hub = await open_hub(settings, pbx)
    await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
    for agent in AGENTS:
        await hub.access.passwords.store.keep(agent, _KEPT, hub.access.devices.now())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        hub_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with served(hub, listener), serving(write_settings(home, hub_url, serve), home) as started:
            process, origin = started
            yield World(hub, pbx, origin, process, Path(os.environ["MOKED_RUNTIME_DIR"]))


@asynccontextmanager
async def serving(
    config: Path, home: Path, stderr: int | None = None
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """``moked serve`` with these settings, and the address that it tells. Its log goes to ``stderr``."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "serve", "--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
        stderr=stderr,
        env=moked_env(home, PYTHONPATH=os.pathsep.join(sys.path)),
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(WITHIN):
            told = (await process.stdout.readline()).decode().split()
        assert told, "the server ended"
        yield process, told[1]
    finally:
        if process.returncode is None:
            process.terminate()
        async with asyncio.timeout(WITHIN):
            await process.wait()
