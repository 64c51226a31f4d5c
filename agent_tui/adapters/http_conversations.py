"""Written conversations over HTTP, by the hub's contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import TypeAdapter

from hub import contract as c

if TYPE_CHECKING:
    from agent_tui.adapters.hub_line import HubLine

_ALL: TypeAdapter[tuple[c.Conversation, ...]] = TypeAdapter(tuple[c.Conversation, ...])


class HttpConversations:
    """``agent_tui.ports.ConversationPort`` over HTTP; ``line`` raises ``HubUnreachable``."""

    def __init__(self, line: Callable[[], HubLine]) -> None:
        self._line = line

    async def all(self) -> tuple[c.Conversation, ...]:
        """The agent's own, and those of their queues that are nobody's."""
        return await self._line().read_as(_ALL, "GET", "/v1/conversations")

    async def thread(self, conversation: str) -> c.Thread:
        """One with what was said in it."""
        return await self._line().read(c.Thread, "GET", _path(conversation))

    async def of_contact(self, contact: str) -> c.Conversation:
        """The one with a contact's caller."""
        path = f"/v1/contacts/{quote(contact, safe='')}/conversation"
        return await self._line().read(c.Conversation, "POST", path)

    async def take(self, conversation: str) -> c.Conversation:
        """Make it the agent's."""
        return await self._line().read(c.Conversation, "PUT", _path(conversation, "/agent"))

    async def let_go(self, conversation: str) -> None:
        """Give it back to its queue."""
        await self._line().ask("DELETE", _path(conversation, "/agent"))

    async def seen(self, conversation: str, message: str) -> None:
        """It has been read up to this message."""
        await self._line().ask("PUT", _path(conversation, "/seen"), c.SeenMessage(message=message))

    async def say(self, conversation: str, text: str, key: str) -> c.Written:
        """Send a text, once by ``key``."""
        path, body = _path(conversation, "/messages"), c.TextToSend(text=text)
        return await self._line().read(c.Written, "POST", path, body, {"Idempotency-Key": key})

    async def send_template(self, conversation: str, asked: c.TemplateToSend, key: str) -> c.Written:
        """Send an approved message, once by ``key``."""
        path = _path(conversation, "/templates")
        return await self._line().read(c.Written, "POST", path, asked, {"Idempotency-Key": key})

    async def send_file(self, conversation: str, name: str, data: bytes, key: str) -> c.Written:
        """Send a file, once by ``key``."""
        path = f"{_path(conversation, '/files')}?name={quote(name, safe='')}"
        return await self._line().send_file(c.Written, path, data, {"Idempotency-Key": key})

    async def file(self, conversation: str, message: str) -> bytes:
        """The file of a message."""
        return await self._line().fetch_file(
            f"{_path(conversation, '/file')}?message={quote(message, safe='')}"
        )


def _path(conversation: str, what: str = "") -> str:
    return f"/v1/conversations/{quote(conversation, safe='')}{what}"
