"""The sample centre, opened for one test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.engine import URL

from tests.databases import Databases
from tests.hub.centre import Centre, open_centre


@pytest.fixture(scope="session")
def fresh(databases: Databases) -> URL:
    """A centre's database after its first start: made once, copied for each test."""
    url = databases.empty()

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
