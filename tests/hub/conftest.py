"""The sample centre, opened for one test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hub.centre import Centre, open_centre


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre's database after its first start: made once, copied for each test."""
    directory = tmp_path_factory.mktemp("fresh")

    async def make() -> None:
        async with open_centre(directory):
            pass

    asyncio.run(make())
    return directory / "hub.db"


@pytest.fixture
async def centre(tmp_path: Path, fresh: Path) -> AsyncIterator[Centre]:
    shutil.copy(fresh, tmp_path / "hub.db")
    async with open_centre(tmp_path) as opened:
        yield opened
