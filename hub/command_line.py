"""What every command of an administrator needs: the database, words, and a name to act under."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.db.engine import open_database
from hub.settings import Settings

COMMAND_LINE = "(command line)"
"""Who acts here; no agent has an id with brackets."""


class UsageError(Exception):
    """An argument cannot be. ``str(error)`` is for the administrator: which, why, and what may be written."""


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The hub's, beside a hub that may be serving. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
    engine = await open_database(settings.hub.database_url)
    try:
        yield engine
    finally:
        await engine.dispose()


def note(words: str) -> None:
    """Beside what is printed, so that this alone can be piped on."""
    sys.stderr.write(words + "\n")


def say(words: str) -> None:
    """What was asked for."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
