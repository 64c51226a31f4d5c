"""One async engine for the hub's database, migrated to the newest schema before use.

The hub knows one family of errors, ``sqlalchemy.exc.SQLAlchemyError``. A server that is gone comes as
``OSError`` from asyncpg, which SQLAlchemy lets through: here it becomes an ``OperationalError``.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Dialect, NullPool, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_MILLISECONDS = 5000
_CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 5.0
"""The hub's statements take milliseconds: a server that needs longer is as good as gone. A migration may."""
_CONNECTIONS = 15
"""All are kept: what opens one for a moment and closes it again costs a file a thread each time."""
_SIGN_OF_LIFE_SECONDS = 2.0
_LEAST_ROOM = 1 << 20
"""Bytes that SQLite's disk must have free: the write-ahead log of some minutes."""
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATE_ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(6653301)"}
"""A hub and a command that start together: the second finds the work done. The number is moked's own."""


def sqlite_url(path: Path) -> URL:
    """The URL of an SQLite file."""
    return URL.create("sqlite+aiosqlite", database=str(path))


async def open_database(url: URL) -> AsyncEngine:
    """An engine on ``url`` with the newest schema. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
    await migrate(url)
    engine = engine_on(
        url,
        {"command_timeout": ANSWER_SECONDS},
        pool_pre_ping=url.get_backend_name() == "postgresql",  # a file does not hang up
        pool_timeout=_CONNECT_SECONDS,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,  # few are in use at once, and only those fill their caches
    )
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    return engine


async def migrate(url: URL, revision: str = "head") -> None:
    """Bring the schema to ``revision``, upwards or (``base``) downwards, in one transaction.

    Raises ``sqlalchemy.exc.SQLAlchemyError``; then all is as before.
    """
    if url.get_backend_name() == "sqlite":
        # blocking: the thread of an aiosqlite that cannot open its file may outlive the loop it reports to
        await asyncio.to_thread(_migrate_file, url.set(drivername="sqlite"), revision)
        return
    engine = engine_on(url, {}, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_migrate, revision)
    finally:
        await engine.dispose()


async def answers(engine: AsyncEngine) -> bool:
    """Whether the database answers a question within two seconds."""
    try:
        async with asyncio.timeout(_SIGN_OF_LIFE_SECONDS), engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, TimeoutError):
        return False
    return True


def has_room(engine: AsyncEngine) -> bool:
    """Whether SQLite's disk has room; how a server's disk stands, only the server knows."""
    if engine.dialect.name != "sqlite":
        return True
    try:
        return shutil.disk_usage(Path(engine.url.database or "").absolute().parent).free >= _LEAST_ROOM
    except OSError:
        return False


def engine_on(url: URL, limits: dict[str, Any], **options: Any) -> AsyncEngine:
    """An engine as it is. ``limits`` are for asyncpg; ``options`` for SQLAlchemy."""
    postgres = url.get_backend_name() == "postgresql"
    arguments = {"timeout": _CONNECT_SECONDS, **limits} if postgres else {}
    engine = create_async_engine(url, hide_parameters=True, connect_args=arguments, **options)
    if postgres:
        event.listen(engine.sync_engine, "do_connect", _connect)
        event.listen(engine.sync_engine, "handle_error", _like_any_other)
    return engine


def _connect(
    dialect: Dialect, record: ConnectionPoolEntry, arguments: list[Any], options: dict[str, Any]
) -> DBAPIConnection:
    try:
        return dialect.connect(*arguments, **options)
    except OSError as error:
        raise dialect.loaded_dbapi.OperationalError(_words(error)) from error


def _like_any_other(context: ExceptionContext) -> OperationalError | None:
    """What SQLAlchemy is to raise in the place of asyncpg's error."""
    error = context.original_exception
    if isinstance(error, OSError):
        return OperationalError(context.statement, None, error, hide_parameters=True)
    return None


def _words(error: OSError) -> str:
    return "the database does not answer" if isinstance(error, TimeoutError) else str(error)


def _migrate_file(url: URL, revision: str) -> None:
    with create_engine(url, poolclass=NullPool).begin() as connection:
        _migrate(connection, revision)


def _migrate(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    connection.exec_driver_sql(_MIGRATE_ALONE[connection.dialect.name])
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _set_up_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """WAL lets figures be read while a contact is written; NORMAL loses nothing when the process dies."""
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA foreign_keys=ON")
    finally:
        cursor.close()
