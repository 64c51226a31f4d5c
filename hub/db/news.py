"""Postgres's LISTEN, for a connection that is there for that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection


async def listen(connection: AsyncConnection, channel: str, heard: Callable[[], None]) -> None:
    """Have ``heard`` called at each NOTIFY on ``channel``, for as long as ``connection`` stands.

    Raises ``sqlalchemy.exc.OperationalError``.
    """
    raw = await connection.get_raw_connection()
    driver: Any = raw.driver_connection
    try:
        await driver.add_listener(channel, lambda *_: heard())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise OperationalError("LISTEN", None, error, hide_parameters=True) from error
