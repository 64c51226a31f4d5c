"""Written conversations in memory, by the rules of the hub's contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

from agent_tui.ports import HubRefused
from edge.files import media_type_of, safe_name
from hub import contract as c
from tests.stubs.messages import AT

NOAH = "+972505550101"


def a_conversation(conversation: str = "v-1", **changed: Any) -> c.Conversation:
    """With Noah, who wrote an hour ago; it is nobody's."""
    one = c.Conversation(
        conversation=conversation,
        number=NOAH,
        name="Noah Levi",
        queue="support",
        queue_title="Support",
        agent="",
        changed_at=AT - timedelta(hours=1),
        unread=0,
        can=c.Writable(opted_in=True, text_until=AT + timedelta(hours=23), template_needed=False),
    )
    return one.model_copy(update=changed)


def a_message(message: str, text: str = "Shalom", at: datetime = AT, **changed: Any) -> c.Written:
    """Of the customer."""
    one = c.Written(message=message, at=at, agent="", incoming=True, kind="text", text=text)
    return one.model_copy(update=changed)


class StubConversations:
    """``agent_tui.ports.ConversationPort``: ``reach`` waits or raises as the hub does."""

    def __init__(
        self, agent: str, tell: Callable[[c.HubEvent], None], reach: Callable[[str], Awaitable[None]]
    ) -> None:
        self.known: dict[str, c.Conversation] = {}
        self.messages: dict[str, list[c.Written]] = {}
        self.of_callers: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.sent: list[tuple[str, str]] = []
        self.seen_up_to: list[tuple[str, str]] = []
        self._agent = agent
        self._tell = tell
        self._reach = reach
        self._by_key: dict[str, tuple[str, c.Written]] = {}

    def writes(self, name: str, message: c.Written) -> None:
        """The customer of a conversation writes."""
        conversation = self.known[name]
        self.messages.setdefault(name, []).append(message)
        self._change(conversation, unread=conversation.unread + 1, changed_at=message.at, told=message)

    def goes_to_colleague(self, name: str) -> None:
        """A colleague takes it."""
        del self.known[name]
        self._tell(c.ConversationGoneEvent(conversation=name))

    def closes(self, name: str) -> None:
        """The customer wrote too long ago."""
        can = c.Writable(opted_in=True, text_until=AT - timedelta(hours=1), template_needed=True)
        self.known[name] = self.known[name].model_copy(update={"can": can})

    async def all(self) -> tuple[c.Conversation, ...]:
        await self._reach("conversations")
        return tuple(sorted(self.known.values(), key=lambda one: one.changed_at, reverse=True))

    async def thread(self, conversation: str) -> c.Thread:
        await self._reach(f"thread {conversation}")
        found = self._readable(conversation)
        return c.Thread(conversation=found, messages=tuple(self.messages.get(conversation, ())))

    async def of_contact(self, contact: str) -> c.Conversation:
        await self._reach(f"conversation of {contact}")
        name = self.of_callers.get(contact)
        if name is None:
            raise HubRefused("This contact is not, or no longer, with you.")
        never = c.Writable(opted_in=False, template_needed=True)
        begun = a_conversation(name, agent=self._agent, can=never)
        return self._change(self.known.get(name, begun), agent=self._agent)

    async def take(self, conversation: str) -> c.Conversation:
        await self._reach(f"take {conversation}")
        return self._change(self._readable(conversation), agent=self._agent)

    async def let_go(self, conversation: str) -> None:
        await self._reach(f"let go {conversation}")
        self._change(self._own(conversation), agent="")

    async def seen(self, conversation: str, message: str) -> None:
        await self._reach(f"seen {conversation}")
        found = self._own(conversation)
        said = self.messages.get(conversation, [])
        if all(one.message != message for one in said):
            raise HubRefused("There is no such message in this conversation.")
        self.seen_up_to.append((conversation, message))
        place = next(index for index, one in enumerate(said) if one.message == message)
        left = sum(one.incoming for one in said[place + 1 :])
        if left < found.unread:
            self._change(found, unread=left)

    async def say(self, conversation: str, text: str, key: str) -> c.Written:
        await self._reach(f"say {conversation}")
        found = self._own(conversation)
        known = self._by_key.get(key)
        if known is not None:
            return known[1]
        if found.can.template_needed:
            raise HubRefused("The customer wrote more than 24 hours ago: WhatsApp takes only a template now.")
        said = a_message(
            f"out-{len(self.sent) + 1}", text, agent=self._agent, incoming=False, status="waiting"
        )
        self._by_key[key] = (conversation, said)
        self.sent.append((conversation, text))
        self.messages.setdefault(conversation, []).append(said)
        self._change(found, told=said)
        return said

    async def send_template(self, conversation: str, asked: c.TemplateToSend, key: str) -> c.Written:
        await self._reach(f"template {conversation}")
        found = self._own(conversation)
        known = self._by_key.get(key)
        if known is not None:
            return known[1]
        if not (found.can.opted_in or asked.agreed):
            raise HubRefused("The customer has not agreed to be written to: ask them first.")
        text = " ".join((asked.template, *asked.parameters))
        said = a_message(
            f"out-{key}", text, agent=self._agent, incoming=False, kind="template", status="waiting"
        )
        self._by_key[key] = (conversation, said)
        self.sent.append((conversation, text))
        self.messages.setdefault(conversation, []).append(said)
        self._change(found, told=said, can=found.can.model_copy(update={"opted_in": True}))
        return said

    async def send_file(self, conversation: str, name: str, data: bytes, key: str) -> c.Written:
        await self._reach(f"file {conversation}")
        found = self._own(conversation)
        known = self._by_key.get(key)
        if known is not None:
            return known[1]
        if found.can.template_needed:
            raise HubRefused("The customer wrote more than 24 hours ago: WhatsApp takes only a template now.")
        media_type = media_type_of(data, name)
        if not media_type:
            raise HubRefused("Files of this kind do not go through: images and documents do.")
        said = a_message(
            f"out-{key}",
            "",
            agent=self._agent,
            incoming=False,
            kind="image" if media_type.startswith("image/") else "document",
            status="waiting",
            file_name=safe_name(name, media_type),
            media_type=media_type,
            file=True,
        )
        self._by_key[key] = (conversation, said)
        self.files[said.message] = data
        self.messages.setdefault(conversation, []).append(said)
        self._change(found, told=said)
        return said

    async def file(self, conversation: str, message: str) -> bytes:
        await self._reach(f"fetch {conversation}")
        self._own(conversation)
        if message not in self.files:
            raise HubRefused("This message has no file.")
        return self.files[message]

    def _change(
        self, conversation: c.Conversation, told: c.Written | None = None, **changed: Any
    ) -> c.Conversation:
        now = conversation.model_copy(update=changed)
        self.known[now.conversation] = now
        self._tell(c.ConversationEvent(conversation=now, message=told))
        return now

    def _readable(self, conversation: str) -> c.Conversation:
        if conversation not in self.known:
            raise HubRefused("There is no such conversation of yours; a colleague may have taken it.")
        return self.known[conversation]

    def _own(self, conversation: str) -> c.Conversation:
        found = self._readable(conversation)
        if found.agent != self._agent:
            raise HubRefused("This conversation is nobody's yet: take it first.")
        return found
