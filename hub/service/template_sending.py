"""Templates that agents send by hand: the only way to begin to write, or to go on after a day."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from centre.whatsapp import AgentTemplate, WhatsApp
from edge.text import clean
from hub import contract as c
from hub.domain.conversations import Conversation, Said, Tick
from hub.domain.outbox import Message
from hub.ports.messages import Template
from hub.refusals import Unprocessable, WrongPhase
from hub.service.conversation_news import written
from hub.service.conversations import Conversations, stored
from hub.service.outbox import WHATSAPP
from hub.service.waiting_messages import WaitingMessages

_PLACE = re.compile(r"{{([0-9]+)}}")


def templates_of(whatsapp: WhatsApp | None) -> tuple[c.AgentTemplate, ...]:
    """As desks are shown them."""
    return tuple(
        c.AgentTemplate(
            template=_id(one),
            title=one.title,
            language=one.language,
            body=one.body,
            parameters=one.parameters,
        )
        for one in (whatsapp.agent_templates if whatsapp is not None else ())
    )


@dataclass(frozen=True, slots=True)
class TemplateSending:
    """Everything raises ``hub.refusals.Refusal``. ``limits`` count those to callers in the queues, too."""

    conversations: Conversations
    limits: WaitingMessages

    async def send(self, agent: str, name: str, asked: c.TemplateToSend, key: str) -> c.Written:
        """Send it, once for ``key``, to a customer who asked to be written to, or has ``agreed`` just now."""
        conversation = await self.conversations.own(agent, name)
        content, body = self._filled(asked)
        now = self.conversations.now()
        reference = hashlib.sha256(f"{WHATSAPP} template {agent} {key}".encode()).hexdigest()[:32]
        said = Said(reference, name, now, agent, "template", body, status=Tick.WAITING.value)
        store = self.conversations.store
        known = await stored(store.message(reference))
        if known is None:
            await self._check(conversation, asked.agreed)
            async with self.limits.one:
                await self.limits.check_limits(_measured(conversation, said, content))
                await self.conversations.keep(conversation, said, content)
            known = await stored(store.message(reference))
        if known is None or (known.text, known.conversation) != (body, name):
            raise Unprocessable("This Idempotency-Key was used for something else.")
        return written(known)

    async def _check(self, conversation: Conversation, agreed: bool) -> None:
        whatsapp = self.limits.centre.whatsapp
        number = conversation.number
        if whatsapp is None or (number and not whatsapp.reaches(number)):
            raise Unprocessable("Messages may not go to this number.")
        if conversation.opted_in_at is None:
            if not agreed:
                raise WrongPhase("The customer has not agreed to be written to: ask them first.")
            await stored(self.conversations.store.agreed(conversation.id, self.conversations.now()))

    def _filled(self, asked: c.TemplateToSend) -> tuple[Template, str]:
        """What is sent, and how it reads. WhatsApp takes no line breaks in what fills a template."""
        whatsapp = self.limits.centre.whatsapp
        offered = whatsapp.agent_templates if whatsapp is not None else ()
        found = next((one for one in offered if _id(one) == asked.template), None)
        if found is None:
            raise Unprocessable("This centre has no such template.")
        given = tuple(clean(one, limit=c.LONGEST_PARAMETER).strip() for one in asked.parameters)
        if len(given) != len(found.parameters) or not all(given):
            raise Unprocessable("The template needs something for each of its places.")
        body = _PLACE.sub(lambda place: given[int(place[1]) - 1], found.body)
        return Template(found.name, found.language, given), body


def _id(template: AgentTemplate) -> str:
    return f"{template.name}.{template.language}"


def _measured(conversation: Conversation, said: Said, content: Template) -> Message:
    """The message as the limits look at it."""
    return Message(
        id=said.id,
        channel=WHATSAPP,
        recipient=conversation.recipient,
        content=content,
        contact="",
        made_at=said.at,
        at=said.at,
    )
