"""The accounts of enrolled devices, as the exchange reads them (Asterisk's sorcery realtime).

A database of its own, SQLite's or Postgres's, that holds nothing but these tables: the exchange can read no
customer, and needs no right to write. What is in it follows from the devices and the settings and can be
written anew at any time, so it has no history to migrate. Tables and columns have Asterisk's names; only
those that ``pbx/templates/pjsip.conf`` sets are there, and a test holds the two equal.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Column, MetaData, String, Table, delete, event, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

_BUSY_MILLISECONDS = 5000
_READABLE = 0o640
"""The exchange's user reads the file by its group; the directory decides which group that is."""

accounts = MetaData()


def _table(name: str, *columns: str) -> Table:
    return Table(
        name,
        accounts,
        Column("id", String(64), primary_key=True),
        *(Column(column, String(600), nullable=False) for column in columns),
    )


endpoints = _table(
    "ps_endpoints",
    *("auth", "aors", "callerid", "context", "acl", "identify_by", "disallow", "allow", "dtmf_mode"),
    *("direct_media", "rtp_symmetric", "force_rport", "rewrite_contact", "timers"),
    *("trust_id_outbound", "send_pai", "allow_transfer", "refer_blind_progress", "set_var"),
    *("media_encryption", "dtls_auto_generate_cert", "dtls_verify", "dtls_setup"),
    "media_use_received_transport",
)
auths = _table("ps_auths", "auth_type", "realm", "username", "md5_cred")
aors = _table(
    "ps_aors",
    *("max_contacts", "remove_existing", "minimum_expiration", "maximum_expiration", "default_expiration"),
    *("qualify_frequency", "qualify_timeout"),
)
aors.append_column(Column("contact", String(600)))
"""Asterisk asks which aors have contacts of their own: none has."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Account:
    """One agent's rows. ``credentials`` are one for each device."""

    endpoint: Row
    aor: Row
    credentials: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class AccountTables:
    """Writes the tables. Everything raises ``sqlalchemy.exc.SQLAlchemyError``."""

    engine: AsyncEngine

    async def put(self, extension: str, account: Account | None) -> None:
        """Make ``account`` all that there is of ``extension``; None: nothing."""
        async with self.engine.begin() as connection:
            await _remove(connection, extension)
            if account is not None:
                await connection.execute(insert(endpoints).values(**account.endpoint))
                await connection.execute(insert(aors).values(**account.aor))
                await connection.execute(insert(auths), [dict(row) for row in account.credentials])

    async def keep_only(self, extensions: Collection[str]) -> None:
        """Remove the accounts of everybody else."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(endpoints).where(endpoints.c.id.not_in(extensions)))
            await connection.execute(delete(aors).where(aors.c.id.not_in(extensions)))
            await connection.execute(delete(auths).where(auths.c.username.not_in(extensions)))


async def _remove(connection: AsyncConnection, extension: str) -> None:
    await connection.execute(delete(endpoints).where(endpoints.c.id == extension))
    await connection.execute(delete(aors).where(aors.c.id == extension))
    await connection.execute(delete(auths).where(auths.c.username == extension))


async def open_accounts(url: URL) -> AccountTables:
    """The tables on ``url``, made where they are missing. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
    engine = create_async_engine(url, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    async with engine.begin() as connection:
        await connection.run_sync(accounts.create_all)
    if engine.dialect.name == "sqlite" and engine.url.database:
        await asyncio.to_thread(Path(engine.url.database).chmod, _READABLE)
    return AccountTables(engine)


def _set_up_sqlite(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    """A rollback journal: a reader of a file in WAL mode must be able to write beside it."""
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=DELETE")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    finally:
        cursor.close()
