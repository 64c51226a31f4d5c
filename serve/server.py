"""Serves until it is told to stop: one listener, with TLS wherever it can be reached from other machines."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import sys
import time
from pathlib import Path

from aiohttp import web

from agent_tui.config import ConfigError
from edge.lifetime import stop_event
from edge.traces import WithoutWords, log_strays
from serve.app import Pages
from serve.door import Door
from serve.gate import Gate
from serve.patience import EVERY, Patience
from serve.sessions import Sessions
from serve.settings import ServeSection, Settings, load, origin

_GRACE = 3.0


def main(config: Path) -> int:
    """Run it; returns the process's exit status."""
    _log()
    try:
        settings = load(config)
        trust = _certificate(settings.serve)
        listener = _listener(settings.serve)
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    asyncio.run(_serve(settings, listener, trust))
    return 0


def _log() -> None:
    """To standard error, and of exceptions no words: aiohttp's quote what was sent, a password among it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(WithoutWords("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])


async def _serve(settings: Settings, listener: socket.socket, trust: ssl.SSLContext | None) -> None:
    stop = stop_event()
    log_strays(logging.getLogger(__name__))
    address = origin_of(settings.serve, listener.getsockname()[1])
    door = Door(settings.hub)
    gate = Gate(address, Sessions(settings.serve, door, time.monotonic), settings.serve.behind_proxy)
    pages = Pages(settings, gate, door)
    runner = web.AppRunner(pages.app(), access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    looking = asyncio.create_task(_look(runner, pages.patience))
    try:
        await web.SockSite(runner, listener, ssl_context=trust).start()
        sys.stdout.write(f"serving {address}\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        looking.cancel()
        await runner.cleanup()


async def _look(runner: web.AppRunner, patience: Patience) -> None:
    while True:
        await asyncio.sleep(EVERY)
        if runner.server is not None:
            patience.look(runner.server.connections)


def origin_of(where: ServeSection, port: int) -> str:
    """What browsers have in their address line."""
    if where.address:
        return where.address
    return origin("https" if where.certificate else "http", where.host, port)


def _certificate(where: ServeSection) -> ssl.SSLContext | None:
    if where.certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(where.certificate, where.certificate_key)
    return context


def _listener(where: ServeSection) -> socket.socket:
    family, kind, protocol, _name, address = socket.getaddrinfo(
        where.host, where.port, type=socket.SOCK_STREAM
    )[0]
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    return listener
