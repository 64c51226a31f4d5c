"""Written conversations: shown, taken, answered."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response, status

from hub.auth import AgentHere, HubHere
from hub.contract import Conversation, SeenMessage, TemplateToSend, TextToSend, Thread, Written
from hub.routes.contacts import Key

router = APIRouter(prefix="/conversations")

ConversationId = Annotated[str, Path(max_length=32, pattern=r"^[0-9a-z]*$")]

FileName = Annotated[str, Query(min_length=1, max_length=500)]
MessageId = Annotated[str, Query(min_length=1, max_length=512)]


@router.get("")
async def conversations(agent: AgentHere, hub: HubHere) -> tuple[Conversation, ...]:
    """The agent's own, and those of their queues that are nobody's."""
    return await hub.written.conversations.shown(agent)


@router.get("/{conversation}")
async def thread(conversation: ConversationId, agent: AgentHere, hub: HubHere) -> Thread:
    """One with what was said in it."""
    return await hub.written.conversations.thread(agent, conversation)


@router.put("/{conversation}/agent")
async def take(conversation: ConversationId, agent: AgentHere, hub: HubHere) -> Conversation:
    """Make it one's own."""
    return await hub.written.conversations.take(agent, conversation)


@router.delete("/{conversation}/agent", status_code=status.HTTP_204_NO_CONTENT)
async def let_go(conversation: ConversationId, agent: AgentHere, hub: HubHere) -> None:
    """Give it back to its queue."""
    await hub.written.conversations.let_go(agent, conversation)


@router.put("/{conversation}/seen", status_code=status.HTTP_204_NO_CONTENT)
async def seen(conversation: ConversationId, asked: SeenMessage, agent: AgentHere, hub: HubHere) -> None:
    """It has been read up to this message."""
    await hub.written.conversations.seen(agent, conversation, asked.message)


@router.post("/{conversation}/messages")
async def say(
    conversation: ConversationId, asked: TextToSend, agent: AgentHere, hub: HubHere, key: Key
) -> Written:
    """Send a text, once for each ``Idempotency-Key``."""
    return await hub.written.conversations.say(agent, conversation, asked.text, key)


@router.post("/{conversation}/templates")
async def send_template(
    conversation: ConversationId, asked: TemplateToSend, agent: AgentHere, hub: HubHere, key: Key
) -> Written:
    """Send an approved message, once for each ``Idempotency-Key``."""
    return await hub.written.templates.send(agent, conversation, asked, key)


@router.post("/{conversation}/files")
async def send_file(
    conversation: ConversationId, name: FileName, request: Request, agent: AgentHere, hub: HubHere, key: Key
) -> Written:
    """Send the body as a file, once for each ``Idempotency-Key``; it is read for whose conversation it is."""
    return await hub.written.files.send(agent, conversation, name, request.stream(), key)


@router.get("/{conversation}/file", response_class=Response)
async def file(conversation: ConversationId, message: MessageId, agent: AgentHere, hub: HubHere) -> Response:
    """The file of a message. No browser is to guess what it is, or to show it by itself."""
    found, name = await hub.written.files.fetch(agent, conversation, message)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(found.data, media_type=found.media_type, headers=headers)
