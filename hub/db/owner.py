"""One hub at a time on a Postgres: who holds the lock serves, the others stand by.

The lock (``pg_try_advisory_lock``) belongs to a connection of its own, so the server itself lets go of it
as soon as that connection is gone: at once when the hub's process dies, in seconds when its machine does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import NullPool, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hub.db.engine import ANSWER_SECONDS, engine_on

log = structlog.get_logger(__name__)

_LOCK = text("SELECT pg_try_advisory_lock(6653302)")
"""The number is moked's own; the lock is of one database."""
_HELD = text("SELECT 1")
_PACE = 1.0
"""Seconds between two looks."""
_REFUSALS = 3
"""In a row, before it is another hub's: a server that hung may take our own last connection for alive."""
_KEEPALIVE = {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3"}
"""By these the server finds a machine that is gone, in 11 seconds in place of two hours."""


class OwnedElsewhere(Exception):
    """Another hub serves this database now."""

    def __init__(self) -> None:
        super().__init__("another hub serves this database now; start this one again to stand by")


class Owner:
    """The hold of one hub on its database. SQLite is for a single hub, and held from the start."""

    def __init__(self, url: URL, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._engine = _engine(url) if url.get_backend_name() == "postgresql" else None
        self._connection: AsyncConnection | None = None

    async def take(self, stands_by: Callable[[], None]) -> None:
        """Wait until this hub may serve; ``stands_by`` is called once, when it has to wait.

        Raises ``sqlalchemy.exc.SQLAlchemyError`` when the database cannot be asked at first.
        """
        if self._engine is None or await self._locked(self._engine):
            return
        stands_by()
        while not await self._locked_soon(self._engine):
            await self._sleep(_PACE)

    async def keep(self) -> None:
        """Hold on for as long as the task lives. Raises ``OwnedElsewhere``.

        A database that is away has no other owner either: the lock is taken again when it is back, and only
        if another hub was faster this one has to go.
        """
        refused = 0
        if self._engine is None:
            await asyncio.get_running_loop().create_future()
            return
        while True:
            await self._sleep(_PACE)
            try:
                held = await self._holds() or await self._locked(self._engine)
                refused = 0 if held else refused + 1
                if refused == _REFUSALS:
                    raise OwnedElsewhere
            except SQLAlchemyError as error:
                log.warning("the database cannot be asked for its lock", error=type(error).__name__)

    async def let_go(self) -> None:
        """Let the next hub serve."""
        await self._hang_up()
        if self._engine is not None:
            await self._engine.dispose()

    async def _locked_soon(self, engine: AsyncEngine) -> bool:
        try:
            return await self._locked(engine)
        except SQLAlchemyError as error:
            log.warning("the database cannot be asked for its lock", error=type(error).__name__)
            return False

    async def _locked(self, engine: AsyncEngine) -> bool:
        """Whether the lock was free and is ours now."""
        connection = await engine.connect()
        try:
            locked = bool(await connection.scalar(_LOCK))
        except BaseException:
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

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.invalidate()


def _engine(url: URL) -> AsyncEngine:
    limits = {"command_timeout": ANSWER_SECONDS, "server_settings": _KEEPALIVE}
    return engine_on(url, limits, poolclass=NullPool, isolation_level="AUTOCOMMIT")
