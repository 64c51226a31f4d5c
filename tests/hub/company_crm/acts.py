"""The company's CRM as the hub is told of it, and the turns of what the hub writes there."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import URL

from hub.settings import Settings
from tests.contract.crms import rest_settings
from tests.hub.centre import Centre, Desk, sample_settings
from tests.stubs.crm_server import CrmApi

NOTE: Final = {
    "path": "/v1/customers/{customer}/notes",
    "body": {"kind": "note", "words": "{agent}: {text}", "at": "{at}"},
    "idempotency_header": "Idempotency-Key",
}
"""The CRM is told who writes each note."""


def company(database: URL, api: CrmApi, **more: Any) -> Settings:
    """The sample centre; its customers are in the company's CRM."""
    crm = rest_settings(api.address, **{"add_note": NOTE, **more})
    return sample_settings(database).model_copy(update={"crm": crm})


async def talked(centre: Centre, number: str) -> tuple[Desk, str]:
    """Yael has talked with a caller, whose look-up had its time; her desk, and the contact to wrap up."""
    desk = await centre.desk("yael")
    contact = await centre.ring(number)
    await centre.hub.cards.soon(centre.hub.floor.visits(contact)[0], 10)
    centre.pbx.agent_answers("1001")
    centre.pbx.agent_hangs_up("1001")
    await centre.settle()
    return desk, contact


async def send(centre: Centre, turns: int = 1) -> None:
    """What the outbox has is sent, of each customer one in each of its turns."""
    for _ in range(turns):
        await centre.hub.outbox.look()
        await centre.hub.outbox.turn()
