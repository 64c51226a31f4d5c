"""Hubs as processes of their own, and what comes down their event streams."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse
from sqlalchemy.engine import URL

from hub.server import HubServer
from hub.service.hub import Hub
from hub.unread import CutWhenUnread

WITHIN = 30.0
TOKEN = "0123456789abcdef0123456789abcdef"

SETTINGS = """
centre = "centre.toml"

[hub]
port = 0
{hub}
scripts = "scripts"

[crm]
customers = "customers.csv"

[pbx]
{pbx}
"""

CENTRE = """
[[queues]]
name = "support"
titles = { en = "Support", he = "תמיכה" }

[[agents]]
id = "yael"
name = "Yael"
extension = "1001"
queues = ["support"]

[[agents]]
id = "daniel"
name = "Daniel"
extension = "1002"
"""


EXCHANGE = """
[exchange]
certificate = "/etc/asterisk/server.pem"
certificate_key = "/etc/asterisk/server.key"

[exchange.phones]
accounts = "/var/lib/moked-accounts/accounts.db"
domain = "pbx.example.com:5061"
"""
SIP = """
[sip]
accounts = "sqlite+aiosqlite:///accounts.db"
"""


def with_accounts(config: Path) -> Path:
    """Let the hub of ``config`` write accounts for an exchange; the file is ``accounts.db`` beside it."""
    centre = config.with_name("centre.toml")
    dialled = CENTRE.replace('name = "support"', 'name = "support"\nnumber = "700"')
    spoken = dialled.replace('extension = "1001"', 'extension = "1001"\nmedia_encryption = "dtls"')
    centre.write_text(spoken + EXCHANGE)
    config.write_text(config.read_text() + SIP)
    return config


def write_settings(
    directory: Path, pbx: str = 'kind = "none"', *, hub: str = "", database: URL | None = None
) -> Path:
    """A small centre, the settings file of its hub, its customers and an empty script directory.

    ``hub`` are further lines of ``[hub]``.
    """
    (directory / "scripts").mkdir(exist_ok=True)
    columns = "customer,name,language,numbers,segment,city\n"
    (directory / "customers.csv").write_text(columns + "C-1,Ann,en,+12125550101,gold,Haifa\n")
    (directory / "centre.toml").write_text(CENTRE)
    path = directory / "hub.toml"
    if database:
        hub += f'\ndatabase = "{database.render_as_string()}"'
    path.write_text(SETTINGS.format(pbx=pbx, hub=hub))
    return path


class HubProcess:
    """``python -m hub …`` with its output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, *args: str | Path, feed: str = "", env: dict[str, str] | None = None) -> HubProcess:
        """Start it; ``feed`` is written to its stdin, which stays open."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "hub", *map(str, args)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **(env or {})},
        )
        assert process.stdin is not None
        process.stdin.write(feed.encode())
        await process.stdin.drain()
        return cls(process)

    async def line(self) -> str:
        """The next line of stdout; "" at its end."""
        assert self.process.stdout is not None
        async with asyncio.timeout(WITHIN):
            return (await self.process.stdout.readline()).decode().strip()

    async def ended(self) -> tuple[int, str]:
        """Exit status and stderr, once it has ended by itself."""
        assert self.process.stderr is not None
        async with asyncio.timeout(WITHIN):
            words = (await self.process.stderr.read()).decode()
            return await self.process.wait(), words

    async def stop(self) -> tuple[int, str]:
        """End it by SIGTERM, if it is still there."""
        if self.process.returncode is None:
            self.process.terminate()
        return await self.ended()


@asynccontextmanager
async def served(
    hub: Hub,
    listener: socket.socket,
    protocol: type[CutWhenUnread] = CutWhenUnread,
    *,
    metrics_token: str = "",
) -> AsyncIterator[HubServer]:
    """``hub`` in this process, whole and running, behind ``listener``."""
    server = HubServer(hub, protocol=protocol, metrics_token=metrics_token)
    ready = asyncio.Event()
    running = asyncio.create_task(server.run(listener, ready.set))
    try:
        async with asyncio.timeout(WITHIN):
            await ready.wait()
        yield server
    finally:
        server.stop()
        await running


async def run_hub(
    *args: str | Path, feed: str = "", env: dict[str, str] | None = None
) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of one command."""
    process = (await HubProcess.start(*args, env=env)).process
    async with asyncio.timeout(WITHIN):
        out, err = await process.communicate(feed.encode())
    return process.returncode or 0, out.decode(), err.decode()


@asynccontextmanager
async def events(
    http: httpx.AsyncClient, cursor: str | None = None
) -> AsyncIterator[AsyncIterator[ServerSentEvent]]:
    """The agent's event stream after ``cursor``."""
    headers = {"Last-Event-ID": cursor} if cursor else {}
    async with aconnect_sse(http, "GET", "/v1/events", headers=headers, timeout=WITHIN) as source:
        source.response.raise_for_status()
        yield source.aiter_sse()


async def next_of(stream: AsyncIterator[ServerSentEvent], kind: str) -> ServerSentEvent:
    """The next event of ``kind``; others are passed over."""
    async with asyncio.timeout(WITHIN):
        async for event in stream:
            if event.event == kind:
                return event
    raise AssertionError(f"the stream ended before {kind}")
