"""A hub that writes to customers by a provider in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import URL

from hub.service.outbox import WHATSAPP, Outbox
from tests.hub.centre import Centre, open_centre
from tests.stubs.written import FakeMessages


@pytest.fixture
def provider() -> FakeMessages:
    return FakeMessages()


@pytest.fixture
async def centre(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    async with open_centre(database, senders={WHATSAPP: provider}) as opened:
        yield opened


@pytest.fixture
def outbox(centre: Centre) -> Outbox:
    return centre.hub.outbox
