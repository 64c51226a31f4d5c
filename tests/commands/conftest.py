"""The desk that every press is tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.commands.desk import Desk, commanded_desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A desk without a screen."""
    async with commanded_desk() as made:
        yield made
