"""Tells desks what is new in conversations: only those of agents who may read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub import contract as c
from hub.db.conversations import ConversationStore
from hub.domain.conversations import Conversation, News, Said
from hub.domain.outbox import Message
from hub.events import Bus
from hub.ports.messages import Template
from hub.service.outbox import WHATSAPP
from hub.service.roster import Roster

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConversationNews:
    """What cannot be told now is read by desks when they ask: nothing here keeps anything else back."""

    roster: Roster
    store: ConversationStore
    bus: Bus
    now: Callable[[], datetime]

    def may_read(self, agent: str, conversation: Conversation) -> bool:
        """Whether it is the agent's, or nobody's and of a queue of theirs."""
        if conversation.agent:
            return conversation.agent == agent
        return conversation.queue in self.roster.agents[agent].queues

    def view(self, conversation: Conversation, agent: str) -> c.Conversation:
        """As the desk of ``agent`` is shown it."""
        return c.Conversation(
            conversation=conversation.id,
            number=conversation.number,
            name=conversation.name,
            queue=conversation.queue,
            queue_title=self.roster.title(conversation.queue, self.roster.agents[agent].language),
            agent=conversation.agent,
            changed_at=conversation.changed_at,
            unread=conversation.unread,
            can=c.Writable(
                opted_in=conversation.opted_in_at is not None,
                text_until=conversation.text_until,
                template_needed=not conversation.takes_text(self.now()),
            ),
        )

    async def changed(self, news: News) -> None:
        """A message is new, or came farther."""
        try:
            conversation = await self.store.get(news.conversation)
            said = await self.store.message(news.message)
        except SQLAlchemyError as error:
            log.warning("desks are not told of a message", error=type(error).__name__)
            return
        if conversation is not None:
            self.tell(conversation, said)

    def tell(self, conversation: Conversation, said: Said | None = None) -> None:
        """Tell all who may read it."""
        message = written(said) if said else None
        for agent in self._readers(conversation):
            shown = self.view(conversation, agent)
            self.bus.publish(agent, c.ConversationEvent(conversation=shown, message=message))

    def handed_over(self, conversation: Conversation, before: str = "") -> None:
        """It is somebody else's, or nobody's: who may not read it any more lets it go. ``before`` gave it
        back, and need not serve its queue: its customer may have been handed on to them.
        """
        readers = set(self._readers(conversation))
        for agent in self.roster.serving(conversation.queue):
            if agent not in readers:
                self.bus.publish(agent, c.ConversationGoneEvent(conversation=conversation.id))
        if before and before not in readers:
            self.bus.publish(before, c.ConversationGoneEvent(conversation=conversation.id, ended=True))
        self.tell(conversation)

    def ended(self, conversation: Conversation) -> None:
        """It is no more, and was its agent's alone."""
        gone = c.ConversationGoneEvent(conversation=conversation.id, ended=True)
        self.bus.publish(conversation.agent, gone)

    async def follow(self, message: Message) -> None:
        """The outbox has stored what a try came to."""
        if message.channel != WHATSAPP:
            return
        try:
            conversation = await self.store.tick(message)
        except SQLAlchemyError as error:
            log.warning("how far a message came is not stored", id=message.id, error=type(error).__name__)
            return
        if conversation is not None:
            await self.changed(News(conversation, message.id))

    async def asked_for(self, message: Message, queue: str) -> None:
        """A caller pressed the key to be written to."""
        name = message.content.name if isinstance(message.content, Template) else ""
        try:
            conversation = await self.store.asked_for(message, queue, name, self.now())
        except SQLAlchemyError as error:
            log.warning("a promised message begins no conversation", error=type(error).__name__)
            return
        await self.changed(News(conversation, message.id))

    async def taken_back(self, message: str) -> None:
        """The same caller waits again."""
        try:
            await self.store.take_back(message)
        except SQLAlchemyError as error:
            log.warning("a withdrawn message stays in its conversation", error=type(error).__name__)

    def _readers(self, conversation: Conversation) -> tuple[str, ...]:
        if conversation.agent:
            return (conversation.agent,) if conversation.agent in self.roster.agents else ()
        return self.roster.serving(conversation.queue)


def written(said: Said) -> c.Written:
    """As desks are shown it."""
    return c.Written(
        message=said.id,
        at=said.at,
        agent=said.agent,
        incoming=not said.status,
        kind=said.kind,
        text=said.text,
        file_name=said.file_name,
        media_type=said.media_type,
        file=bool(said.media),
        status=cast("c.Ticked", said.status),
        words=said.words,
    )
