"""Conversations in agents' hands: who may read one, whose it is, and what is said in it, once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from edge.text import clean
from hub import contract as c
from hub.db.conversations import ConversationStore
from hub.domain.conversations import Conversation, Said, Tick
from hub.domain.outbox import Message
from hub.ports.messages import Content, Text
from hub.refusals import NoConversation, NotStored, Unprocessable, WrongPhase
from hub.service.conversation_news import ConversationNews, written
from hub.service.outbox import WHATSAPP, Outbox

log = structlog.get_logger(__name__)

_NOT_STORED = "The hub's database does not answer; try again."
_NONE = "There is no such conversation of yours; a colleague may have taken it."
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Conversations:
    """Everything raises ``hub.refusals.Refusal``: another's conversation and an unknown one look the same."""

    store: ConversationStore
    news: ConversationNews
    outbox: Outbox
    now: Callable[[], datetime]

    async def restore(self, queue: str) -> None:
        """Go on where the last hub left off. Agents and queues that are no more in the centre's file leave
        theirs to ``queue`` and to whoever takes them. Raises ``sqlalchemy.exc.SQLAlchemyError``.
        """
        await self.store.catch_up()
        roster = self.news.roster
        left = await self.store.within(roster.agents, roster.queues, queue)
        if left:
            log.info("conversations of who is no more are to be taken", conversations=left)

    async def shown(self, agent: str) -> tuple[c.Conversation, ...]:
        """The agent's own, and those of their queues that are nobody's; the last to change first."""
        queues = self.news.roster.agents[agent].queues
        found = await stored(self.store.of(agent, queues, c.MOST_SHOWN))
        return tuple(self.news.view(one, agent) for one in found)

    async def thread(self, agent: str, name: str) -> c.Thread:
        """One with what was said in it at last."""
        conversation = await self._readable(agent, name)
        said = await stored(self.store.said(name, c.MOST_SHOWN))
        messages = tuple(written(one) for one in said)
        return c.Thread(conversation=self.news.view(conversation, agent), messages=messages)

    async def take(self, agent: str, name: str) -> c.Conversation:
        """Make it the agent's: of several who try, one has it. Who has it already, has it."""
        conversation = await self._readable(agent, name)
        if conversation.agent != agent:
            if not await stored(self.store.hand_over(name, "", agent)):
                raise WrongPhase("A colleague has taken this conversation.")
            conversation = replace(conversation, agent=agent)
            self.news.handed_over(conversation)
        return self.news.view(conversation, agent)

    async def let_go(self, agent: str, name: str) -> None:
        """Give it back to its queue; one in which nothing was said is no more."""
        conversation = await self.own(agent, name)
        if await stored(self.store.end_unsaid(name, agent)):
            self.news.ended(conversation)
        elif await stored(self.store.hand_over(name, agent, "")):
            self.news.handed_over(replace(conversation, agent=""), agent)

    async def seen(self, agent: str, name: str, message: str) -> None:
        """The agent whose it is has read it up to ``message``: what came after that stays unread."""
        await self.own(agent, name)
        said = await stored(self.store.message(message))
        if said is None or said.conversation != name:
            raise Unprocessable("There is no such message in this conversation.")
        if await stored(self.store.seen(name, message)):
            self.news.tell(await self.own(agent, name))

    async def say(self, agent: str, name: str, text: str, key: str) -> c.Written:
        """Send a text, once for ``key``. Raises ``WrongPhase`` where only a template may be sent."""
        conversation = await self.own(agent, name)
        said = self._said(agent, conversation, text, key)
        known = await stored(self.store.message(said.id))
        if known is None:
            if not conversation.takes_text(self.now()):
                raise WrongPhase(
                    "The customer wrote more than 24 hours ago: WhatsApp takes only a template now."
                )
            await self.keep(conversation, said, Text(said.text))
            known = await stored(self.store.message(said.id))
        if known is None:
            raise NoConversation(_NONE)
        if (known.text, known.conversation) != (said.text, said.conversation):
            raise Unprocessable("This Idempotency-Key was used for something else.")
        return written(known)

    def _said(self, agent: str, conversation: Conversation, text: str, key: str) -> Said:
        body = clean(text, limit=c.LONGEST_TEXT, multiline=True).strip()
        if not body:
            raise Unprocessable("There is nothing to send.")
        name = hashlib.sha256(f"{WHATSAPP} {agent} {key}".encode()).hexdigest()[:32]
        return Said(name, conversation.id, self.now(), agent, "text", body, status=Tick.WAITING.value)

    async def keep(self, conversation: Conversation, said: Said, content: Content) -> None:
        """Store what is said with what is to leave the hub, and tell of it. Raises ``Refusal``."""
        message = Message(
            id=said.id,
            channel=WHATSAPP,
            recipient=conversation.recipient,
            content=content,
            contact="",
            made_at=said.at,
            at=said.at,
        )
        if await stored(self.store.say(said, message)):
            self.outbox.stored()
            self.news.tell(replace(conversation, changed_at=said.at), said)
            log.info("a message is on its way", id=said.id, conversation=conversation.id)

    async def own(self, agent: str, name: str) -> Conversation:
        """One that is the agent's. Raises ``Refusal``."""
        conversation = await self._readable(agent, name)
        if conversation.agent != agent:
            raise WrongPhase("This conversation is nobody's yet: take it first.")
        return conversation

    async def _readable(self, agent: str, name: str) -> Conversation:
        found = await stored(self.store.get(name))
        if found is None or not self.news.may_read(agent, found):
            raise NoConversation(_NONE)
        return found


async def stored(asked: Awaitable[Found]) -> Found:
    """What a store answers. Raises ``NotStored`` where it does not."""
    try:
        return await asked
    except SQLAlchemyError as error:
        raise NotStored(_NOT_STORED) from error
