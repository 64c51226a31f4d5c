"""One hub leads on a Postgres: who holds the lock is the one writer, the others ask it for their desks.

The lock (``pg_try_advisory_lock``) belongs to a connection of its own, so the server itself lets go of it
as soon as that connection is gone: at once when the hub's process dies, in seconds when its machine does.
All that concerns the lock is written on that same connection: a hub that lost it can no longer say that it
leads. By NOTIFY the others learn at once that something changed; they look for themselves every second.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy import NullPool, delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.engine import ANSWER_SECONDS, engine_on
from hub.db.news import listen
from hub.db.tables import leader, relays

log = structlog.get_logger(__name__)

_LOCK = text("SELECT pg_try_advisory_lock(6653302)")
"""The number is moked's own; the lock is of one database."""
_UNLOCK = text("SELECT pg_advisory_unlock(6653302)")
_CHANNEL = "moked_hubs"
_TELL = text(f"SELECT pg_notify('{_CHANNEL}', '')")
_HELD = text("SELECT 1")
_PACE = 1.0
"""Seconds between two looks."""
_REFUSALS = 3
"""In a row, before it is another hub's: a server that hung may take our own last connection for alive."""
_KEEPALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}
"""By these the server finds a machine that is gone, in 11 seconds in place of two hours."""


class OwnedElsewhere(Exception):
    """Another hub leads on this database now."""

    def __init__(self) -> None:
        super().__init__("another hub leads on this database now; start this one again to relay to it")


@dataclass(frozen=True, slots=True)
class Lead:
    """Where the hub that leads is asked, empty while nobody has said; ``database``: whether that was found
    out just now.
    """

    address: str = ""
    database: bool = True


class Owner:
    """The hold of one hub on its database. SQLite is for a single hub, and held from the start."""

    def __init__(self, url: URL) -> None:
        self._engine = _engine(url) if url.get_backend_name() == "postgresql" else None
        self._connection: AsyncConnection | None = None
        """That has the lock."""
        self._listening: AsyncConnection | None = None
        self._news = asyncio.Event()
        self._told = False

    async def take(self) -> bool:
        """Whether this hub may lead at once. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        return self._engine is None or await self._locked(self._engine)

    async def follow(self, token_digest: str, told: Callable[[Lead], None]) -> None:
        """Return as soon as this hub may lead; until then ``told`` learns again and again which one does.

        ``token_digest`` is made known to the one that leads.
        """
        lead = Lead()
        while self._engine is not None:
            try:
                connection = await self._connected(self._engine)
                if await connection.scalar(_LOCK):
                    self._connection, self._listening = connection, None
                    return
                lead = Lead(await _look(connection, token_digest))
            except SQLAlchemyError as error:
                log.warning("the database cannot be asked for its lock", error=type(error).__name__)
                lead = Lead(lead.address, database=False)
                await self._stop_listening()
            told(lead)
            await self._news_or_pause()

    async def keep(self, address: str) -> None:
        """Hold on for as long as the task lives, and have the others ask at ``address``. Raises
        ``OwnedElsewhere``.

        A database that is away has no other owner either: the lock is taken again when it is back, and only
        if another hub was faster this one has to go.
        """
        refused = 0
        if self._engine is None:
            await asyncio.get_running_loop().create_future()
            return
        while True:
            try:
                held = await self._holds() or await self._locked(self._engine)
                refused = 0 if held else refused + 1
                if refused == _REFUSALS:
                    raise OwnedElsewhere
                await self._tell(address)
            except SQLAlchemyError as error:
                log.warning("the database cannot be asked for its lock", error=type(error).__name__)
            await asyncio.sleep(_PACE)

    async def let_go(self) -> None:
        """Let the next hub lead, at once."""
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                await self._connection.execute(_UNLOCK)
                await self._connection.execute(_TELL)
        await self._hang_up()
        await self._stop_listening()
        if self._engine is not None:
            await self._engine.dispose()

    async def _locked(self, engine: AsyncEngine) -> bool:
        """Whether the lock was free and is ours now."""
        connection = await engine.connect()
        try:
            locked = bool(await connection.scalar(_LOCK))
        except BaseException:  # cancelled as well: a connection that may hold the lock must not live on
            await connection.invalidate()
            raise
        if locked:
            self._connection = connection
        else:
            await connection.close()
        return locked

    async def _holds(self) -> bool:
        """Whether the connection that holds the lock still stands."""
        if self._connection is None:
            return False
        try:
            await self._connection.execute(_HELD)
        except SQLAlchemyError:
            await self._hang_up()
            return False
        return True

    async def _tell(self, address: str) -> None:
        """Say once on each connection that has the lock who leads; all others say anew who they are."""
        if self._connection is None or self._told:
            return
        for change in (delete(relays), delete(leader), insert(leader).values(address=address), _TELL):
            await self._connection.execute(change)
        self._told = True
        if not address:
            log.warning("other hubs on this database cannot ask this one: [hub] address is not set")

    async def _connected(self, engine: AsyncEngine) -> AsyncConnection:
        if self._listening is None:
            connection = await engine.connect()
            try:
                await listen(connection, _CHANNEL, self._news.set)
            except BaseException:  # cancelled as well: one that half listens is of no use
                await connection.invalidate()
                raise
            self._listening = connection
        return self._listening

    async def _news_or_pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PACE):
                await self._news.wait()
        self._news.clear()

    async def _hang_up(self) -> None:
        connection, self._connection, self._told = self._connection, None, False
        if connection is not None:
            await connection.invalidate()

    async def _stop_listening(self) -> None:
        connection, self._listening = self._listening, None
        if connection is not None:
            await connection.invalidate()


async def _look(connection: AsyncConnection, token_digest: str) -> str:
    """Where the hub that leads is asked. It knows us by ``token_digest`` from now on."""
    ours = postgresql.insert(relays).values(token_digest=token_digest).on_conflict_do_nothing()
    try:
        await connection.execute(ours)
        return await connection.scalar(select(leader.c.address)) or ""
    except ProgrammingError:
        return ""  # an older version's hub leads, and the tables are not there yet


def _engine(url: URL) -> AsyncEngine:
    limits = {"command_timeout": ANSWER_SECONDS, "server_settings": _KEEPALIVE}
    return engine_on(url, limits, poolclass=NullPool, isolation_level="AUTOCOMMIT")
