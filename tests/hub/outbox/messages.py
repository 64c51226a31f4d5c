"""A message to a customer, and where it stands."""

from __future__ import annotations

from typing import Final

from hub.domain.outbox import Message, State
from hub.ports.messages import Template
from hub.service.outbox import WHATSAPP, Outbox
from tests.hub.centre import NOAH, Centre

TITLE: Final = "title-of-a-queue"


def a_message(centre: Centre, name: str = "m1", to: str = NOAH) -> Message:
    template = Template("a_template", "he", (TITLE,))
    return Message(name, WHATSAPP, to, template, "c-1", centre.time(), centre.time())


async def state_of(outbox: Outbox, name: str = "m1") -> State:
    found = await outbox.store.get(name)
    assert found is not None
    return found.state
