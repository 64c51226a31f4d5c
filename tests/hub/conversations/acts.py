"""What customers write to, and agents ask of, the hub of a test."""

from __future__ import annotations

from typing import Any

import httpx

from hub.contract import Conversation, Thread
from tests.hub.centre import Centre, Desk
from tests.stubs.whatsapp_webhooks import (
    NOAH_ID,
    delivery,
    text_message,
)

KEY = {"Idempotency-Key": "key-00000001"}
ANOTHER = {"from": "972525550104"}
"""Who writes, beside Noah."""


async def deliver(centre: Centre, **told: Any) -> None:
    assert centre.hub.written.inbox is not None
    await centre.hub.written.inbox.put(delivery(**told))
    await centre.hub.written.inbox.turn()


async def writes(centre: Centre, name: str = "wamid.1", body: str = "Shalom", **writer: str) -> None:
    await deliver(centre, messages=[text_message(centre.time(), name, body, **writer)])


async def leaves(centre: Centre) -> None:
    """What is in the outbox is sent."""
    await centre.hub.outbox.look()
    await centre.hub.outbox.turn()


async def listed(desk: Desk) -> list[Conversation]:
    answer = await desk.http.get("/v1/conversations")
    assert answer.status_code == 200, answer.text
    return [Conversation.model_validate(one) for one in answer.json()]


async def only(desk: Desk) -> Conversation:
    (one,) = await listed(desk)
    return one


async def thread(desk: Desk, name: str) -> Thread:
    answer = await desk.http.get(f"/v1/conversations/{name}")
    assert answer.status_code == 200, answer.text
    return Thread.model_validate_json(answer.content)


async def taken(desk: Desk) -> str:
    """The one conversation there is becomes the desk's."""
    name = (await only(desk)).conversation
    answer = await desk.http.put(f"/v1/conversations/{name}/agent")
    assert answer.status_code == 200, answer.text
    return name


async def say(
    desk: Desk, name: str, text: str = "How can I help?", key: dict[str, str] | None = None
) -> httpx.Response:
    path = f"/v1/conversations/{name}/messages"
    return await desk.http.post(path, json={"text": text}, headers=key or KEY)


async def see(desk: Desk, name: str, message: str) -> httpx.Response:
    return await desk.http.put(f"/v1/conversations/{name}/seen", json={"message": message})


async def outside(centre: Centre) -> str:
    """An agent who does not serve support."""
    return next(agent.id for agent in centre.hub.roster.agents.values() if "support" not in agent.queues)


async def inside(centre: Centre) -> str:
    """One who does, beside Yael."""
    return next(one for one in centre.hub.roster.serving("support") if one != "yael")


async def in_a_call(centre: Centre, number: str = f"+{NOAH_ID}") -> tuple[Desk, str]:
    yael = await centre.desk("yael")
    contact = await centre.talk(number)
    opened = await yael.http.post(f"/v1/contacts/{contact}/conversation")
    return yael, str(opened.json()["conversation"])
