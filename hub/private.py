"""The private hub: one user's own, on a Unix socket, beside a desk that has no centre's hub.

Who may speak to it is settled twice. The kernel names the user at the other end of each connection, and only
this user is served. A token, handed over on stdin by the desk that starts the hub, keeps out what merely
relays (a browser, a forwarded socket). A later desk of the same user finds the token in ``SOCKET.token``,
mode 0600 in the socket's 0700 directory: no weaker than the socket itself, which nobody else can reach. It
goes when the hub ends.

It ends by itself some time after the last desk has gone, so that a crashed desk finds its hub again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import platformdirs

from centre.model import Agent, Centre
from centre.secrets import (
    AMI_SECRET,
    CRM_SECRET,
    ROUTING_SECRET,
    WHATSAPP_APP_SECRET,
    WHATSAPP_TOKEN,
    WHATSAPP_VERIFY_TOKEN,
)
from centre.toml_file import SettingsError
from edge.runtime import Lock, peer_is_us, private_directory
from hub.db.customers import CustomerStore
from hub.db.engine import sqlite_url
from hub.exchange import connect
from hub.seed import seed
from hub.server import HubServer
from hub.service.hub import open_hub, utc_now
from hub.settings import (
    DATABASE_PASSWORD,
    SQLITE,
    AmiSettings,
    HubSection,
    Settings,
    load,
)
from hub.unread import CutWhenUnread

_CENTRES_SECRETS = (
    *(AMI_SECRET, CRM_SECRET, DATABASE_PASSWORD, ROUTING_SECRET),
    *(WHATSAPP_TOKEN, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN),
)
_TOKEN_WITHIN = 10.0
_FIRST_WITHIN = 30.0
"""Seconds that the desk which started the hub gets to connect."""
_SHORTEST_TOKEN = 32
_LONGEST_TOKEN = 512
_BACKLOG = 16


async def serve_private(path: Path, settings_file: Path | None, agent: str, linger: float) -> None:
    """Serve this user on the socket ``path``; the token is the first line of stdin.

    Says ``ready`` on stdout once requests are accepted; ends ``linger`` seconds after the last connection.
    Raises ``AlreadyRunningError``, ``NotPrivateError``, ``SettingsError``, ``OSError``.
    """
    private_directory(path.parent)
    with Lock(path.with_name(path.name + ".lock")):
        settings = private_settings(settings_file)
        who = _agent(settings, agent)
        token = _token_from_stdin()
        hub = await open_hub(settings, connect(settings.pbx))
        await seed(CustomerStore(hub.engine), settings.crm, settings.centre.country)
        await hub.access.devices.store.forget(await hub.access.devices.store.live())
        await hub.access.devices.store.admit(who, token, utc_now())
        connections = Connections(linger)
        server = HubServer(hub, protocol=only_this_user(connections))
        connections.when_gone = server.stop
        with _unix_listener(path) as listener, _token_file(path, token):
            await server.run(listener, lambda: _ready(connections))


def private_settings(path: Path | None) -> Settings:
    """The settings in ``path``, or a softphone's: no queue, one agent, a database among the user's data.

    Raises ``SettingsError`` for what belongs to a centre's hub.
    """
    for secret in _CENTRES_SECRETS:
        if os.environ.get(secret):
            raise SettingsError(f"{secret} is set: a private hub takes no secret of a centre")
    if path is None:
        directory = private_directory(Path(platformdirs.user_data_dir("moked")))
        return Settings(
            hub=HubSection(database=sqlite_url(directory / "private-hub.db").render_as_string()),
            centre=Centre(agents=(Agent(id="me", name="Me", extension="me"),)),
        )
    settings = load(path)
    if isinstance(settings.pbx, AmiSettings):
        raise SettingsError(f"{path}: pbx.kind 'ami' is for a centre's hub; a private one takes lab or none")
    if settings.sip is not None:
        raise SettingsError(f"{path}: sip is for a centre's hub; a private one enrols no devices")
    if settings.hub.database_url.drivername != SQLITE:
        raise SettingsError(f"{path}: hub.database: a private hub keeps its own SQLite file")
    return settings


def _agent(settings: Settings, agent: str) -> str:
    known = [one.id for one in settings.centre.agents]
    chosen = agent or next(iter(known), "")
    if chosen not in known:
        raise SettingsError(f"there is no agent {chosen!r}; the centre has: {', '.join(known)}")
    return chosen


def _token_from_stdin() -> str:
    """The line the desk writes. Blocks, at most as long as a desk could need."""
    readable, _, _ = select.select([sys.stdin], [], [], _TOKEN_WITHIN)
    token = sys.stdin.readline(_LONGEST_TOKEN).strip() if readable else ""
    if len(token) < _SHORTEST_TOKEN:
        raise SettingsError("the first line of stdin must be the token for the desk")
    return token


class Connections:
    """Counts connections, and calls ``when_gone`` ``linger`` seconds after the last one has ended."""

    def __init__(self, linger: float) -> None:
        self._linger = linger
        self._here = 0
        self._timer: asyncio.TimerHandle | None = None
        self.when_gone = _nothing

    def came(self) -> None:
        """One more."""
        self._here += 1
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def went(self) -> None:
        """One fewer."""
        self._here -= 1
        if self._here == 0:
            self._wait(self._linger)

    def expect_first(self) -> None:
        """The desk that started the hub is on its way."""
        if self._here == 0:
            self._wait(max(self._linger, _FIRST_WITHIN))

    def _wait(self, seconds: float) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, self.when_gone)


def _nothing() -> None:
    return None


def only_this_user(connections: Connections) -> type[CutWhenUnread]:
    """The hub's HTTP behind a look at who is at the other end; ``connections`` counts those let in."""

    class OnlyThisUser(CutWhenUnread):
        """HTTP for this user alone: others are cut off before a byte is read."""

        counted = False

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            # uvicorn narrows the base class the same way
            super().connection_made(transport)
            if peer_is_us(cast(socket.socket, transport.get_extra_info("socket"))):
                self.counted = True
                connections.came()
            else:
                transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            super().connection_lost(exc)
            if self.counted:
                connections.went()

    return OnlyThisUser


@contextlib.contextmanager
def _unix_listener(path: Path) -> Iterator[socket.socket]:
    """A listening socket of mode 0600. One left by a hub that died is removed: the lock says it is dead."""
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(path))
    finally:
        os.umask(before)
    with listener:
        listener.listen(_BACKLOG)
        try:
            yield listener
        finally:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _token_file(path: Path, token: str) -> Iterator[None]:
    file = path.with_name(path.name + ".token")
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(token)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _ready(connections: Connections) -> None:
    connections.expect_first()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
