"""The sample centre before a company's own CRM."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.engine import URL

from tests.contract.crms import stand_in
from tests.hub.centre import Centre, open_centre
from tests.hub.company_crm.acts import company
from tests.stubs.crm_server import CrmApi


@pytest.fixture
def api() -> Iterator[CrmApi]:
    with stand_in("rest") as opened:
        yield opened


@pytest.fixture
async def centre(database: URL, api: CrmApi) -> AsyncIterator[Centre]:
    async with open_centre(database, settings=company(database, api)) as opened:
        yield opened
