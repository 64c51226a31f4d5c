"""The sample centre, opened for one test."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
from sqlalchemy.engine import URL

from hub import logs
from tests.databases import Databases
from tests.hub.centre import WITHIN, Centre, open_centre


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange has a second for an answer; a test machine may need more. Tests of a limit set it anew."""
    for service in ("routing", "identification", "first_agent", "kept_places"):
        monkeypatch.setattr(f"hub.service.{service}._WITHIN", WITHIN)


@pytest.fixture
def told() -> Iterator[io.StringIO]:
    """All that is logged, as JSON unless the test sets another look."""
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    logs.set_up("json", stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


@pytest.fixture(scope="session")
def started() -> dict[type[Databases], URL]:
    """Of each kind the database of ``fresh``: the run goes from one kind to the other in every file."""
    return {}


@pytest.fixture(scope="session")
def fresh(databases: Databases, started: dict[type[Databases], URL]) -> URL:
    """A centre's database after its first start: made once, copied for each test."""
    if type(databases) in started:
        return started[type(databases)]
    url = started[type(databases)] = databases.empty()

    async def make() -> None:
        async with open_centre(url):
            pass

    asyncio.run(make())
    return url


@pytest.fixture
def database(databases: Databases, fresh: URL) -> Iterator[URL]:
    """A database that has the sample's customers."""
    url = databases.copy(fresh)
    yield url
    databases.drop(url)


@pytest.fixture
async def centre(database: URL) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened
