"""The world of a browser, opened for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.browser.world import World, open_world


@pytest.fixture
async def world(surroundings: Path, tmp_path: Path) -> AsyncIterator[World]:
    database = make_url(f"sqlite+aiosqlite:///{tmp_path / 'hub.db'}")
    async with open_world(database, surroundings) as opened:
        yield opened
