"""Reads what webhooks delivered: each thing once, in the order in which it came.

Meta delivers at least once, for up to a week, and not in order
(https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint).
A delivery that somebody plays again is the same bytes, and the same messages and statuses: it counts no more.
That is remembered for longer than anything is taken that happened before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.db.inbox import InboxStore, Waiting, first_told, was_told
from hub.db.incoming import keep_incoming, keep_tick
from hub.db.outbox import told_delivered
from hub.domain.conversations import News
from hub.ports.message_events import Delivered, Delivery, Incoming, MessageEvent, UnreadableDelivery

log = structlog.get_logger(__name__)

OLDEST = timedelta(days=14)
"""What happened before then is not taken: it is played again, or nobody waits for it any more."""
KEPT = timedelta(days=30)
_CAME = (Delivered.DELIVERED.value, Delivered.READ.value)
_AT_ONCE = 50
_LOOK_AGAIN = 5.0
_CLEAR_PACE = timedelta(hours=1)


@dataclass(slots=True)
class Inbox:
    """``read`` makes events of a delivery and raises ``UnreadableDelivery``; ``queue`` is where conversations
    begin; ``changed`` is told what is new in one, once it is stored.
    """

    store: InboxStore
    read: Callable[[bytes], tuple[MessageEvent, ...]]
    queue: str
    changed: Callable[[News], Awaitable[None]]
    now: Callable[[], datetime]
    counts: Counter[str] = field(default_factory=Counter)
    """What came of events, since the start: taken, again, old."""
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _cleared_at: datetime | None = None

    async def put(self, body: bytes) -> None:
        """Store a delivery, once for its bytes. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        if await self.store.put(body, self.now()):
            self._came.set()
        else:
            self.counts["again"] += 1

    async def run(self) -> None:
        """Read for as long as the task lives."""
        while True:
            try:
                await self.turn()
                await self._clear()
            except SQLAlchemyError as error:
                log.warning("what was delivered is not read", error=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_AGAIN):
                    await self._came.wait()
            self._came.clear()

    async def turn(self) -> None:
        """Read all that waits. Raises ``sqlalchemy.exc.SQLAlchemyError``."""
        while waiting := await self.store.waiting(_AT_ONCE):
            for delivery in waiting:
                await self._take(delivery)

    async def _take(self, delivery: Waiting) -> None:
        try:
            events = self.read(delivery.body)
        except UnreadableDelivery as error:
            log.warning("a delivery cannot be read", serial=delivery.serial, error=str(error))
            await self.store.unreadable(delivery)
            return
        results: Counter[str] = Counter()
        news: list[News] = []
        async with self.store.reading(delivery) as connection:
            for event in events:
                results[await self._apply(connection, event, news)] += 1
        self.counts.update(results)
        log.info("a delivery is read", serial=delivery.serial, **results)
        for one in news:
            await self.changed(one)

    async def _apply(self, connection: AsyncConnection, told: MessageEvent, news: list[News]) -> str:
        event = replace(told, at=min(told.at, self.now()))
        if self.now() - event.at > OLDEST:
            return "old"
        status = event.status.value if isinstance(event, Delivery) else ""
        if not await first_told(connection, event.id, status, self.now()):
            return "again"
        match event:
            case Incoming():
                conversation: str | None = await keep_incoming(connection, event, self.queue)
                message = event.id
            case Delivery():
                if event.status is Delivered.FAILED and await was_told(connection, event.id, _CAME):
                    return "taken"  # at another device of the customer's
                await told_delivered(connection, event)
                conversation, message = await keep_tick(connection, event), event.reference
        if conversation is not None:
            news.append(News(conversation, message))
        return "taken"

    async def _clear(self) -> None:
        now = self.now()
        if self._cleared_at is None or now - self._cleared_at > _CLEAR_PACE:
            await self.store.clear(now - KEPT)
            self._cleared_at = now
