"""Callers who would rather be written to than wait: each is promised a message by the outbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from centre.model import Centre
from centre.texts import Language
from centre.whatsapp import WhatsApp
from edge.text import clean
from hub.domain.numbers import normalise, reached_by_text
from hub.domain.outbox import Message
from hub.ports.messages import Template
from hub.ports.pbx import CallerJoined, PbxEvent
from hub.refusals import NotStored, TooMany, Unprocessable, WrongPhase
from hub.service.conversation_news import ConversationNews
from hub.service.kept_places import kept_id
from hub.service.outbox import WHATSAPP, Outbox

log = structlog.get_logger(__name__)

_DAY = timedelta(days=1)
GRACE = timedelta(seconds=15)
"""So long nothing is sent: who was not told of it, because the answer came too late, is back in the queue by
then, after a second of asking and the prompt that says so.
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the exchange tells of a caller."""

    contact: str
    queue: str
    number: str
    language: Language


@dataclass(frozen=True, slots=True)
class WaitingMessages:
    """Everything raises ``hub.refusals.Refusal``. What is not refused is stored."""

    centre: Centre
    outbox: Outbox
    news: ConversationNews
    now: Callable[[], datetime]
    one: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One at a time looks whether there is room for another message, and takes it."""
    _asking: dict[str, datetime] = field(default_factory=dict)
    """What is being stored for callers who have not come back to wait meanwhile, and when they asked."""

    async def promise(self, asked: Asked) -> None:
        """Write to whoever asked, at the number they call from."""
        message = self._message(asked)
        async with self.one:
            self._asking[message.id] = message.made_at
            try:
                await self.check_limits(message)
                await self.outbox.put(message)
            except SQLAlchemyError as error:
                raise NotStored("The hub could not store it.") from error
            finally:
                waits = message.id not in self._asking
                self._asking.pop(message.id, None)
        log.info("message promised", contact=asked.contact, id=message.id)
        await self.news.asked_for(message, asked.queue)
        if waits:
            await self._came_back(message.id)
            raise WrongPhase("The caller has gone back to wait.")

    async def take(self, event: PbxEvent) -> None:
        """What the exchange tells. Who joined before they asked has not come back: a busy hub hears of that
        after their question.
        """
        if isinstance(event, CallerJoined):
            name = kept_id(event.contact, event.queue)
            asked = self._asked_at(name)
            if asked is not None and event.at >= asked:
                await self._came_back(name)

    def _asked_at(self, name: str) -> datetime | None:
        stored = (one.made_at for one in self.outbox.waiting() if one.id == name)
        return self._asking.get(name) or next(stored, None)

    async def _came_back(self, name: str) -> None:
        """The caller waits again, so they were told that nothing was promised: nothing is."""
        self._asking.pop(name, None)
        try:
            if await self.outbox.withdraw(name):
                log.info("message withdrawn", id=name)
                await self.news.taken_back(name)
        except SQLAlchemyError as error:
            log.warning("message not withdrawn", id=name, error=type(error).__name__)

    def _message(self, asked: Asked) -> Message:
        whatsapp = self.centre.whatsapp
        queue = next((one for one in self.centre.queues if one.name == asked.queue), None)
        if whatsapp is None or queue is None or not queue.whatsapp_digit:
            raise Unprocessable("Callers of this queue are not written to.")
        if WHATSAPP not in self.outbox.senders:
            raise Unprocessable("This hub has no sender of messages.")
        template, language = whatsapp.template(asked.language)
        parameters = (queue.titles.of(language),) if whatsapp.queue_title else ()
        now = self.now()
        return Message(
            id=kept_id(asked.contact, asked.queue),
            channel=WHATSAPP,
            recipient=self._number(asked.number, whatsapp),
            content=Template(template.name, template.language, parameters),
            contact=asked.contact,
            made_at=now,
            at=now + GRACE,
        )

    def _number(self, written: str, whatsapp: WhatsApp) -> str:
        """The number as it is written to. Raises ``Unprocessable`` for one that cannot be, or may not."""
        number = normalise(clean(written, limit=64), self.centre.country) or ""
        if not reached_by_text(number):
            raise Unprocessable("The number is withheld, or none that messages reach.")
        if not whatsapp.reaches(number):
            raise Unprocessable("Messages may not go to this number.")
        return number

    async def check_limits(self, message: Message) -> None:
        """Whether there is room for another template today. Raises ``TooMany``."""
        whatsapp = self.centre.whatsapp
        if whatsapp is None or await self.outbox.store.get(message.id) is not None:
            return
        since = message.made_at - _DAY
        if await self.outbox.store.made_since(since, WHATSAPP, message.recipient) >= whatsapp.number_limit:
            raise TooMany("As many messages as may go to one number have gone to it today.")
        if await self.outbox.store.made_since(since, WHATSAPP) >= whatsapp.daily_limit:
            log.warning("callers are not written to: the daily limit is reached")
            raise TooMany("As many messages as may go out in a day have.")
