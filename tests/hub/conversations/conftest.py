"""A centre that writes, and who brings what it writes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.engine import URL

from hub.service.outbox import WHATSAPP
from tests.hub.centre import Centre, open_centre, told_by_webhooks
from tests.stubs.written import FakeMessages


@pytest.fixture
def provider() -> FakeMessages:
    return FakeMessages()


@pytest.fixture
async def centre(database: URL, provider: FakeMessages) -> AsyncIterator[Centre]:
    settings = told_by_webhooks(database)
    async with open_centre(database, senders={WHATSAPP: provider}, settings=settings) as opened:
        yield opened
