"""Databases in trouble: no room for what is to be stored, or gone altogether; and well again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from tests.databases import Databases, PostgresDatabases
from tests.postgres import PostgresServer

_ROOM = 1 << 20
_HOLD = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "LOCK TABLE contacts"}


@contextmanager
def no_room(engine: AsyncEngine, databases: Databases) -> Iterator[None]:
    """While the block runs, contacts cannot grow."""
    if isinstance(databases, PostgresDatabases):
        with _full_disk(engine, databases.server):
            yield
    else:
        with _no_more_pages(engine):
            yield


@contextmanager
def gone(engine: AsyncEngine, databases: Databases) -> Iterator[None]:
    """While the block runs, there is no database: the server is down, the file away."""
    if isinstance(databases, PostgresDatabases):
        databases.server.stop()
        try:
            yield
        finally:
            databases.server.start()
    else:
        with _no_file(Path(engine.url.database or "")):
            yield


@asynccontextmanager
async def busy(url: URL) -> AsyncIterator[None]:
    """While the block runs, somebody else holds the contacts."""
    holder = create_async_engine(url)
    async with holder.connect() as connection:
        await connection.exec_driver_sql(_HOLD[holder.dialect.name])
        yield
    await holder.dispose()


@contextmanager
def _no_more_pages(engine: AsyncEngine) -> Iterator[None]:
    """SQLite may take no page more: for it that is the end of the disk (SQLITE_FULL)."""

    def limited(pages: int) -> Callable[..., None]:
        def limit(connection: DBAPIConnection, *_: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            cursor.close()

        return limit

    none, plenty = limited(1), limited(1_000_000)
    event.listen(engine.sync_engine, "checkout", none)
    yield
    event.remove(engine.sync_engine, "checkout", none)
    event.listen(engine.sync_engine, "checkout", plenty)


@contextmanager
def _no_file(file: Path) -> Iterator[None]:
    away = file.with_suffix(".away")
    file.rename(away)
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        away.rename(file)


@contextmanager
def _full_disk(engine: AsyncEngine, server: PostgresServer) -> Iterator[None]:
    """The contacts move to a small disk of their own, which something else fills."""
    if os.geteuid() != 0:
        if os.environ.get("CI"):
            pytest.fail("only root can make a disk")
        pytest.skip("only root can make a disk")
    disk = Path(tempfile.mkdtemp(prefix="md-"))
    database = engine.url.database or ""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "none", disk], check=True)
    try:
        shutil.chown(disk, server.user or "root")
        server.sql(f"CREATE TABLESPACE small LOCATION '{disk}'")
        server.sql("ALTER TABLE contacts SET TABLESPACE small", database)
        filler = disk / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(disk).free))
        yield
        filler.unlink()
        server.sql("ALTER TABLE contacts SET TABLESPACE pg_default", database)
        server.sql("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)
        disk.rmdir()
