"""Two agents at phones of their own, free to be rung."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.pbx.console import Console
from tests.pbx.parties import registered
from tests.pbx.phone import Phone
from tests.pbx.rig import Asterisk


@pytest.fixture
async def dana(asterisk: Asterisk, console: Console) -> AsyncIterator[Phone]:
    async with registered(asterisk, console, "1101") as made:
        yield made


@pytest.fixture
async def noa(asterisk: Asterisk, console: Console) -> AsyncIterator[Phone]:
    async with registered(asterisk, console, "1102") as made:
        yield made
