"""A centre whose customers are in a company's CRM, which knows idempotency keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from tests.e2e.centre import Centre
from tests.e2e.hub_kills.day import people
from tests.pbx.rig import Asterisk
from tests.stubs.crm_server import SECRET, CrmApi
from tests.stubs.rest_crm import TOML, rest_crm


@contextmanager
def company(asterisk: Asterisk, home: Path, database: URL) -> Iterator[tuple[Centre, CrmApi]]:
    """Its hub runs on the exchange, with ``database``."""
    with rest_crm() as crm:
        crm.people.clear()
        crm.people.update(people())
        centre = Centre(asterisk, home)
        sections = re.sub(r"(?m)^\[", "[crm.", TOML.format(address=crm.address))
        centre.ask_company(f"[crm]\n{sections}", SECRET)
        centre.keep_in(database)
        centre.start_hub()
        try:
            yield centre, crm
        finally:
            centre.stop_hub()
