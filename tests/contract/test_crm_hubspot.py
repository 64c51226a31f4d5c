"""HubSpot: what it alone is told of a contact."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.ports.crm import LoggedContact
from tests.contract.crms import remote

NOAH = "+972505550101"
CALL = LoggedContact(
    datetime(2026, 11, 22, 9, 30, tzinfo=UTC), NOAH, "Support", "Yael", 125, "Solved", "wants fibre"
)


@pytest.mark.parametrize(
    ("contact", "told"),
    [
        (CALL, {"direction": "INBOUND", "from_number": NOAH, "status": "COMPLETED"}),
        (replace(CALL, seconds=0), {"direction": "INBOUND", "from_number": NOAH, "status": "NO_ANSWER"}),
        (
            replace(CALL, dialled="answered"),
            {"direction": "OUTBOUND", "to_number": NOAH, "status": "COMPLETED"},
        ),
        (
            replace(CALL, seconds=0, dialled="busy"),
            {"direction": "OUTBOUND", "to_number": NOAH, "status": "BUSY"},
        ),
        (
            replace(CALL, seconds=0, dialled="no_answer"),
            {"direction": "OUTBOUND", "to_number": NOAH, "status": "NO_ANSWER"},
        ),
        (
            replace(CALL, seconds=0, dialled="failed"),
            {"direction": "OUTBOUND", "to_number": NOAH, "status": "FAILED"},
        ),
    ],
)
async def test_hubspot_is_told_who_called_whom_and_whether_they_talked(
    contact: LoggedContact, told: dict[str, str]
) -> None:
    async with remote("hubspot") as far:
        await far.crm.log_contact("1001", contact, "key-1")
        written = far.api.asked[-1].json()["properties"]
    names = ("direction", "from_number", "to_number", "status")
    assert {name: written[f"hs_call_{name}"] for name in names if f"hs_call_{name}" in written} == told
