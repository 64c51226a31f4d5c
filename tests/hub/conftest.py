"""The sample centre, opened for one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hub.centre import Centre, open_centre


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Centre]:
    async with open_centre(tmp_path) as opened:
        yield opened
