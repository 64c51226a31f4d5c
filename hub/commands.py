"""What an administrator does from the command line, beside a hub that may be serving."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from centre.toml_file import SettingsError
from hub.db.agents import AgentStore
from hub.db.customers import CustomerStore
from hub.db.engine import open_database
from hub.seed import import_csv
from hub.settings import Settings, load


async def import_customers(config: Path, customers: Path, matters: Path | None, history: Path | None) -> None:
    """Put customers from CSV files into the built-in CRM."""
    settings = load(config)
    async with _database(settings) as engine:
        count = await import_csv(
            CustomerStore(engine), customers, settings.centre.country, matters=matters, history=history
        )
    _say(f"customers imported: {count}")


async def new_token(config: Path, agent: str) -> None:
    """Print a new token for ``agent``. Only its digest is kept: it cannot be shown again."""
    settings = load(config)
    _known(settings, agent)
    async with _database(settings) as engine:
        _say(await AgentStore(engine).new_token(agent, datetime.now(UTC)))


async def revoke_tokens(config: Path, agent: str) -> None:
    """End all tokens of ``agent``, who may have left the settings already."""
    async with _database(load(config)) as engine:
        _say(f"tokens revoked: {await AgentStore(engine).revoke(agent)}")


def _known(settings: Settings, agent: str) -> None:
    known = [one.id for one in settings.centre.agents]
    if agent not in known:
        raise SettingsError(f"there is no agent {agent!r}; the centre has: {', '.join(known)}")


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    engine = await open_database(settings.hub.database_url)
    try:
        yield engine
    finally:
        await engine.dispose()


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()
