"""Written conversations over HTTP, by the hub's contract."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

from pydantic import BaseModel, TypeAdapter

from agent_tui.adapters import hub_wire as wire
from hub import contract as c

_ALL: TypeAdapter[tuple[c.Conversation, ...]] = TypeAdapter(tuple[c.Conversation, ...])


class Ask(Protocol):
    """``HttpHub.ask``."""

    async def __call__(
        self, method: str, path: str, body: BaseModel | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """The body of the hub's answer. Raises ``agent_tui.ports.HubError``."""
        ...


class HttpConversations:
    """``agent_tui.ports.ConversationPort`` over HTTP."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def all(self) -> tuple[c.Conversation, ...]:
        """The agent's own, and those of their queues that are nobody's."""
        return wire.read_as(_ALL, await self._ask("GET", "/v1/conversations"))

    async def thread(self, conversation: str) -> c.Thread:
        """One with what was said in it."""
        return wire.read(c.Thread, await self._ask("GET", _path(conversation)))

    async def of_contact(self, contact: str) -> c.Conversation:
        """The one with a contact's caller."""
        path = f"/v1/contacts/{quote(contact, safe='')}/conversation"
        return wire.read(c.Conversation, await self._ask("POST", path))

    async def take(self, conversation: str) -> c.Conversation:
        """Make it the agent's."""
        return wire.read(c.Conversation, await self._ask("PUT", _path(conversation, "/agent")))

    async def let_go(self, conversation: str) -> None:
        """Give it back to its queue."""
        await self._ask("DELETE", _path(conversation, "/agent"))

    async def seen(self, conversation: str, message: str) -> None:
        """It has been read up to this message."""
        await self._ask("PUT", _path(conversation, "/seen"), c.SeenMessage(message=message))

    async def say(self, conversation: str, text: str, key: str) -> c.Written:
        """Send a text, once by ``key``."""
        path, body = _path(conversation, "/messages"), c.TextToSend(text=text)
        return wire.read(c.Written, await self._ask("POST", path, body, {"Idempotency-Key": key}))

    async def send_template(self, conversation: str, asked: c.TemplateToSend, key: str) -> c.Written:
        """Send an approved message, once by ``key``."""
        path = _path(conversation, "/templates")
        return wire.read(c.Written, await self._ask("POST", path, asked, {"Idempotency-Key": key}))


def _path(conversation: str, what: str = "") -> str:
    return f"/v1/conversations/{quote(conversation, safe='')}{what}"
